// The head of the phone, with what its user can do besides writing; and its start screen.

import * as actions from "./actions.js";
import { Avatar } from "./avatar.js";
import { icon } from "./icons.js";
import { change, state } from "./store.js";
import { html } from "./view.js";

export function PhoneHead({ user, bot }) {
  const isIn = user.subscribed;
  return html`<header class="phone-head">
    <${Avatar} name=${bot?.title ?? "?"} />
    <div class="phone-title">
      <h2>${bot?.title}</h2>
      <p>
        on ${user.name}'s phone · ${isIn ? "subscribed" : "not subscribed"}
        ${!user.online && html` · <b>offline</b>`}
      </p>
    </div>
    <details class="menu" onToggle=${closeOutside} onKeyDown=${closeAtEscape}>
      <summary aria-label="What the user can do">${icon("more")}</summary>
      <div class="menu-items">
        <${Item} does=${() => change({ dialog: { kind: "open" } })}>Open the chat…<//>
        ${
          isIn
            ? html`<${Item} does=${() => actions.act("unsubscribe")}>Unsubscribe<//>`
            : html`<${Item} does=${() => actions.act("subscribe")}>Subscribe<//>`
        }
        <${Item} does=${() => actions.act("seen")}>See all messages<//>
        <${Item} does=${() => actions.changePerson({ online: !user.online })}>
          ${user.online ? "Go offline" : "Go online"}
        <//>
        <${Item} does=${() => actions.act("pay")}>Pay<//>
      </div>
    </details>
  </header>`;
}

function Item({ does, children }) {
  const act = (event) => {
    event.currentTarget.closest("details").open = false;
    does();
  };
  return html`<button onClick=${act}>${children}</button>`;
}

/** Close an open menu when the focus or a click goes elsewhere. */
export function closeOutside({ currentTarget: menu }) {
  if (!menu.open) return;
  const close = (event) => {
    if (menu.contains(event.target)) return;
    menu.open = false;
    for (const type of ["click", "focusin"]) document.removeEventListener(type, close);
  };
  for (const type of ["click", "focusin"]) document.addEventListener(type, close);
}

/** Close a menu at Escape, and give the focus back to its button. */
export function closeAtEscape({ key, currentTarget: menu }) {
  if (key !== "Escape" || !menu.open) return;
  menu.open = false;
  menu.firstElementChild.focus();
}

/** What a phone shows before the first message. */
export function Start({ user, bot }) {
  return html`<div class="start">
    <${Avatar} name=${bot?.title ?? "?"} />
    <h3>${bot?.title}</h3>
    <p>${user.name} has not written yet.</p>
    <button class="primary" onClick=${() => actions.act("open")}>Open the chat</button>
    <button onClick=${() => change({ dialog: { kind: "open" } })}>Follow a deep link…</button>
    ${!state.reads && html`<p>Messages stay unseen.</p>`}
  </div>`;
}
