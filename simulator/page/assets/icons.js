// The page's icons: strokes in a square of 24, drawn in the colour of the text.

import { html } from "./view.js";

const STROKES = {
  add: "M12 5v14M5 12h14",
  arrowLeft: "M19 12H5m6-6-6 6 6 6",
  arrowRight: "M5 12h14m-6-6 6 6-6 6",
  back: "M15 5l-7 7 7 7",
  chat: "M4 5h16v11H9l-5 4z",
  close: "M6 6l12 12M18 6 6 18",
  contact: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4 20c1-4 4-6 8-6s7 2 8 6",
  copy: "M9 9h11v11H9zM15 9V4H4v11h5",
  down: "M6 9l6 6 6-6",
  edit: "M4 20l1-5L16 4l4 4L9 19zM14 6l4 4",
  eye: "M2 12c3-5 6-7 10-7s7 2 10 7c-3 5-6 7-10 7s-7-2-10-7zM12 9a3 3 0 1 0 0 6 3 3 0 0 0 0-6z",
  file: "M6 3h8l5 5v13H6zM14 3v5h5",
  link: "M10 14l4-4M8 12l-2 2a3.5 3.5 0 0 0 5 5l2-2M16 12l2-2a3.5 3.5 0 0 0-5-5l-2 2",
  location: "M12 21c-4-5-7-8-7-11a7 7 0 0 1 14 0c0 3-3 6-7 11zM12 8a2 2 0 1 0 0 4 2 2 0 0 0 0-4z",
  moon: "M20 14A8 8 0 0 1 10 4a8 8 0 1 0 10 10z",
  more: "M5 12h.01M12 12h.01M19 12h.01",
  phone: "M7 2h10v20H7zM11 18h2",
  picture: "M3 5h18v14H3zM3 16l5-5 4 4 3-3 6 5M15 9h.01",
  search: "M11 4a7 7 0 1 0 0 14 7 7 0 0 0 0-14zM16 16l5 5",
  send: "M4 12 20 4l-5 16-3-7z",
  sticker: "M12 3a9 9 0 1 0 9 9c-5 0-9-4-9-9zM8.500 11h.01M9 15c1 1 3 2 5 1",
  sun: "M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM12 2v2M12 20v2M2 12h2M20 12h2M5 5l1.400 1.400M17.600 17.600 19 19M5 19l1.400-1.400M17.600 6.400 19 5",
  users:
    "M9 11a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM2 20c1-4 3-6 7-6s6 2 7 6M16 4a4 4 0 0 1 0 7M18 14c2 1 3 3 4 6",
  video: "M3 6h12v12H3zM15 10l6-3v10l-6-3",
  wire: "M3 8h13l-4-4M21 16H8l4 4",
};

/** Draw an icon; beside it must stand a text, or around it a label. */
export function icon(name) {
  return html`<svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
    <path d=${STROKES[name]} />
  </svg>`;
}
