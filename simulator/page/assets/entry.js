// One exchange on the wire: a line, and unfolded all of it as it was.

import { openChat } from "./actions.js";
import { copy } from "./copying.js";
import { curl } from "./curl.js";
import { Exact } from "./exact.js";
import { icon } from "./icons.js";
import { isSigned } from "./signature.js";
import { bot, state } from "./store.js";
import { exact } from "./time.js";
import { Component, Pure, classes, html } from "./view.js";
import { follow, isWell, select, toggle } from "./watching.js";

export class Entry extends Pure {
  render({ entry, who, isOpen }) {
    const isCallback = entry.kind === "callback";
    return html`<li class=${classes("entry", entry.kind, isOpen && "unfolded")}>
      <button class="line" aria-expanded=${isOpen} onClick=${() => toggle(entry.seq)}>
        <time>${exact(entry.at)}</time>
        <span class="way" title=${isCallback ? "Viber calls the bot" : "the bot calls Viber"}>
          ${icon(isCallback ? "arrowRight" : "arrowLeft")}
        </span>
        <span class="what"><b>${isCallback ? entry.event : entry.method}</b> ${who}</span>
        <${Verdict} entry=${entry} />
      </button>
      ${isOpen && html`<${Details} entry=${entry} />`}
    </li>`;
  }
}

/** How an exchange ended, in few words. */
export function Verdict({ entry }) {
  const notes = [entry.fault, ...(entry.notes ?? [])].filter(Boolean);
  return html`<span class="verdict">
    ${entry.attempt > 1 && html`<span class="badge">attempt ${entry.attempt}</span>`}
    ${notes.map((note) => html`<span class="badge bad" title="by a fault in force">${note}</span>`)}
    <span class=${classes("badge", isWell(entry) ? "good" : "bad")}>${verdict(entry)}</span>
  </span>`;
}

function verdict({ kind, http_status: code, trouble, duration_ms: ms, status, answer }) {
  if (kind === "callback") return code === null ? trouble : `${code} · ${Math.round(ms)} ms`;
  if (code === null) return "no answer";
  if (code !== 200 || status === null) return `HTTP ${code}`;
  return `${status} ${/"status_message":\s*"([^"]*)"/.exec(answer)?.[1] ?? ""}`;
}

class Details extends Component {
  async componentDidMount() {
    const { entry } = this.props;
    if (entry.kind === "callback") this.setState({ isSigned: await isSigned(entry, bot()?.token) });
  }

  render({ entry }, { isSigned: signed }) {
    const isCallback = entry.kind === "callback";
    return html`<div class="details">
      <div class="tools">
        <button onClick=${() => copy(curl(entry), "curl command")}>${icon("copy")} Copy as curl</button>
        <button onClick=${() => copy(entry.body, "body")}>${icon("copy")} Copy body</button>
        ${entry.message_token && html`<${ToMessage} entry=${entry} />`}
      </div>
      ${entry.why && html`<p class="why">${entry.why}</p>`}
      <h3>Request</h3>
      <p class="address">${isCallback ? "POST" : entry.http_method} ${entry.url ?? entry.path}</p>
      ${isCallback && html`<${Signature} entry=${entry} isSigned=${signed} />`}
      <${Headers} headers=${entry.headers} />
      <${Exact} text=${entry.body} />
      <h3>Answer</h3>
      <p class="address">
        ${entry.http_status === null ? (entry.trouble ?? "none was sent") : `HTTP ${entry.http_status}`}
      </p>
      <${Exact} text=${entry.answer} />
    </div>`;
  }
}

function ToMessage({ entry }) {
  return html`<button onClick=${() => show(entry)}>${icon("chat")} Show the message</button>
    <button onClick=${() => follow(entry.message_token)}>${icon("wire")} Journey</button>`;
}

/** Open the chat and scroll to the bubble, if it is loaded, and mark it. */
async function show({ message_token: token, user, receivers }) {
  await openChat(user ?? receivers[0] ?? state.userId);
  await select(token);
  document.getElementById(`m${token}`)?.scrollIntoView({ block: "center" });
}

function Signature({
  entry: {
    signed_in: { header, query },
  },
  isSigned: signed,
}) {
  const places = [header && "header", query && "query"].filter(Boolean).join(" and ");
  if (!places) return html`<p class="signature bad">not signed</p>`;
  const words = { true: "right", false: "wrong for this body and token" };
  return html`<p class=${classes("signature", signed === false ? "bad" : "good")}>
    signature in ${places}${signed !== undefined && `: ${words[signed]}`}
  </p>`;
}

function Headers({ headers }) {
  return html`<dl class="headers">
    ${Object.entries(headers).map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}
  </dl>`;
}
