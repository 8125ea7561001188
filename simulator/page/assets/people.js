// The users of the bot: who they are, whether they are in, and what waits for them.

import * as actions from "./actions.js";
import { Avatar } from "./avatar.js";
import { icon } from "./icons.js";
import { attempt } from "./notices.js";
import { bot, change } from "./store.js";
import { clock } from "./time.js";
import { Pure, classes, html } from "./view.js";

export function People({ state }) {
  const all = bot()?.users ?? 0;
  const listed = [...state.people.values()];
  return html`<nav class="people" aria-label="Users">
    <div class="people-head">
      <h2>Users</h2>
      <button onClick=${() => change({ dialog: { kind: "add-user" } })}>${icon("add")} Add</button>
    </div>
    <label class="search">
      ${icon("search")}
      <input
        type="search"
        placeholder="Search"
        aria-label="Search users"
        value=${state.search}
        onInput=${(event) => attempt(actions.search(event.currentTarget.value))}
      />
    </label>
    <ul>
      ${listed.map(
        (user) =>
          html`<${Person} key=${user.id} user=${user} isOpen=${user.id === state.userId} />`,
      )}
    </ul>
    ${!listed.length && html`<p class="aside">Nobody here.</p>`}
    ${all > listed.length && !state.search && html`<p class="aside">${listed.length} of ${all}; search finds the others.</p>`}
  </nav>`;
}

class Person extends Pure {
  render({ user, isOpen }) {
    const { name, language, api_version: version, subscribed, online, unseen, last } = user;
    return html`<li class=${classes("person", isOpen && "open")}>
      <button
        class="person-pick"
        aria-current=${isOpen ? "true" : undefined}
        onClick=${() => actions.openChat(user.id)}
      >
        <${Avatar} name=${name} isOnline=${online} />
        <span class="person-text">
          <b>${name}</b>
          <span class="preview">${last ? summary(last) : "no messages yet"}</span>
          <span class="facts">
            <span class=${classes("badge", subscribed && "good")}
              >${subscribed ? "subscribed" : "not subscribed"}</span
            >
            <span class="badge">${language}</span><span class="badge">v${version}</span>
            <span class="hidden">${online ? "online" : "offline"}</span>
          </span>
        </span>
        <span class="person-side">
          ${last && html`<time>${clock(last.at)}</time>`}
          ${unseen > 0 && html`<span class="count" aria-label=${`${unseen} unseen`}>${unseen}</span>`}
        </span>
      </button>
      ${
        isOpen &&
        html`<button
        class="person-edit"
        aria-label=${`Change ${name}`}
        title="Change"
        onClick=${() => change({ dialog: { kind: "edit-user" } })}
      >
        ${icon("edit")}
      </button>`
      }
    </li>`;
  }
}

function summary({ direction, type, text }) {
  const what = text || (type ?? "keyboard").replace("_", " ");
  return direction === "out" ? `← ${what}` : what;
}
