// Where the user writes: a text, or something attached.

import * as actions from "./actions.js";
import { ATTACHMENTS } from "./forms.js";
import { icon } from "./icons.js";
import { closeAtEscape, closeOutside } from "./phone.js";
import { change } from "./store.js";
import { Component, html } from "./view.js";

const MOST = 7000; // characters of a text

export class Composer extends Component {
  render({ isSmall }, { text = "", isOpen = !isSmall }) {
    if (!isOpen) {
      return html`<div class="composer small">
        <button onClick=${() => this.setState({ isOpen: true })}>${icon("chat")} Write</button>
      </div>`;
    }
    return html`<form class="composer" onSubmit=${this.submit}>
      <${Attach} />
      <textarea
        rows="1"
        maxlength=${MOST}
        aria-label="Message"
        placeholder="Message"
        value=${text}
        onInput=${(event) => this.setState({ text: event.currentTarget.value })}
        onKeyDown=${this.onKey}
      ></textarea>
      <button class="send" aria-label="Send" disabled=${!text.trim()}>${icon("send")}</button>
    </form>`;
  }

  onKey = (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) this.submit(event);
  };

  submit = async (event) => {
    event.preventDefault();
    const { text = "" } = this.state;
    if (!text.trim()) return;
    this.setState({ text: "" });
    await actions.write({ type: "text", text });
  };
}

function Attach() {
  const pick = (kind) => (event) => {
    event.currentTarget.closest("details").open = false;
    change({ dialog: { kind } });
  };
  return html`<details class="menu up" onToggle=${closeOutside} onKeyDown=${closeAtEscape}>
    <summary aria-label="Attach">${icon("add")}</summary>
    <div class="menu-items">
      ${Object.entries(ATTACHMENTS).map(
        ([kind, { label }]) =>
          html`<button type="button" onClick=${pick(kind)}>${icon(ICONS[kind])} ${label}</button>`,
      )}
    </div>
  </details>`;
}

const ICONS = {
  picture: "picture",
  video: "video",
  file: "file",
  sticker: "sticker",
  contact: "contact",
  location: "location",
  url: "link",
};
