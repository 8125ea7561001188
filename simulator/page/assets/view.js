// How the page draws: Preact elements written as htm templates.
//
// Text in a template always becomes a text node; nothing here sets innerHTML.

import { Component, h, render } from "./vendor/preact-11.2.0.mjs";
import htm from "./vendor/htm-3.1.1.mjs";

export { Component, render };
export const html = htm.bind(h);

/** A part that is drawn anew only when one of its properties is another one. */
export class Pure extends Component {
  shouldComponentUpdate(next) {
    return Object.keys(next).some((name) => next[name] !== this.props[name]);
  }
}

/** Join the class names whose condition holds. */
export function classes(...names) {
  return names.filter(Boolean).join(" ");
}
