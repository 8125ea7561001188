// The bot of bots/README.md in JavaScript; it knows nothing but three Kafka topics.
//
// Offsets are committed once Kafka has acknowledged the answers.  To run it:
//
//     npm ci && KAFKA_BOOTSTRAP_SERVERS=localhost:9092 node echo_bot.js

import { CloudEvent, Kafka as Binding } from "cloudevents";
import { Kafka, Partitioners, logLevel } from "kafkajs";

const {
  KAFKA_BOOTSTRAP_SERVERS: servers = "localhost:9092",
  TOPIC_INBOUND: events = "viber.inbound",
  TOPIC_OUTBOUND: commands = "viber.outbound",
  TOPIC_RESULTS: results = "viber.results",
  BOT_NAME: name = "echo-bot-node",
  IDEMPOTENT: idempotent = "true", // "false" for the embedded Kafka of `make run`
} = process.env;
const logo = "https://www.python.org/static/img/python-logo.png";
const remembered = 10_000;

// A keyboard or a carousel, with a button for each word of the dialogue.
const buttons = (kind, Columns, Rows) => ({
  Type: kind,
  Buttons: ["keyboard", "carousel", "picture"].map((word) => ({ Text: word, ActionBody: word, Columns, Rows })),
});

const shown = {
  keyboard: { type: "text", text: "Choose:", keyboard: buttons("keyboard", 2, 1) },
  carousel: { type: "rich_media", min_api_version: 2, rich_media: buttons("rich_media", 6, 7) },
  picture: { type: "picture", text: "A picture", media: logo },
};

// What to say, if anything; a welcome only where the event asks for one.
const answer = ({ type, data, replyto }) => {
  if (type.endsWith(".subscribed") || replyto) return `Welcome, ${data.user.name ?? "stranger"}!`;
  if (type.endsWith(".callback.message")) return data.message.type === "text" ? data.message.text : undefined;
  const isRefused = type.endsWith(".rejected") && data.command_id.startsWith(`${name}-answer-`);
  return isRefused ? `Sorry, Viber refused my answer: ${data.status_message}` : undefined;
};

// An answer as a command, or as the welcome message that was asked for.
const command = (event, user, words) => {
  const message = Object.hasOwn(shown, words) ? shown[words] : { type: "text", text: words };
  const use = event.type.startsWith("com.viber.result.") ? "sorry" : "answer";
  return new CloudEvent({
    id: `${name}-${use}-${event.id}`,
    source: `/bots/${name}`,
    type: "com.viber.command.send_message",
    datacontenttype: "application/json",
    bot: event.bot,
    ...(event.correlationid && { correlationid: event.correlationid }), // the question
    ...(event.traceparent && { traceparent: event.traceparent }), // and the trace
    data: event.replyto ? message : { receiver: user, ...message },
  });
};

// The SDK takes headers as text; it names those without a value, and leaves data as it is.
const read = ({ key, headers, value }) => {
  const text = Object.entries(headers ?? {}).map(([header, bytes]) => [header, bytes.toString()]);
  return { user: key?.toString(), event: Binding.toEvent({ headers: Object.fromEntries(text), value }) };
};

// What to say to a record, in a list; nothing to one that somebody else wrote.
const understood = ({ topic, partition }) => (message) => {
  try {
    const { user, event } = read(message);
    return [{ user, event, words: answer(event) }];
  } catch (why) {
    console.error(`${name}: left out ${topic}/${partition}/${message.offset}, no event: ${why.message}`);
    return [];
  }
};

const written = (user, event, words) => {
  const { headers, value } = Binding.binary(command(event, user, words));
  const given = Object.entries(headers).filter(([, text]) => text !== undefined);
  const key = event.replyto ? event.correlationid : user;
  const record = { key, headers: Object.fromEntries(given), value: JSON.stringify(value) };
  return { topic: event.replyto ?? commands, messages: [record] };
};

const kafka = new Kafka({ clientId: name, brokers: servers.split(","), logLevel: logLevel.WARN });
const producer = kafka.producer({
  idempotent: idempotent === "true",
  createPartitioner: Partitioners.DefaultPartitioner,
});
// The embedded Kafka of `make run` answers a fetch late, so that must not wait long.
const consumer = kafka.consumer({ groupId: name, sessionTimeout: 6000, maxWaitTimeInMs: 500 });
const seen = new Set(); // in the order in which they came

// One partition's events; its offsets are committed when this has ended.
const eachBatch = async ({ batch }) => {
  const found = batch.messages.flatMap(understood(batch)).filter(({ user, event }) => user && !seen.has(event.id));
  const fresh = [...new Map(found.map((each) => [each.event.id, each])).values()];
  const topicMessages = fresh
    .filter(({ words }) => words !== undefined)
    .map(({ user, event, words }) => written(user, event, words));
  if (topicMessages.length > 0) await producer.sendBatch({ acks: -1, topicMessages });
  fresh.forEach(({ event }) => seen.add(event.id));
  [...seen].slice(0, -remembered).forEach((id) => seen.delete(id));
};

await producer.connect();
await consumer.connect();
await consumer.subscribe({ topics: [events, results], fromBeginning: true });
consumer.on(consumer.events.CRASH, () => process.exit(1)); // what was not committed comes again
await consumer.run({ eachBatch });

for (const signal of ["SIGINT", "SIGTERM"]) {
  process.once(signal, async () => {
    await consumer.disconnect();
    await producer.disconnect();
  });
}
