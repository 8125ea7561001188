// A body as it was on the wire: laid out if it is JSON, but every token unchanged.
//
// JSON.parse would round message tokens, which exceed 2^53; so the text is only cut
// into tokens and indented.

import { html } from "./view.js";

const TOKEN = /"(?:\\.|[^"\\])*"|[{}[\],:]|[^\s{}[\],:"]+/g;
const STEP = "  ";

export function Exact({ text }) {
  if (!text) return html`<p class="aside">no body</p>`;
  return html`<pre tabindex="0">${isJson(text) ? layOut(text) : text}</pre>`;
}

function isJson(text) {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function layOut(text) {
  const tokens = text.match(TOKEN);
  let depth = 0;
  return tokens.map((token, place) => {
    const next = tokens[place + 1];
    const line = () => `\n${STEP.repeat(depth)}`;
    if (token === "{" || token === "[") {
      depth += 1;
      return next === "}" || next === "]" ? token : token + line();
    }
    const isLast = next === "}" || next === "]";
    if (isLast) depth -= 1;
    if (token === "}" || token === "]") return isLast ? token + line() : token;
    if (token === ",") return token + line();
    if (token === ":") return ": ";
    return [element(token, next), isLast ? line() : ""];
  });
}

function element(token, next) {
  if (next === ":") return html`<span class="key">${token}</span>`;
  return html`<span class=${token.startsWith('"') ? "string" : "number"}>${token}</span>`;
}
