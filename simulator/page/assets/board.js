// Keyboards and rich media: buttons in their real columns, rows and colours.
//
// https://developers.viber.com/docs/tools/keyboards.  A keyboard covers the lower
// part of the chat; rich media is a row of cards to swipe.

import { buttonText } from "./buttontext.js";
import { icon } from "./icons.js";
import { pack } from "./packing.js";
import { webAddress } from "./richtext.js";
import { Component, classes, html } from "./view.js";

const COLOR = /^#[0-9a-f]{6}$/i;
const KEYBOARD_ROW = 46; // pixels
const CARD_ROW = 40;
const CARD_COLUMN = 42;
const NEAR = 8; // pixels from an end that still count as being there
const FULL = 100; // per cent

/** The user's keyboard. */
export function Keyboard({ keyboard, onPress }) {
  const columns = Number(keyboard.ButtonsGroupColumns ?? 6);
  const [card] = pack(keyboard.Buttons, columns);
  const row = (KEYBOARD_ROW * (keyboard.HeightScale ?? FULL)) / FULL;
  const height = Number(keyboard.CustomDefaultHeight) || (keyboard.DefaultHeight ? 40 : 0);
  return html`<div
    class=${classes("keyboard", height && "tall")}
    role="group"
    aria-label="Keyboard"
    style=${{ background: color(keyboard.BgColor), "--height": height }}
  >
    <${Grid} card=${card} columns=${columns} row=${row} onPress=${onPress} />
  </div>`;
}

/** Rich media: cards side by side, with a button either way for who cannot swipe. */
export class Carousel extends Component {
  render({ media, onPress }, { isAtStart = true, isAtEnd = false }) {
    const columns = Number(media.ButtonsGroupColumns ?? 6);
    const rows = Number(media.ButtonsGroupRows ?? 7);
    const cards = pack(media.Buttons, columns, rows);
    const style = { width: `${columns * CARD_COLUMN}px`, background: color(media.BgColor) };
    return html`<div class="carousel" role="group" aria-label=${`Rich media, ${cards.length} cards`}>
      <div
        class="cards"
        tabindex="0"
        aria-label="Cards"
        role="group"
        ref=${(it) => (this.cards = it)}
        onScroll=${this.onScroll}
      >
        ${cards.map(
          (card, number) => html`<div
            class="card"
            role="group"
            aria-label=${`Card ${number + 1} of ${cards.length}`}
            style=${style}
          >
            <${Grid} card=${card} columns=${columns} row=${CARD_ROW} onPress=${onPress} />
          </div>`,
        )}
      </div>
      ${cards.length > 1 && html`<${Turn} way="previous" isOver=${isAtStart} onTurn=${this.turn} />`}
      ${cards.length > 1 && html`<${Turn} way="next" isOver=${isAtEnd} onTurn=${this.turn} />`}
    </div>`;
  }

  onScroll = () => {
    const { scrollLeft, scrollWidth, clientWidth } = this.cards;
    const isAtEnd = scrollLeft + clientWidth > scrollWidth - NEAR;
    this.setState({ isAtStart: scrollLeft < NEAR, isAtEnd });
  };

  turn = (way) => {
    const width = this.cards.firstElementChild.offsetWidth;
    this.cards.scrollBy({ left: way === "next" ? width : -width, behavior: "smooth" });
  };
}

function Turn({ way, isOver, onTurn }) {
  return html`<button
    class=${`turn ${way}`}
    aria-label=${`To the ${way} card`}
    disabled=${isOver}
    onClick=${() => onTurn(way)}
  >
    ${icon("back")}
  </button>`;
}

function Grid({ card, columns, row, onPress }) {
  const style = {
    gridTemplateColumns: `repeat(${columns}, 1fr)`,
    gridTemplateRows: `repeat(${card.rows}, minmax(${row}px, 1fr))`,
  };
  return html`<div class="grid" style=${style}>
    ${card.places.map((place) => html`<${Button} ...${place} onPress=${onPress} />`)}
  </div>`;
}

function Button({ button, index, row, column, width, height, onPress }) {
  const image = webAddress(button.Image);
  const background = webAddress(button.BgMedia);
  const style = {
    gridColumn: `${column + 1} / span ${width}`,
    gridRow: `${row + 1} / span ${height}`,
    background: color(button.BgColor),
    ...frame(button.Frame),
  };
  const face = html`${
    background && html`<${Image} src=${background} scale=${button.BgMediaScaleType ?? "crop"} />`
  }
    ${image && html`<${Image} src=${image} scale=${button.ImageScaleType ?? "crop"} />`}
    ${button.Text && html`<${Label} button=${button} />`}`;
  if (button.ActionType === "none")
    return html`<div class="board-button" style=${style}>${face}</div>`;
  return html`<button
    class="board-button"
    style=${style}
    title=${button.ActionType === "open-url" ? button.ActionBody : undefined}
    onClick=${() => onPress(index, button)}
  >
    ${face} ${!button.Text && html`<span class="hidden">${button.ActionBody}</span>`}
  </button>`;
}

function Image({ src, scale }) {
  return html`<img class=${`scale-${scale}`} src=${src} alt="" />`;
}

function Label({ button }) {
  const { TextVAlign = "middle", TextHAlign = "center", TextSize = "regular" } = button;
  const gradient = color(button.TextBgGradientColor);
  return html`<span
    class=${`label v-${TextVAlign} h-${TextHAlign} size-${TextSize}`}
    style=${{
      padding: paddings(button.TextPaddings),
      background: gradient && `linear-gradient(${gradient}, transparent)`,
    }}
    ><span style=${{ opacity: (button.TextOpacity ?? FULL) / FULL }}
      >${buttonText(button.Text)}</span
    ></span
  >`;
}

function frame(given) {
  if (!given) return {};
  const line = color(given.BorderColor) ?? "currentColor";
  return {
    border: `${Number(given.BorderWidth ?? 1)}px solid ${line}`,
    borderRadius: `${Number(given.CornerRadius ?? 0)}px`,
  };
}

function paddings(given) {
  return given?.map((side) => `${Number(side)}px`).join(" ");
}

function color(given) {
  return COLOR.test(given) ? given : undefined;
}
