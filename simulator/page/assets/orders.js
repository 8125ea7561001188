// The orders to misbehave: put faults in force, end them.

import * as api from "./api.js";
import { attempt } from "./notices.js";
import { change } from "./store.js";

export async function loadFaults() {
  change({ faults: await api.faults() });
}

/** End faults, and put another in force unless it is null. */
export async function replaceFaults(ended, fault) {
  await attempt(Promise.all(ended.map(({ id }) => api.endFault(id))));
  if (fault) await attempt(api.addFault(fault));
  await attempt(loadFaults());
}

export async function endAllFaults() {
  await attempt(api.endFaults());
  await attempt(loadFaults());
}
