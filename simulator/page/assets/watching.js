// The wire, the story of one message, and what a gateway says of itself.

import * as api from "./api.js";
import { change, state } from "./store.js";

const KEPT = 2000;

/** Add entries of the wire; the oldest make room. */
export function takeEntries(entries) {
  if (!entries.length) return;
  const known = new Set(state.entries.map(({ seq }) => seq));
  const news = entries.filter(({ seq }) => !known.has(seq));
  const all = [...state.entries, ...news].sort((one, other) => one.seq - other.seq);
  change({ entries: all.slice(-KEPT) });
  if (news.some(({ message_token: token }) => token && token === state.selected)) {
    loadStory();
  }
}

/** Follow one message: show its journey. */
export async function follow(token) {
  change({ tab: "journey", pane: "inspector" });
  await select(token);
}

/** Mark a message, and load what went over the wire about it. */
export async function select(token) {
  change({ selected: token, story: [] });
  await loadStory();
}

export function unfollow() {
  change({ selected: null, story: [] });
}

async function loadStory() {
  const token = state.selected;
  const { entries } = await api.log({ message_token: token });
  const inTime = entries.sort((one, other) => one.at - other.at || one.seq - other.seq);
  if (token === state.selected) change({ story: inTime });
}

/** Unfold an entry of the wire, or fold it. */
export function toggle(seq) {
  const opened = new Set(state.opened);
  if (!opened.delete(seq)) opened.add(seq);
  change({ opened });
}

export function setFilter(members) {
  change({ filter: { ...state.filter, ...members } });
}

export async function clearWire() {
  await api.clearLog();
  change({ entries: [], opened: new Set() });
}

/** Ask the gateway how it is; it may be away, or there is none. */
export async function loadGateway() {
  try {
    const health = await api.gatewayHealth();
    change({ gateway: health && { reachable: true, health } });
  } catch {
    change({ gateway: { reachable: false, health: null } });
  }
}

/** Return the entries that pass the filter, newest first. */
export function filtered(entries, filter, userId) {
  const words = filter.text.toLowerCase();
  return entries.filter((entry) => passes(entry, filter, words, userId)).reverse();
}

function passes(entry, { kind, mine, troubles }, words, userId) {
  if (kind && entry.kind !== kind) return false;
  if (mine && entry.user !== userId && !entry.receivers?.includes(userId)) return false;
  if (troubles && isWell(entry)) return false;
  return !words || searchable(entry).includes(words);
}

function searchable({ method, event, body, answer, why, fault, notes, trouble, message_token }) {
  const parts = [method, event, body, answer, why, fault, notes?.join(" "), trouble, message_token];
  return parts.filter(Boolean).join(" ").toLowerCase();
}

/** Tell whether an exchange ended as it should. */
export function isWell(entry) {
  if (entry.kind === "callback") return entry.http_status === 200;
  return entry.http_status === 200 && entry.status === 0;
}
