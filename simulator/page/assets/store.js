// The page's whole state, and the one way to change it.
//
// Values are replaced, never changed in place, so that parts can see what is new.
// All changes of one moment are drawn together.

export const state = {
  connected: false,
  bots: [],
  bot: null, // name of the bot that is looked at
  people: new Map(), // users of that bot by id, in the order they were made
  search: "",
  userId: null,
  chat: [], // the loaded end of that user's chat
  hasEarlier: false,
  reads: true, // whether the user sees what comes while the chat is open
  entries: [], // of the wire, oldest first
  faults: [],
  gateway: null, // null without one, else { reachable, health }
  selected: null, // the token of the message that is followed
  story: [], // the entries about it
  opened: new Set(), // seq of the entries that are unfolded
  filter: { text: "", kind: "", mine: false, troubles: false },
  tab: "wire",
  pane: "chat",
  dialog: null,
  notice: null,
};

let draw = () => {};
let isScheduled = false;

/** Name the function that draws the state. */
export function onChange(drawing) {
  draw = drawing;
}

/** Replace members of the state, and draw soon. */
export function change(members) {
  Object.assign(state, members);
  if (isScheduled) return;
  isScheduled = true;
  queueMicrotask(() => {
    isScheduled = false;
    draw();
  });
}

/** The user whose chat is open, or undefined. */
export function person() {
  return state.people.get(state.userId);
}

/** The bot that is looked at, or undefined. */
export function bot() {
  return state.bots.find((known) => known.name === state.bot);
}
