// What can be asked of the person at the page: the fields of every dialog, as tables.
//
// A field is { name, label, type, value, hint, required }; types are those of HTML
// inputs, and "check" and "choice" besides.  `does` takes the values.

import * as actions from "./actions.js";
import { replaceFaults } from "./orders.js";
import { person, state } from "./store.js";

const KYIV = { lat: 50.4501, lon: 30.5234 };
const LANGUAGES = ["en", "uk-UA", "de", "fr", "es", "pl", "bg", "ru-RU", "ar"];
const SAMPLE = "empty: a sample";

const place = [
  {
    name: "lat",
    label: "Latitude",
    type: "number",
    value: KYIV.lat,
    min: -90,
    max: 90,
    step: "any",
  },
  {
    name: "lon",
    label: "Longitude",
    type: "number",
    value: KYIV.lon,
    min: -180,
    max: 180,
    step: "any",
  },
];
const media = { name: "media", label: "Address", type: "url", hint: SAMPLE };

/** What a user can attach: label, fields, and the message made of their values. */
export const ATTACHMENTS = {
  picture: {
    label: "Picture",
    fields: [media, { name: "text", label: "Caption", type: "text" }],
    message: (values) => ({ type: "picture", ...given(values) }),
  },
  video: {
    label: "Video",
    fields: [media],
    message: (values) => ({ type: "video", ...given(values) }),
  },
  file: {
    label: "File",
    fields: [media, { name: "file_name", label: "Name", type: "text", value: "invoice.pdf" }],
    message: (values) => ({ type: "file", ...given(values) }),
  },
  sticker: {
    label: "Sticker",
    fields: [{ name: "sticker_id", label: "Number", type: "number", value: 46105, min: 0 }],
    message: ({ sticker_id: id }) => ({ type: "sticker", sticker_id: id }),
  },
  contact: {
    label: "Contact",
    fields: [
      { name: "name", label: "Name", type: "text", value: "Ivan Zrazok", required: true },
      {
        name: "phone_number",
        label: "Number",
        type: "tel",
        value: "+380000000001",
        required: true,
      },
    ],
    message: (contact) => ({ type: "contact", contact }),
  },
  location: {
    label: "Location",
    fields: place,
    message: (location) => ({ type: "location", location }),
  },
  url: {
    label: "Address of a page",
    fields: [{ name: "media", label: "Address", type: "url", required: true }],
    message: (values) => ({ type: "url", ...given(values) }),
  },
};

/** Return the form of a dialog: its title, fields, label of the button, and what it does. */
export function formOf({ kind, ...about }) {
  const attachment = ATTACHMENTS[kind];
  if (attachment) {
    const { label, fields, message } = attachment;
    const does = (values) => actions.write(message(values));
    return { title: label, fields, label: "Send", does };
  }
  return OTHERS[kind](about);
}

const OTHERS = {
  open: () => ({
    title: "Open the chat",
    text: "As from the bot's page, or by a deep link that carries a context.",
    fields: [{ name: "context", label: "Context", type: "text", hint: "empty: no deep link" }],
    label: "Open",
    does: (values) => actions.act("open", given(values)),
  }),
  "share-phone": ({ place: pressed }) => ({
    title: "Share the phone number?",
    text: `The bot will see +${person().phone.replace(/^\+/, "")}.`,
    fields: [{ name: "desktop", label: "From a desktop, which has no number", type: "check" }],
    label: "Share",
    does: (values) => actions.act("press", { ...pressed, ...values }),
  }),
  "location-picker": ({ place: pressed }) => ({
    title: "Pick a location",
    fields: place,
    label: "Send",
    does: ({ lat, lon }) => actions.act("press", { ...pressed, latitude: lat, longitude: lon }),
  }),
  "add-fault": ({ receiver }) => ({
    title: "Another fault",
    fields: faultFields,
    label: "Put in force",
    does: ({ kind, number, percent, ...members }) => {
      const numbered = number === "" ? {} : { [NUMBER_OF[kind] ?? "code"]: number };
      const fault = { kind, receiver, probability: percent / HUNDRED, ...numbered };
      return replaceFaults([], { ...fault, ...given(members) });
    },
  }),
  "add-user": () => ({
    title: "Add a user",
    fields: personFields({ language: "en", api_version: 10, country: "GB", online: true }),
    label: "Add",
    does: (values) => actions.addPerson(given(values)),
  }),
  "edit-user": () => ({
    title: `The phone of ${person().name}`,
    fields: [...personFields(person()), ...habits(person())],
    label: "Save",
    does: save,
    danger: { label: "Remove the user", does: actions.removePerson },
  }),
};

const NUMBER_OF = { status: "status", delay: "delay_ms", late: "delay_ms" };
const HUNDRED = 100;
const KINDS = [
  ...["status", "http", "delay", "hang", "reset_before", "reset_after", "accept_then_http"],
  ...["truncated", "garbage", "late", "doubled", "reordered", "unsigned", "header_only"],
  ...["query_only", "wrong_key", "lost", "phone_refuses"],
];
const faultFields = [
  { name: "kind", label: "What", type: "choice", options: KINDS },
  { name: "number", label: "Status, HTTP code or ms", type: "number", min: 0 },
  { name: "method", label: "Method or event", type: "text", hint: "empty: all" },
  {
    name: "percent",
    label: "Per cent of them",
    type: "number",
    value: HUNDRED,
    min: 0,
    max: HUNDRED,
  },
  { name: "count", label: "At most so often", type: "number", min: 1, hint: "empty: no end" },
  {
    name: "until_seconds",
    label: "For so many seconds",
    type: "number",
    min: 0,
    hint: "empty: no end",
  },
];

function personFields(user) {
  return [
    { name: "name", label: "Name", type: "text", value: user.name, hint: "empty: one is given" },
    { name: "language", label: "Language", type: "text", value: user.language, options: LANGUAGES },
    { name: "country", label: "Country", type: "text", value: user.country, pattern: "[A-Z]{2}" },
    {
      name: "api_version",
      label: "API version of the device",
      type: "number",
      value: user.api_version,
      min: 1,
    },
    { name: "subscribed", label: "Subscribed", type: "check", value: user.subscribed },
    { name: "online", label: "Online", type: "check", value: user.online },
  ];
}

function habits(user) {
  return [
    { name: "devices", label: "Devices", type: "number", value: user.devices, min: 0 },
    { name: "private", label: "Hides the name from bots", type: "check", value: user.private },
    {
      name: "delivers_after",
      label: "Delivers after, seconds",
      type: "number",
      value: user.delivers_after[0],
      min: 0,
      step: "any",
    },
    {
      name: "reads",
      label: "Sees messages while this page shows the chat",
      type: "check",
      value: state.reads,
    },
  ];
}

/** Save a user; coming and leaving are acts, which the bot hears of. */
async function save({ reads, subscribed, ...members }) {
  actions.setReads(reads);
  if (subscribed !== person().subscribed) {
    await actions.act(subscribed ? "subscribe" : "unsubscribe");
  }
  await actions.changePerson(given(members));
}

function given(values) {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== ""));
}
