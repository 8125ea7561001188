// What Viber's official SDK for Node makes of the raw values of our events.
// The same questions and answers as in ../viber_python/parse.py, and what JavaScript's
// own JSON.parse makes of the token.
"use strict";

const { readFileSync } = require("fs");
const { Bot } = require("viber-bot");

const text = (value) => (value == null ? null : String(value));

// The middleware hands each body to the stream after checking its signature.
const parsed = (value) =>
  new Promise((resolve) => {
    const bot = new Bot({ authToken: "t", name: "Shop", avatar: "" });
    bot.emit = (event, first, ...rest) => {
      if (first instanceof Error) return resolve({ error: String(first) });
      const profile = [first, ...rest].map((one) => one?.userProfile).find(Boolean);
      return resolve({
        event: first?.event ?? event,
        user: profile?.id ?? first?.user_id ?? (typeof first === "string" ? first : null),
        token: text(first?.token ?? first?.message_token),
        text: first?.text ?? null,
        ruined: String(JSON.parse(value).message_token),
      });
    };
    bot._middleware.getStream().push(value);
  });

const values = JSON.parse(readFileSync(0, "utf8")).map((value) => Buffer.from(value, "base64").toString());
Promise.all(values.map(parsed)).then((told) => process.stdout.write(JSON.stringify(told)));
