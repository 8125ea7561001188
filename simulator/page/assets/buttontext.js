// The text of a button: the few tags that Viber knows, as elements.
//
// https://developers.viber.com/docs/tools/keyboards, "Text": b, i, u, s, br and
// font with color and size.  Everything else is text, also what looks like a tag.

import { html } from "./view.js";

const TOKENS =
  /<(?<close>\/?)(?<tag>b|i|u|s|br|font)(?<attributes>\s[^<>]*)?\s*\/?>|&(?<entity>amp|lt|gt|quot|apos|nbsp|#\d{1,7});/gi;
const ATTRIBUTES = /(color|size)\s*=\s*["']?([^"'\s>]+)/gi;
const ENTITIES = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'", nbsp: "\u00a0" };
const COLOR = /^#(?:[0-9a-f]{3}|[0-9a-f]{6})$/i;
const SIZES = [12, 32];
const LAST_CHARACTER = 0x10ffff;

/** Return the elements of a button's text. */
export function buttonText(text) {
  const open = [{ tag: "", children: [] }];
  let end = 0;
  for (const match of text.matchAll(TOKENS)) {
    add(open, text.slice(end, match.index));
    take(open, match.groups);
    end = match.index + match[0].length;
  }
  add(open, text.slice(end));
  while (open.length > 1) close(open);
  return open[0].children;
}

function add(open, child) {
  if (child !== "") open.at(-1).children.push(child);
}

function take(open, { close: isClosing, tag, attributes, entity }) {
  if (entity) return add(open, character(entity.toLowerCase()));
  const name = tag.toLowerCase();
  if (name === "br") return add(open, html`<br />`);
  if (!isClosing) return open.push({ tag: name, style: style(attributes), children: [] });
  if (open.some((element) => element.tag === name)) {
    while (close(open) !== name);
  }
}

function close(open) {
  const { tag, style, children } = open.pop();
  const name = tag === "font" ? "span" : tag;
  add(open, html`<${name} style=${style}>${children}<//>`);
  return tag;
}

function character(entity) {
  if (!entity.startsWith("#")) return ENTITIES[entity];
  const number = Number(entity.slice(1));
  return number <= LAST_CHARACTER ? String.fromCodePoint(number) : "\ufffd";
}

function style(attributes = "") {
  const found = {};
  for (const [, name, value] of attributes.matchAll(ATTRIBUTES)) {
    if (name.toLowerCase() === "color" && COLOR.test(value)) found.color = value;
    const size = Number(value);
    if (name.toLowerCase() === "size" && size >= SIZES[0] && size <= SIZES[1]) {
      found.fontSize = `${size}px`;
    }
  }
  return found;
}
