// Every callback and every call of the API, newest first.

import { icon } from "./icons.js";
import { Entry } from "./entry.js";
import { person } from "./store.js";
import { Component, html } from "./view.js";
import { clearWire, filtered, setFilter } from "./watching.js";

const PAGE = 100;
const KINDS = { "": "all", callback: "callbacks", api: "API calls" };

export class Wire extends Component {
  render({ state }, { shown = PAGE }) {
    const { entries, filter, opened, people } = state;
    const found = filtered(entries, filter, state.userId);
    return html`<${Filter} filter=${filter} />
      <p class="aside counted" role="status">
        ${found.length} of ${entries.length}
        <button class="plain" onClick=${clearWire}>Clear</button>
      </p>
      <ol class="entries">
        ${found.slice(0, shown).map(
          (entry) => html`<${Entry}
            key=${entry.seq}
            entry=${entry}
            who=${nameOf(entry, people)}
            isOpen=${opened.has(entry.seq)}
          />`,
        )}
      </ol>
      ${
        found.length > shown &&
        html`<button class="earlier" onClick=${() => this.setState({ shown: shown + PAGE })}>
        Older ones
      </button>`
      }`;
  }
}

/** Return the name of the user that an entry is about, or how many they are. */
export function nameOf({ user, receivers = [] }, people) {
  const id = user ?? receivers[0];
  if (receivers.length > 1) return `${receivers.length} users`;
  return people.get(id)?.name ?? id ?? "";
}

function Filter({ filter }) {
  const name = person()?.name;
  return html`<div class="filter">
    <label class="search">
      ${icon("search")}
      <input
        type="search"
        placeholder="Filter: event, method, text, token…"
        aria-label="Filter the wire"
        value=${filter.text}
        onInput=${(event) => setFilter({ text: event.currentTarget.value })}
      />
    </label>
    <div class="choices">
      <div class="segments" role="group" aria-label="Kind">
        ${Object.entries(KINDS).map(
          ([kind, label]) => html`<button
            aria-pressed=${filter.kind === kind}
            onClick=${() => setFilter({ kind })}
          >
            ${label}
          </button>`,
        )}
      </div>
      <div class="choices">
        ${
          name &&
          html`<label class="check">
          <input type="checkbox" checked=${filter.mine} onChange=${() => setFilter({ mine: !filter.mine })} />
          only ${name}
        </label>`
        }
        <label class="check">
          <input
            type="checkbox"
            checked=${filter.troubles}
            onChange=${() => setFilter({ troubles: !filter.troubles })}
          />
          only troubles
        </label>
      </div>
    </div>
  </div>`;
}
