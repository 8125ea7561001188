// A bot on Viber's official Node SDK, run by itself: BASE_URL TOKEN.
//
// It does what viberbot_bot.py does.  The SDK answers a callback whose signature is
// wrong not at all; it reads the signature from the query.
"use strict";

const http = require("http");
const { inspect } = require("util");
const { Bot, Events, Message, UserProfile } = require("viber-bot");

const [baseUrl, token] = process.argv.slice(2);
const cdn = "https://cdn.example/";
const button = { Columns: 6, Rows: 1, ActionType: "reply", ActionBody: "x" };
const keyboard = { Type: "keyboard", Buttons: [button] };
const rich = { Type: "rich_media", Buttons: [button] };

const everyMessage = () => [
  new Message.Text("hi"),
  new Message.Picture(cdn + "a.jpg", "look"),
  new Message.Video(cdn + "a.mp4", 10),
  new Message.File(cdn + "a.pdf", 10, "a.pdf"),
  new Message.Contact("Desk", "+380000000003"),
  new Message.Location(50.4501, 30.5234),
  new Message.Url(cdn),
  new Message.Sticker(46105),
  new Message.RichMedia(rich),
  new Message.Keyboard(keyboard),
];

const tell = (members) => process.stdout.write(JSON.stringify(members) + "\n");

const bot = new Bot({ authToken: token, name: "SDK", avatar: cdn + "b.png" });
bot._client._url = baseUrl; // the SDK has no setting for it

for (const event of [...Object.values(Events), "delivered", "seen"]) {
  bot.on(event, (...parsed) => tell({ callback: event, parsed: inspect(parsed, { depth: 1 }) }));
}

bot.on(Events.MESSAGE_RECEIVED, async (message, response) => {
  if (message.text !== "everything") return;
  const user = response.userProfile;
  try {
    const tokens = await bot.sendMessage(user, everyMessage());
    const online = await bot.getOnlineStatus([user.id]);
    const details = await bot.getUserDetails(new UserProfile(user.id));
    const account = await bot.getBotProfile();
    tell({
      sent: tokens.map(String),
      online: online.users[0].online_status,
      details: details.id,
      account: account.status,
    });
  } catch (error) {
    tell({ failed: error.status_message || String(error) });
  }
});

const server = http.createServer(bot.middleware()).listen(0, "127.0.0.1", async () => {
  const answer = await bot.setWebhook(`http://127.0.0.1:${server.address().port}/`);
  tell({ ready: answer.event_types });
});
process.stdin.on("end", () => process.exit(0)).resume();
