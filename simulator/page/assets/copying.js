// Copying, which browsers allow on https and localhost only.

import { notify } from "./notices.js";

/** Copy a text, and say so. */
export async function copy(text, what) {
  try {
    await navigator.clipboard.writeText(text);
    notify(`Copied the ${what}.`);
  } catch {
    notify("The browser lets pages copy on https and localhost only.");
  }
}
