// The text of a message: *bold*, _italic_, ~strike~, ```monospace``` and addresses.
//
// A mark counts only at the edge of a word and next to the text it marks, so that
// snake_case and 2 * 3 * 4 stay what they are.

import { html } from "./view.js";

const PARTS = new RegExp(
  [
    "```(?<mono>[^]+?)```",
    String.raw`(?<link>https?:\/\/[^\s<>"]*[^\s<>".,;:!?)\]'*_~])`,
    marked("bold", String.raw`\*`),
    marked("italic", "_"),
    marked("strike", "~"),
  ].join("|"),
  "gu",
);
const ONLY_EMOJI =
  /^(?:\p{Extended_Pictographic}|\p{Emoji_Modifier}|\p{Regional_Indicator}|\u200d|\ufe0f|\s)+$/u;
const FEW = 12; // code units: up to about three emoji stand alone

function marked(name, mark) {
  const edge = String.raw`[\p{L}\p{N}${mark}]`;
  return String.raw`(?<!${edge})${mark}(?<${name}>(?!\s)[^\n]*?[^\s${mark}])${mark}(?!${edge})`;
}

/** Return the elements of a message's text. */
export function richText(text) {
  const parts = [];
  let end = 0;
  for (const match of text.matchAll(PARTS)) {
    if (match.index > end) parts.push(text.slice(end, match.index));
    parts.push(element(match.groups));
    end = match.index + match[0].length;
  }
  if (end < text.length) parts.push(text.slice(end));
  return parts;
}

/** Tell whether a text is so few emoji that they are drawn large. */
export function isEmoji(text) {
  return text.length <= FEW && ONLY_EMOJI.test(text) && text.trim() !== "";
}

function element({ mono, link, bold, italic, strike }) {
  if (mono !== undefined) return html`<code>${mono}</code>`;
  if (link !== undefined) return html`<${Link} href=${link}>${link}<//>`;
  if (bold !== undefined) return html`<b>${richText(bold)}</b>`;
  if (italic !== undefined) return html`<i>${richText(italic)}</i>`;
  return html`<s>${richText(strike)}</s>`;
}

/** An address to follow, in a window that cannot reach back; without one, plain text. */
export function Link({ href, children, ...others }) {
  const address = webAddress(href);
  if (!address) return html`<span ...${others}>${children}</span>`;
  return html`<a href=${address} target="_blank" rel="noopener noreferrer" ...${others}
    >${children}</a
  >`;
}

/** Return an address if it is of the web, else null: no javascript:, no data:. */
export function webAddress(address) {
  try {
    const { protocol, href } = new URL(address);
    return protocol === "http:" || protocol === "https:" ? href : null;
  } catch {
    return null;
  }
}
