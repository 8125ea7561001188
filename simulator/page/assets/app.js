// The page: its parts side by side, and how it starts.

import { loadAll, readAddress, takeEvents } from "./actions.js";
import { Dialog } from "./dialog.js";
import { Header, recallTheme } from "./header.js";
import { icon } from "./icons.js";
import { Inspector } from "./inspector.js";
import { follow } from "./live.js";
import { attempt } from "./notices.js";
import { People } from "./people.js";
import { Phone } from "./chat.js";
import { change, onChange, state } from "./store.js";
import { html, render } from "./view.js";
import { loadGateway } from "./watching.js";

const PANES = {
  people: ["Users", "users"],
  chat: ["Chat", "chat"],
  inspector: ["Inspector", "wire"],
};
const GATEWAY_MS = 5000;

function App() {
  return html`<${Header} state=${state} />
    <div class="panes" data-pane=${state.pane}>
      <${People} state=${state} />
      <div class="middle"><${Phone} /></div>
      <${Inspector} state=${state} />
    </div>
    <nav class="bottom" aria-label="Parts of the page">
      ${Object.entries(PANES).map(
        ([pane, [label, name]]) => html`<button
          aria-current=${state.pane === pane ? "page" : undefined}
          onClick=${() => change({ pane })}
        >
          ${icon(name)} ${label}
        </button>`,
      )}
    </nav>
    ${state.dialog && html`<${Dialog} dialog=${state.dialog} />`}
    <div class="notice" role="status">${state.notice && html`<p>${state.notice}</p>`}</div>`;
}

recallTheme();
readAddress();
const root = document.getElementById("root");
onChange(() => render(html`<${App} />`, root));
change({});

// Listening comes first, so that nothing falls between the first look and the stream;
// what the stream brings meanwhile is taken after the look.
let looking = Promise.resolve();
follow({
  onBatch: (events) => looking.then(() => takeEvents(events)),
  onConnected: (connected) => {
    const isBack = connected && !state.connected;
    change({ connected });
    if (isBack) looking = attempt(loadAll());
  },
});
setInterval(() => state.gateway && loadGateway(), GATEWAY_MS);
