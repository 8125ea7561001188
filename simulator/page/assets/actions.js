// What a person at this page does with users and chats, and what the stream brings.

import * as api from "./api.js";
import { attempt } from "./notices.js";
import { loadFaults } from "./orders.js";
import { loadGateway, takeEntries } from "./watching.js";
import { bot, change, person, state } from "./store.js";

const CHAT_PAGE = 100;
const CHAT_MOST = 1000; // messages drawn while more come; the browser stays quick
const LISTED = 200;
const READING_MS = 400;
const TICKS = ["sent", "delivered", "seen", "failed"]; // they only advance

let readingTimer = 0;

/** Load all there is: at the start, and when the stream was interrupted. */
export async function loadAll() {
  change({ chat: [], hasEarlier: false, entries: [] });
  await loadBots();
  await Promise.all([loadUsers(), loadEntries(), loadFaults(), loadGateway()]);
  if (state.userId) await openChat(state.userId);
}

export async function loadBots() {
  const bots = await api.bots();
  const known = bots.some(({ name }) => name === state.bot);
  change({ bots, bot: known ? state.bot : (bots[0]?.name ?? null) });
}

async function loadEntries() {
  const { log } = await api.state();
  const { entries } = await api.log({ after: Math.max(0, log.newest - 1000) });
  takeEntries(entries);
}

/** Load the users that fit the search, and pick one if none is picked yet. */
export async function loadUsers() {
  if (!state.bot) return;
  const found = await api.users(state.bot, state.search, LISTED);
  const people = new Map(found.map((user) => [user.id, user]));
  const open = person();
  if (open && !people.has(open.id)) people.set(open.id, open);
  if (state.userId && !people.has(state.userId)) await addWanted(people, state.userId);
  const userId = people.has(state.userId) ? state.userId : (found[0]?.id ?? null);
  change({ people, userId, chat: userId === state.userId ? state.chat : [] });
}

async function addWanted(people, id) {
  const user = await api.user(state.bot, id).catch(() => null);
  if (user) people.set(id, user);
}

export async function search(text) {
  change({ search: text });
  await loadUsers();
}

export async function pickBot(name) {
  change({ bot: name, userId: null, people: new Map(), chat: [], selected: null, story: [] });
  await loadUsers();
  if (state.userId) await openChat(state.userId);
}

/** Show a user's chat, its end first. */
export async function openChat(id) {
  if (id !== state.userId) change({ userId: id, chat: [], hasEarlier: false });
  change({ pane: "chat" });
  keepAddress();
  const chat = await attempt(api.chat(state.bot, id, CHAT_PAGE));
  if (!chat || id !== state.userId) return;
  change({ chat: merged(chat, state.chat), hasEarlier: chat.length === CHAT_PAGE });
  read();
}

/** Add to what was fetched what the stream brought meanwhile. */
function merged(fetched, streamed) {
  const chat = new Map(fetched.map((message) => [message.message_token, message]));
  const newest = BigInt(fetched.at(-1)?.message_token ?? 0);
  for (const message of streamed) {
    const token = message.message_token;
    const known = chat.get(token);
    const isNews = known ? rank(message) > rank(known) : BigInt(token) > newest;
    if (isNews) chat.set(token, message);
  }
  return [...chat.values()];
}

function rank({ status }) {
  return TICKS.indexOf(status);
}

/** Load what stands before the loaded end of the chat. */
export async function loadEarlier() {
  const { bot: name, userId } = state;
  const first = firstToken();
  if (!first) return;
  const earlier = await attempt(api.chat(name, userId, CHAT_PAGE, first));
  if (!earlier || state.userId !== userId || firstToken() !== first) return;
  change({ chat: [...earlier, ...state.chat], hasEarlier: earlier.length === CHAT_PAGE });
}

function firstToken() {
  return state.chat[0]?.message_token;
}

/** Let go of the beginning of a chat that has grown long; it can be loaded again. */
export function shortenChat() {
  if (state.chat.length <= CHAT_MOST) return;
  change({ chat: state.chat.slice(-CHAT_PAGE), hasEarlier: true });
}

/** Let the open chat's user do something: write, open, subscribe, press and so on. */
export function act(what, body) {
  return attempt(api.act(state.bot, state.userId, what, body));
}

export const write = (message) => act("messages", { message });

export async function changePerson(members) {
  await attempt(api.changeUser(state.bot, state.userId, members));
}

export async function addPerson(members) {
  const user = await attempt(api.addUser(state.bot, members));
  if (!user) return false;
  change({ people: new Map(state.people).set(user.id, user) });
  await openChat(user.id);
  return true;
}

export async function removePerson() {
  await attempt(api.removeUser(state.bot, state.userId));
}

/** Take a batch of the stream. */
export function takeEvents(events) {
  if (events.some(({ kind }) => kind === "lost")) {
    attempt(loadAll());
    return;
  }
  const of = (wanted) => events.filter(({ kind }) => kind === wanted).map(({ item }) => item);
  takeUsers([...of("user"), ...of("message").map(({ user }) => user)]);
  takeRemoved(of("user_removed"));
  takeMessages(of("message"));
  const entries = of("log");
  takeEntries(entries);
  if (entries.some(({ method }) => method === "set_webhook")) attempt(loadBots());
  if (entries.some(({ fault, notes }) => fault || notes?.length)) attempt(loadFaults());
}

function takeUsers(users) {
  const mine = users.filter((user) => user.bot === state.bot);
  if (!mine.length) return;
  const people = new Map(state.people);
  for (const user of mine) {
    const fits = user.name.toLowerCase().includes(state.search.toLowerCase());
    if (people.has(user.id) || (fits && people.size < LISTED)) people.set(user.id, user);
  }
  change({ people });
  if (!state.userId) openChat(mine[0].id);
}

function takeRemoved(users) {
  const mine = users.filter((user) => user.bot === state.bot);
  if (!mine.length) return;
  const people = new Map(state.people);
  for (const { id } of mine) people.delete(id);
  change({ people });
  if (people.has(state.userId)) return;
  const next = people.keys().next().value ?? null;
  change({ userId: null, chat: [] });
  if (next) openChat(next);
}

function takeMessages(messages) {
  const mine = messages.filter(({ user }) => user.bot === state.bot && user.id === state.userId);
  if (!mine.length) return;
  const chat = new Map(state.chat.map((message) => [message.message_token, message]));
  const first = BigInt(firstToken() ?? 0);
  for (const message of mine) {
    const token = message.message_token;
    if (BigInt(token) >= first) chat.set(token, message);
  }
  change({ chat: [...chat.values()] });
  read();
}

/** Let the user see what came, a moment later, while somebody looks at the chat. */
function read() {
  clearTimeout(readingTimer);
  const looks = state.reads && document.visibilityState === "visible";
  if (!looks || !person()?.unseen || !person().online) return;
  readingTimer = setTimeout(() => state.reads && act("seen"), READING_MS);
}

document.addEventListener("visibilitychange", read);

export function setReads(reads) {
  change({ reads });
  read();
}

/** Keep in the address what is looked at, so that a reload shows the same. */
export function keepAddress() {
  const place = new URLSearchParams({ bot: bot()?.name ?? "", user: state.userId ?? "" });
  history.replaceState(null, "", `#${place}`);
}

/** Take from the address what was looked at. */
export function readAddress() {
  const place = new URLSearchParams(location.hash.slice(1));
  change({ bot: place.get("bot") || null, userId: place.get("user") || null });
}
