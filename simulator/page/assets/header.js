// The bar on top: which bot, where its webhook is, what is out of order.

import * as actions from "./actions.js";
import { icon } from "./icons.js";
import { attempt } from "./notices.js";
import { bot, change } from "./store.js";
import { html } from "./view.js";

export function Header({ state }) {
  return html`<header class="top">
    <h1><svg class="mark" viewBox="0 0 24 24" aria-hidden="true"><path d="M4 3h16a2 2 0 0 1 2 2v10a2 2 0 0 1-2 2h-7l-5 5v-5H4a2 2 0 0 1-2-2V5a2 2 0 0 1 2-2z" /></svg>
      Viber <span>simulator</span>
    </h1>
    <${Bots} state=${state} />
    <${Webhook} />
    <span class="space"></span>
    <${Faults} count=${state.faults.length} />
    <${Gateway} gateway=${state.gateway} />
    <span class=${`chip dot ${state.connected ? "good" : "bad"}`} role="status">
      ${state.connected ? "live" : "not connected"}
    </span>
    <button class="round" aria-label="Dark or light" title="Dark or light" onClick=${switchTheme}>
      <span class="when-light">${icon("moon")}</span><span class="when-dark">${icon("sun")}</span>
    </button>
  </header>`;
}

function Bots({ state }) {
  if (state.bots.length < 2) return html`<span class="chip bot-name">${state.bot}</span>`;
  return html`<select
    aria-label="Bot"
    value=${state.bot}
    onChange=${(event) => attempt(actions.pickBot(event.currentTarget.value))}
  >
    ${state.bots.map(({ name }) => html`<option value=${name}>${name}</option>`)}
  </select>`;
}

function Webhook() {
  const webhook = bot()?.webhook;
  if (!webhook) {
    return html`<span class="chip dot bad" title="The bot hears nothing until it calls set_webhook"
      >no webhook</span
    >`;
  }
  return html`<span class="chip dot good wide" title="Callbacks go there">${webhook}</span>`;
}

function Faults({ count }) {
  if (!count) return null;
  return html`<button
    class="chip dot bad"
    onClick=${() => change({ tab: "faults", pane: "inspector" })}
  >
    ${count} ${count === 1 ? "fault" : "faults"} in force
  </button>`;
}

function Gateway({ gateway }) {
  if (!gateway) return null;
  const { reachable, health } = gateway;
  const conditions = Object.values(health?.conditions ?? {}).filter((each) => each !== "open");
  const troubles = [...(health?.not_ready_for ?? []), ...conditions];
  const said = !reachable ? "away" : troubles.length ? troubles.join(", ") : "ready";
  return html`<button
    class=${`chip dot ${said === "ready" ? "good" : "bad"}`}
    onClick=${() => change({ tab: "journey", pane: "inspector" })}
  >
    gateway ${said}
  </button>`;
}

const THEME = "simulator-theme";

function switchTheme() {
  const root = document.documentElement;
  const system = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  root.dataset.theme = (root.dataset.theme ?? system) === "dark" ? "light" : "dark";
  localStorage.setItem(THEME, root.dataset.theme);
}

/** Take the theme that was chosen here before; without one the system's holds. */
export function recallTheme() {
  const theme = localStorage.getItem(THEME);
  if (theme) document.documentElement.dataset.theme = theme;
}
