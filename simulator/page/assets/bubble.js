// One message of the chat: who, what, when, and how far it got.

import { Content, isBare } from "./content.js";
import { clock } from "./time.js";
import { Pure, classes, html } from "./view.js";

const TICKS = {
  sent: ["sent", "M4 13l4 4L18 7"],
  delivered: ["delivered", "M1 13l4 4L15 7M10 16l1 1L21 7"],
  seen: ["seen", "M1 13l4 4L15 7M10 16l1 1L21 7"],
  failed: ["failed", "M12 5v9M12 18v.01"],
};

export class Bubble extends Pure {
  render({ entry, author, isSelected, isFirst, onPress, onFollow }) {
    const { direction, message, message_token: token, status, at, note, silent } = entry;
    const isOwn = direction === "in";
    return html`<article
      id=${`m${token}`}
      class=${classes("bubble", isOwn ? "own" : "bots", isFirst && "first", isSelected && "selected")}
    >
      <span class="hidden">${author} wrote:</span>
      <div class=${classes("body", isBare(message) && "bare")}>
        <${Content} message=${message} onPress=${(index) => onPress(index, token)} />
        ${silent && html`<p class="aside">silent: the phone does not show it</p>`}
        ${note && html`<p class="aside">${note}</p>`}
        <button class="meta" title="Follow this message" onClick=${() => onFollow(token)}>
          <time>${clock(at)}</time><${Tick} status=${status} />
        </button>
      </div>
    </article>`;
  }
}

function Tick({ status }) {
  const [name, path] = TICKS[status];
  return html`<svg class=${`tick ${name}`} viewBox="0 0 22 22" role="img" aria-label=${name}>
    <title>${name}</title>
    <path d=${path} />
  </svg>`;
}
