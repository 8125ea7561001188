// What can go wrong on purpose: switches for the usual, a form for the rest.
//
// A switch is on while a fault of its kind and number is in force for whom is chosen.

import { endAllFaults, loadFaults, replaceFaults } from "./orders.js";
import { change, person } from "./store.js";
import { Component, classes, html } from "./view.js";

const LOOK_AGAIN_MS = 1000;
const LATENCIES = [0, 200, 500, 1000, 2000, 5000]; // ms
const RATES = [0, 0.05, 0.1, 0.25, 0.5, 1]; // of the calls

const SWITCHES = {
  "Calls of the API": [
    { label: "Outage", note: "HTTP 503 to every call", fault: { kind: "http", code: 503 } },
    {
      label: "Rate limit",
      note: "HTTP 429, Retry-After 2",
      fault: { kind: "http", code: 429, retry_after: 2 },
    },
    {
      label: "Too many without reply",
      note: "status 12",
      fault: { kind: "status", status: 12, method: "send_message" },
    },
    { label: "Token refused", note: "status 2", fault: { kind: "status", status: 2 } },
    {
      label: "Every other answer lost",
      note: "the message is taken, the connection reset",
      fault: { kind: "reset_after", every: 2 },
    },
    { label: "Hang", note: "no answer at all", fault: { kind: "hang" } },
  ],
  Callbacks: [
    { label: "Doubled", fault: { kind: "doubled" } },
    { label: "Out of order", fault: { kind: "reordered" } },
    { label: "Late", note: "by 3 s", fault: { kind: "late", delay_ms: 3000 } },
    { label: "Lost", fault: { kind: "lost" } },
    { label: "Unsigned", fault: { kind: "unsigned" } },
    { label: "Wrong key", fault: { kind: "wrong_key" } },
  ],
  Phone: [
    {
      label: "Refuses messages",
      note: "a failed callback after status 0",
      fault: { kind: "phone_refuses" },
    },
  ],
};

export class Faults extends Component {
  componentDidMount() {
    this.timer = setInterval(() => loadFaults().catch(() => {}), LOOK_AGAIN_MS);
  }

  componentWillUnmount() {
    clearInterval(this.timer);
  }

  render({ state: { faults } }, { isMine = false }) {
    const user = person();
    const receiver = isMine && user ? user.id : null;
    return html`<div class="faults">
      <div class="segments" role="group" aria-label="For whom">
        <button aria-pressed=${!isMine} onClick=${() => this.setState({ isMine: false })}>everybody</button>
        <button aria-pressed=${isMine} disabled=${!user} onClick=${() => this.setState({ isMine: true })}>
          only ${user?.name ?? "one user"}
        </button>
      </div>
      <${Dial} label="Latency" kind="delay" steps=${LATENCIES} say=${(ms) => `${ms} ms`} ...${{ faults, receiver }} />
      <${Dial} label="Errors" kind="http" steps=${RATES} say=${(rate) => `${rate * 100} %`} ...${{ faults, receiver }} />
      ${Object.entries(SWITCHES).map(
        ([title, switches]) => html`<fieldset>
          <legend>${title}</legend>
          ${switches.map((each) => html`<${Switch} ...${each} faults=${faults} receiver=${receiver} />`)}
        </fieldset>`,
      )}
      <button onClick=${() => change({ dialog: { kind: "add-fault", receiver } })}>Another fault…</button>
      <${Current} faults=${faults} />
    </div>`;
  }
}

function Switch({ label, note, fault, faults, receiver }) {
  const found = faults.find((each) => isSame(each, fault, receiver));
  const turn = () => replaceFaults(found ? [found] : [], found ? null : { ...fault, receiver });
  return html`<label class="switch">
    <input type="checkbox" role="switch" checked=${Boolean(found)} onChange=${turn} />
    <span><b>${label}</b>${note && html` <small>${note}</small>`}</span>
    ${found && html`<span class="badge bad">${found.struck}×</span>`}
  </label>`;
}

/** Latency around a mean, or a share of calls that end with 500. */
function Dial({ label, kind, steps, say, faults, receiver }) {
  const isDelay = kind === "delay";
  const template = isDelay ? { kind } : { kind, code: 500 };
  const found = faults.filter((each) => isSame(each, template, receiver));
  const now = found.length ? (isDelay ? found[0].delay_ms.mean : found[0].probability) : 0;
  const step = Math.max(0, steps.indexOf(now));
  const turn = ({ currentTarget: { value } }) => {
    const wanted = steps[value];
    const fault = isDelay
      ? { delay_ms: { mean: wanted, deviation: wanted / 4 } }
      : { probability: wanted };
    replaceFaults(found, wanted ? { ...template, ...fault, receiver } : null);
  };
  return html`<label class="dial">
    <span>${label}</span>
    <input
      type="range"
      min="0"
      max=${steps.length - 1}
      value=${step}
      aria-valuetext=${say(now)}
      onChange=${turn}
    />
    <output>${say(now)}</output>
  </label>`;
}

function Current({ faults }) {
  return html`<section class="in-force" aria-label="Faults in force">
    <h3>In force</h3>
    ${!faults.length && html`<p class="aside">None: Viber behaves.</p>`}
    <ul>
      ${faults.map(
        (fault) => html`<li key=${fault.id} class=${classes("fault", fault.struck > 0 && "struck")}>
          <span><b>${fault.kind}</b> ${describe(fault)}</span>
          <button aria-label=${`End ${fault.kind}`} onClick=${() => replaceFaults([fault], null)}>End</button>
        </li>`,
      )}
    </ul>
    ${faults.length > 1 && html`<button class="danger" onClick=${endAllFaults}>End all</button>`}
  </section>`;
}

function describe({ kind, code, status, name, receiver, probability, struck, matched }) {
  const parts = [
    { http: code, status, accept_then_http: code }[kind],
    name,
    receiver && (person()?.id === receiver ? person().name : receiver),
    probability < 1 && `${probability * 100} %`,
    `struck ${struck} of ${matched}`,
  ];
  return parts.filter((part) => part !== undefined && part !== null && part !== false).join(" · ");
}

function isSame(fault, template, receiver) {
  const { kind, code, status } = template;
  return (
    fault.kind === kind &&
    fault.receiver === receiver &&
    (code === undefined || fault.code === code) &&
    (status === undefined || fault.status === status)
  );
}
