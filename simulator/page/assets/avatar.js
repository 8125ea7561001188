// Initials on a colour of their own, in place of a photograph.

import { html } from "./view.js";

const COLORS = 360; // degrees of the colour circle

export function Avatar({ name, isOnline }) {
  const initials = [...name.matchAll(/(^|\s)(\p{L}|\p{N})/gu)].map((match) => match[2]);
  return html`<span class="avatar" style=${{ "--hue": hue(name) }} aria-hidden="true">
    ${initials.slice(0, 2).join("").toUpperCase() || "?"}
    ${isOnline !== undefined && html`<i class=${isOnline ? "online" : "offline"}></i>`}
  </span>`;
}

function hue(name) {
  let sum = 0;
  for (const letter of name) sum = (sum * 31 + letter.codePointAt(0)) % COLORS;
  return sum;
}
