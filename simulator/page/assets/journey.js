// The story of one message, step by step, and the state of the gateway beside it.

import * as api from "./api.js";
import { copy } from "./copying.js";
import { Verdict } from "./entry.js";
import { icon } from "./icons.js";
import { attempt } from "./notices.js";
import { bot, person, state } from "./store.js";
import { exact } from "./time.js";
import { Component, html } from "./view.js";
import { loadGateway, unfollow } from "./watching.js";

const LOOK_AGAIN_MS = 1000;
const ANSWER = "echo-bot-answer-"; // the echo bot of `make run` names commands so

export class Journey extends Component {
  componentDidMount() {
    this.timer = setInterval(() => state.gateway && loadGateway(), LOOK_AGAIN_MS);
  }

  componentWillUnmount() {
    clearInterval(this.timer);
  }

  render({ state: { selected, story, gateway } }) {
    return html`${
      selected
        ? html`<${Story} key=${selected} token=${selected} story=${story} hasGateway=${gateway} />`
        : html`<p class="aside hint">
            Follow a message: press the time below it in the chat.
          </p>`
    }
      <${GatewayNow} gateway=${gateway} />`;
  }
}

function Story({ token, story, hasGateway }) {
  const message = state.chat.find((entry) => entry.message_token === token);
  const arrived = story.find((entry) => entry.event === "message" && entry.http_status === 200);
  return html`<section class="story" aria-label="Journey of the message">
    <div class="story-head">
      <h3>Message <code>${token}</code></h3>
      <button class="round" aria-label="Follow no message" onClick=${unfollow}>${icon("close")}</button>
    </div>
    <ol>
      ${message?.direction === "in" && html`<${Step} at=${message.at} title=${`${person().name} wrote it`} />`}
      ${story.map((entry) => html`<${Exchange} key=${entry.seq} entry=${entry} />`)}
    </ol>
    ${hasGateway && arrived && html`<${Event} entry=${arrived} />`}
    ${hasGateway && message?.direction === "out" && html`<${Command} />`}
  </section>`;
}

function Step({ at, title, children }) {
  return html`<li><time>${exact(at)}</time><div><b>${title}</b>${children}</div></li>`;
}

function Exchange({ entry }) {
  const { kind, method, event, message_token: token, why } = entry;
  const title = kind === "api" ? `The bot calls ${method}` : `Viber calls back: ${event}`;
  return html`<${Step} at=${entry.at} title=${title}>
    <${Verdict} entry=${entry} />
    ${kind === "api" && entry.accepted && html`<p>Viber took it: token <code>${token}</code></p>`}
    ${why && html`<p>${why}</p>`}
  <//>`;
}

/** The event that the gateway put on the inbound topic, and the answer to it. */
class Event extends Component {
  async componentDidMount() {
    const { event, message_token, user } = this.props.entry;
    const name = bot().webhook.split("/").at(-1);
    const found = await attempt(api.eventId({ bot: name, event, message_token, user }));
    this.setState({ id: found?.ce_id });
  }

  render(_props, { id }) {
    if (!id) return null;
    return html`<p class="event-id">
        In Kafka since the 200, as event <code>${id}</code>
        <button class="round" aria-label="Copy the event's id" onClick=${() => copy(id, "event's id")}>
          ${icon("copy")}
        </button>
      </p>
      <${Command} likely=${ANSWER + id} />`;
  }
}

/** Where a bot's command is, asked again and again; its id may be a likely one. */
class Command extends Component {
  state = { id: this.props.likely ?? "", found: null };

  componentDidMount() {
    this.look();
    this.timer = setInterval(() => this.look(), LOOK_AGAIN_MS);
  }

  componentWillUnmount() {
    clearInterval(this.timer);
  }

  async look() {
    const { id } = this.state;
    if (!id) return;
    const found = await api.explain(id).catch(({ message }) => ({ text: message }));
    if (id === this.state.id) this.setState({ found });
  }

  name = (event) => {
    event.preventDefault();
    const id = event.currentTarget.elements.id.value.trim();
    this.setState({ id, found: null }, () => this.look());
  };

  render(_props, { id, found }) {
    return html`<section class="command" aria-label="The bot's command">
      <form onSubmit=${this.name}>
        <label class="field"><span>Id of the bot's command</span><input name="id" defaultValue=${id} /></label>
        <button>Ask the gateway</button>
      </form>
      ${found && html`<${Told} found=${found} />`}
    </section>`;
  }
}

function Told({ found: { command_id: _id, state: stage, text, ...rest } }) {
  const members = Object.entries(rest).filter(([, value]) => value !== null);
  const isWell = stage !== "unknown" && (rest.outcome ?? "accepted") === "accepted";
  return html`<p aria-live="polite">
      ${stage && html`<span class=${`badge ${isWell ? "good" : "bad"}`}>${stage.replace("_", " ")}</span>`}
      ${` ${text}`}
    </p>
    <${Facts} facts=${Object.fromEntries(members)} />`;
}

function GatewayNow({ gateway }) {
  if (!gateway) {
    return html`<p class="aside hint">
      No gateway to ask: start with <code>--gateway-management URL</code>.
    </p>`;
  }
  return html`<section class="gateway" aria-label="The gateway now">
    <h3>The gateway now</h3>
    ${
      gateway.reachable
        ? html`<${Facts} facts=${gateway.health} />`
        : html`<p class="bad-text">It does not answer.</p>`
    }
  </section>`;
}

function Facts({ facts }) {
  return html`<dl class="facts-list">
    ${Object.entries(facts).map(
      ([name, value]) =>
        html`<dt>${name.replaceAll("_", " ")}</dt><dd><${Value} value=${value} /></dd>`,
    )}
  </dl>`;
}

function Value({ value }) {
  const isObject = value !== null && typeof value === "object";
  if (isObject && !Object.keys(value).length) return "none";
  if (Array.isArray(value)) return value.map(String).join(", ");
  if (isObject) return html`<${Facts} facts=${value} />`;
  if (typeof value === "boolean") {
    return html`<span class=${`badge ${value ? "good" : "bad"}`}>${value ? "ok" : "not ok"}</span>`;
  }
  return html`${String(value)}`;
}
