// The simulator's control API, as anybody may use it (see /openapi.json).
//
// Every function returns the decoded answer, or throws an ApiError that reads well.

export class ApiError extends Error {
  constructor(message, status) {
    super(message);
    this.status = status;
  }
}

export const bots = () => ask("GET", "/sim/bots");
export const users = (bot, search, limit) => ask("GET", "/sim/users", { bot, search, limit });
export const user = (bot, id) => ask("GET", one(id), { bot });
export const addUser = (bot, members) => ask("POST", "/sim/users", {}, { bot, ...members });
export const changeUser = (bot, id, members) => ask("PATCH", one(id), { bot }, members);
export const removeUser = (bot, id) => ask("DELETE", one(id), { bot });
export const chat = (bot, id, limit, before) =>
  ask("GET", `${one(id)}/chat`, { bot, limit, before });
export const act = (bot, id, what, body) => ask("POST", `${one(id)}/${what}`, { bot }, body ?? {});
export const state = () => ask("GET", "/sim/state");
export const log = (query) => ask("GET", "/sim/log", query);
export const clearLog = () => ask("DELETE", "/sim/log");
export const faults = () => ask("GET", "/sim/faults");
export const addFault = (fault) => ask("POST", "/sim/faults", {}, fault);
export const endFault = (id) => ask("DELETE", `/sim/faults/${id}`);
export const endFaults = () => ask("DELETE", "/sim/faults");
export const gatewayHealth = () => ask("GET", "/sim/gateway/health");
export const explain = (id) => ask("GET", `/sim/gateway/explain/${encodeURIComponent(id)}`);
export const eventId = (query) => ask("GET", "/sim/gateway/event-id", query);

function one(id) {
  return `/sim/users/${encodeURIComponent(id)}`;
}

async function ask(method, path, query = {}, body = undefined) {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== null);
  const search = given.length ? `?${new URLSearchParams(given)}` : "";
  const response = await fetch(path + search, {
    method,
    headers: body === undefined ? {} : { "Content-Type": "application/json" },
    body: body === undefined ? undefined : JSON.stringify(body),
  }).catch(() => {
    throw new ApiError("The simulator does not answer.", 0);
  });
  const text = await response.text();
  if (!response.ok) throw new ApiError(reason(text, response.status), response.status);
  return text ? JSON.parse(text) : null;
}

function reason(text, status) {
  try {
    const { detail } = JSON.parse(text);
    if (typeof detail === "string") return detail;
    return detail.map(({ loc, msg }) => `${loc.slice(1).join(".")}: ${msg}`).join("; ");
  } catch {
    return `HTTP ${status}`;
  }
}
