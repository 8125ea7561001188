// Parses the AsyncAPI document on standard input, and tells what the official parser
// found wrong and what it understood.

import { readFileSync } from "node:fs";
import { Parser } from "@asyncapi/parser";

const { document, diagnostics } = await new Parser().parse(readFileSync(0, "utf8"));
const operation = (one) => ({
  action: one.action(),
  channels: one.channels().all().map((channel) => channel.address()),
  messages: one.messages().all().map((message) => message.name()),
  answered: one.reply()?.channel()?.address() ?? null,
});
const told = {
  diagnostics: diagnostics.map(({ code, message, path }) => `${code} at ${path.join("/")}: ${message}`),
  servers: document?.servers().all().map((server) => server.id()),
  operations: document?.operations().all().map(operation),
};
process.stdout.write(JSON.stringify(told));
