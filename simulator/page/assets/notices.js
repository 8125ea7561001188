// One line at the foot of the page for a while: what was done, or why it was not.

import { ApiError } from "./api.js";
import { change } from "./store.js";

const NOTICE_MS = 6000;
let timer = 0;

/** Show a line for a while. */
export function notify(notice) {
  clearTimeout(timer);
  change({ notice });
  timer = setTimeout(() => change({ notice: null }), NOTICE_MS);
}

/** Wait for something; when the simulator refuses it, show why. */
export async function attempt(promise) {
  try {
    return await promise;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    notify(error.message);
    return undefined;
  }
}
