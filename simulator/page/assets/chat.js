// The phone: the chat of one user with the bot, the keyboard, and where to write.

import * as actions from "./actions.js";
import { Bubble } from "./bubble.js";
import { Keyboard } from "./board.js";
import { Composer } from "./composer.js";
import { notify } from "./notices.js";
import { PhoneHead, Start } from "./phone.js";
import { webAddress } from "./richtext.js";
import { bot, change, person, state } from "./store.js";
import { day } from "./time.js";
import { Pure, html } from "./view.js";
import { follow } from "./watching.js";

const NEAR = 60; // pixels from the end that still count as being there

export function Phone() {
  const user = person();
  if (!user) return html`<main class="phone empty"><p>Add a user, and they get a phone.</p></main>`;
  const keyboard = user.keyboard?.Buttons ? user.keyboard : null;
  const input = keyboard?.InputFieldState ?? "regular";
  return html`<main class="phone" aria-label=${`Phone of ${user.name}`}>
    <${PhoneHead} user=${user} bot=${bot()} />
    <${Log} key=${user.id} user=${user} ...${of(state)} />
    ${input !== "hidden" && html`<${Composer} key=${user.id} isSmall=${input === "minimized"} />`}
    ${keyboard && html`<${Keyboard} keyboard=${keyboard} onPress=${(index, button) => press(index, button)} />`}
  </main>`;
}

function of({ chat, hasEarlier, selected }) {
  return { chat, hasEarlier, selected };
}

/** Press a button of the keyboard, or of the rich media of that token. */
async function press(index, button, token) {
  const kind = button.ActionType || "reply";
  const place = { button: index, message_token: token };
  if (kind === "share-phone" || kind === "location-picker") {
    change({ dialog: { kind, place } });
    return;
  }
  if (kind === "open-url") openPage(button.ActionBody);
  if (kind === "open-map") openPage(mapOf(button.Map));
  if (kind === "buy") await actions.act("pay");
  else await actions.act("press", place);
}

function openPage(address) {
  const page = webAddress(address);
  if (page) window.open(page, "_blank", "noopener,noreferrer");
  else notify(`A phone would open ${address}`);
}

function mapOf({ Latitude: lat, Longitude: lon } = {}) {
  return `https://www.openstreetmap.org/?mlat=${Number(lat)}&mlon=${Number(lon)}`;
}

/** The messages; stays at the end while new ones come, unless somebody scrolled up. */
class Log extends Pure {
  isAtEnd = true;
  lastTop = 0;

  componentDidMount() {
    this.watch = new ResizeObserver(() => this.isAtEnd && this.toEnd());
    this.watch.observe(this.box);
    this.watch.observe(this.list);
    this.earlier = new IntersectionObserver(([seen]) => seen.isIntersecting && this.loadEarlier(), {
      root: this.box,
    });
    this.earlier.observe(this.top);
  }

  componentWillUnmount() {
    this.watch.disconnect();
    this.earlier.disconnect();
  }

  getSnapshotBeforeUpdate() {
    return this.box.scrollHeight - this.box.scrollTop;
  }

  componentDidUpdate(_props, _state, fromEnd) {
    if (this.isAtEnd) {
      this.toEnd();
      actions.shortenChat();
    } else if (this.isLoading) this.box.scrollTop = this.box.scrollHeight - fromEnd;
  }

  async loadEarlier() {
    if (this.isLoading || !this.props.hasEarlier) return;
    this.isLoading = true;
    await actions.loadEarlier();
    setTimeout(() => (this.isLoading = false));
  }

  toEnd() {
    this.box.scrollTop = this.box.scrollHeight;
  }

  onScroll = () => {
    const { scrollHeight, scrollTop, clientHeight } = this.box;
    const isNear = scrollHeight - scrollTop - clientHeight < NEAR;
    this.isAtEnd = isNear || (this.isAtEnd && scrollTop >= this.lastTop);
    this.lastTop = scrollTop;
  };

  render({ user, chat, hasEarlier, selected }) {
    return html`<div class="log" tabindex="0" ref=${(it) => (this.box = it)} onScroll=${this.onScroll}>
      <div role="log" aria-label=${`Chat of ${user.name}`} ref=${(it) => (this.list = it)}>
        <button
          class="earlier"
          hidden=${!hasEarlier}
          ref=${(it) => (this.top = it)}
          onClick=${() => this.loadEarlier()}
        >
          Earlier messages
        </button>
        ${!chat.length && html`<${Start} user=${user} bot=${bot()} />`}
        ${chat.map((entry, place) => bubbles(entry, chat[place - 1], user, selected))}
      </div>
    </div>`;
  }
}

function bubbles(entry, before, user, selected) {
  const isNewDay = !before || day(before.at) !== day(entry.at);
  const token = entry.message_token;
  return [
    isNewDay && html`<p class="day" key=${`day${token}`}>${day(entry.at)}</p>`,
    html`<${Bubble}
      key=${token}
      entry=${entry}
      author=${entry.direction === "in" ? user.name : (bot()?.title ?? "The bot")}
      isFirst=${isNewDay || before.direction !== entry.direction}
      isSelected=${token === selected}
      onPress=${pressRich}
      onFollow=${follow}
    />`,
  ];
}

function pressRich(index, token) {
  const { message } = state.chat.find((entry) => entry.message_token === token);
  press(index, message.rich_media.Buttons[index], token);
}
