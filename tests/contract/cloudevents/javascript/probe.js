// What the CloudEvents SDK for JavaScript makes of our records, and what it writes.
// The same questions and answers as in ../python/probe.py.

import { readFileSync } from "node:fs";
import { CloudEvent, Kafka } from "cloudevents";

const asked = JSON.parse(readFileSync(0, "utf8"));

const mapped = (object, change) =>
  Object.fromEntries(Object.entries(object).map(([name, value]) => [name, change(value)]));
const decoded = (text) => Buffer.from(text, "base64");
const encoded = (value) => Buffer.from(value).toString("base64");

// The SDK wants headers as text, which its own documentation leaves to the reader.
const read = ({ headers, value }) => {
  const text = mapped(headers, (header) => decoded(header).toString());
  const { data, ...attributes } = Kafka.toEvent({ headers: text, value: decoded(value) });
  return { attributes, data };
};

// In binary mode the SDK hands the data on as it got it.
const written = ({ headers, value }) => ({
  headers: mapped(headers, (header) => encoded(String(header))),
  value: encoded(typeof value === "string" ? value : JSON.stringify(value)),
});

const events = asked.commands.map(({ attributes, data }) => new CloudEvent({ ...attributes, data }));
const answer = {
  events: asked.events.map(read),
  binary: events.map((event) => written(Kafka.binary(event))),
  structured: events.map((event) => written(Kafka.structured(event))),
};
process.stdout.write(JSON.stringify(answer));
