// An exchange as a curl command, to be made again from a terminal.

const LEFT_OUT = new Set(["host", "content-length", "accept-encoding", "connection", "user-agent"]);

/** Return the command. */
export function curl(entry) {
  const parts = ["curl", quoted(address(entry)), "-X", entry.http_method ?? "POST"];
  for (const [name, value] of Object.entries(entry.headers)) {
    if (!LEFT_OUT.has(name.toLowerCase())) parts.push("-H", quoted(`${name}: ${value}`));
  }
  if (entry.body) parts.push("--data-raw", quoted(entry.body));
  return parts.join(" ");
}

function address({ kind, path, url, signed_in: signed }) {
  if (kind === "api") return location.origin + path;
  return signed.query ? `${url}?sig=${signed.query}` : url;
}

function quoted(text) {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
