// The right side: the wire, the journey of one message, and the faults, as tabs.

import { Faults } from "./faults.js";
import { Journey } from "./journey.js";
import { change } from "./store.js";
import { html } from "./view.js";
import { Wire } from "./wire.js";

const TABS = { wire: ["Wire", Wire], journey: ["Journey", Journey], faults: ["Faults", Faults] };
const STEPS = { ArrowLeft: -1, ArrowRight: 1 };

export function Inspector({ state }) {
  const [, Shown] = TABS[state.tab];
  return html`<aside class="inspector" aria-label="Inspector">
    <div class="tabs" role="tablist" aria-label="Inspector" onKeyDown=${walk}>
      ${Object.entries(TABS).map(
        ([tab, [label]]) => html`<button
          id=${`tab-${tab}`}
          role="tab"
          aria-controls="tab-panel"
          aria-selected=${state.tab === tab}
          tabindex=${state.tab === tab ? 0 : -1}
          onClick=${() => change({ tab })}
        >
          ${label}${tab === "faults" && state.faults.length > 0 && html` <span class="count">${state.faults.length}</span>`}
        </button>`,
      )}
    </div>
    <div id="tab-panel" class="panel" role="tabpanel" aria-labelledby=${`tab-${state.tab}`}>
      <${Shown} state=${state} />
    </div>
  </aside>`;
}

function walk(event) {
  const step = STEPS[event.key];
  if (!step) return;
  const tabs = [...event.currentTarget.children];
  const next = tabs.at((tabs.indexOf(event.target) + step) % tabs.length);
  next.focus();
  next.click();
}
