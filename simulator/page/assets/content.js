// What a message shows, by its type: one row of the table for each.
//
// Messages come from bots under test, so nothing of their form is sure.

import { Carousel } from "./board.js";
import { icon } from "./icons.js";
import { Link, isEmoji, richText, webAddress } from "./richtext.js";
import { Component, classes, html } from "./view.js";

const UNITS = ["B", "kB", "MB", "GB"];
const STICKERS = [
  "😀",
  "😍",
  "🤗",
  "😎",
  "🥳",
  "😴",
  "🐰",
  "🐶",
  "🐱",
  "🦊",
  "🌞",
  "🌈",
  "🍕",
  "🎈",
];
const MS = 1000;
const COLORS = 360; // degrees of the colour circle

const BY_TYPE = {
  text: ({ text }) => text_(text),
  picture: ({ media, thumbnail, text }) =>
    html`<${Picture} src=${media ?? thumbnail} what="Picture" />${text && text_(text)}`,
  video: ({ media, thumbnail, text, duration }) =>
    html`<${Video} src=${media} poster=${thumbnail} duration=${duration} />${text && text_(text)}`,
  file: ({ media, file_name: name, size }) =>
    html`<${Tile} icon="file" href=${media} title=${name ?? "File"} note=${bytes(size)} />`,
  contact: ({ contact = {} }) =>
    html`<${Tile} icon="contact" title=${contact.name ?? "Contact"} note=${contact.phone_number} />`,
  location: ({ location = {} }) => html`<${Place} ...${location} />`,
  url: ({ media, text }) =>
    html`<${Tile} icon="link" href=${media} title=${host(media)} note=${text ?? media} />`,
  sticker: ({ sticker_id: id }) => html`<${Sticker} id=${id} />`,
  payment: ({ payment = {} }) =>
    html`<${Tile}
      icon="contact"
      title=${`${payment.total_price} ${payment.currency_code}`}
      note=${payment.description ?? payment.type}
    />`,
};

/** Draw what a message shows; `onPress` hears of buttons in rich media. */
export function Content({ message, onPress }) {
  if (message.type === "rich_media") {
    return html`<${Carousel} media=${message.rich_media} onPress=${onPress} />`;
  }
  if (!message.type && message.keyboard) return html`<p class="aside">a keyboard alone</p>`;
  const draw = BY_TYPE[message.type];
  return draw
    ? draw(message)
    : html`<p class="aside">a message of type ${String(message.type)}</p>`;
}

/** Tell whether a message stands without a bubble around it. */
export function isBare({ type, text }) {
  return type === "rich_media" || type === "sticker" || (type === "text" && isEmoji(String(text)));
}

function text_(given) {
  const text = String(given ?? "");
  return html`<p class=${classes("text", isEmoji(text) && "emoji")}>${richText(text)}</p>`;
}

class Picture extends Component {
  render({ src, what }, { isBroken }) {
    const address = webAddress(src);
    if (!address || isBroken) {
      return html`<${Tile} icon="picture" href=${src} title=${what} note="cannot be loaded" />`;
    }
    return html`<a class="media" href=${address} target="_blank" rel="noopener noreferrer">
      <img src=${address} alt=${what} onError=${() => this.setState({ isBroken: true })} />
    </a>`;
  }
}

class Video extends Component {
  render({ src, poster, duration }, { isBroken }) {
    const address = webAddress(src);
    const note = duration ? seconds(duration) : "cannot be played";
    if (!address || isBroken) {
      return html`<${Tile} icon="video" href=${src} title="Video" note=${note} />`;
    }
    return html`<video
      class="media"
      controls
      preload="metadata"
      src=${address}
      poster=${webAddress(poster) ?? undefined}
      aria-label="Video"
      onError=${() => this.setState({ isBroken: true })}
    />`;
  }
}

function Tile({ icon: name, href, title, note }) {
  return html`<${Link} class="tile" href=${href}>
    <span class="tile-icon">${icon(name)}</span>
    <span class="tile-text"><b>${title}</b>${note && html`<small>${note}</small>`}</span>
  <//>`;
}

function Place({ lat, lon }) {
  const [north, east] = [Number(lat), Number(lon)];
  const href = `https://www.openstreetmap.org/?mlat=${north}&mlon=${east}#map=16/${north}/${east}`;
  return html`<a class="place" href=${href} target="_blank" rel="noopener noreferrer">
    <svg class="map" viewBox="0 0 220 110" aria-hidden="true">
      <path class="park" d="M0 0h70v40H0zM150 70h70v40h-70z" />
      <path class="water" d="M0 85c50-30 70 15 130-5s60-60 90-60v20c-30 0-40 45-90 60S50 75 0 110z" />
      <path class="road" d="M0 52h220M88 0v110M150 0l-20 110M30 0l10 110" />
      <path class="pin" d="M110 66c-10-12-16-19-16-27a16 16 0 0 1 32 0c0 8-6 15-16 27z" />
      <circle class="hole" cx="110" cy="39" r="6" />
    </svg>
    <span>${icon("location")} ${north.toFixed(4)}, ${east.toFixed(4)}</span>
  </a>`;
}

/** Viber's stickers are Viber's; this stands in for one, the same for the same id. */
function Sticker({ id }) {
  const number = Number(id) || 0;
  return html`<span class="sticker" role="img" aria-label=${`Sticker ${id}`}>
    <span style=${{ "--hue": (number * 47) % COLORS }}>${STICKERS[number % STICKERS.length]}</span>
    <small>sticker ${id}</small>
  </span>`;
}

/** Bots send seconds; users' phones were seen to send milliseconds. */
function seconds(duration) {
  return `${duration >= MS ? duration / MS : duration} s`;
}

function bytes(size) {
  if (size === undefined || size === null) return undefined;
  let [rest, unit] = [Number(size), 0];
  while (rest >= 1000 && unit < UNITS.length - 1) {
    rest /= 1000;
    unit += 1;
  }
  return `${unit ? rest.toFixed(1) : rest} ${UNITS[unit]}`;
}

function host(address) {
  const whole = webAddress(address);
  return whole ? new URL(whole).host : "Address";
}
