"""``/pa/<method>``: from bytes to an answer, an entry in the log and bytes again.

Checked in this order: path (404), HTTP method (405), size, token, standing of the bot,
JSON; then the method's own checks.  Faults strike between: after the token is known,
before or after the method has done its work.

This is the hot path of load tests, so it is plain ASGI in front of the FastAPI app.
"""

from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from inspect import isawaitable
from typing import Any

import msgspec

from simulator.accounts import Bot, Standing
from simulator.api.answers import Answer, refused
from simulator.api.misbehaviour import (
    HTML_TYPE,
    JSON_TYPE,
    SPOILERS,
    Exchange,
    Receive,
    Send,
    http_status,
)
from simulator.clock import Timers
from simulator.faults import Fault, Faults, Kind, Realm
from simulator.rules import limits
from simulator.rules.bodies import encode
from simulator.rules.statuses import UNAUTHENTICATED, Status, refuse, text_of
from simulator.wirelog import ApiEntry, WireLog
from simulator.world import World

Json = dict[str, Any]
Method = Callable[[Bot, Json], Answer | Awaitable[Answer]]
PREFIX = "/pa/"
TRANSPORT = "simulator.transport"
TOKEN_HEADER = b"x-viber-auth-token"
READABLE_BY_GET = frozenset({"get_account_info"})
METHOD_NOT_ALLOWED = 405
STANDINGS = {
    Standing.BLOCKED: Status.ACCOUNT_BLOCKED,
    Standing.SUSPENDED: Status.ACCOUNT_SUSPENDED,
    Standing.DELETED: Status.ACCOUNT_NOT_FOUND,
}
decode = msgspec.json.Decoder().decode


@dataclass(slots=True)
class Call:
    """A request as it came, and what was read from it."""

    name: str
    scope: Mapping[str, Any]
    body: bytes
    request: Json | None
    bot: Bot | None

    @property
    def receivers(self) -> tuple[str, ...]:
        """Whom the request is about, for faults and the log."""
        if self.request is None:
            return ()
        one = self.request.get("receiver") or self.request.get("id")
        if isinstance(one, str):
            return (one,)
        many = self.request.get("broadcast_list")
        return tuple(map(str, many)) if isinstance(many, list) else ()


@dataclass(frozen=True, slots=True)
class Endpoint:
    """The ASGI application under ``/pa/``."""

    world: World
    methods: Mapping[str, Method]
    log: WireLog
    faults: Faults
    timers: Timers
    counts: Counter[str] = field(default_factory=Counter)

    async def __call__(
        self, scope: Mapping[str, Any], receive: Receive, send: Send
    ) -> None:
        """Answer one request."""
        transport = scope.get("extensions", {}).get(TRANSPORT)
        exchange = Exchange(receive, send, transport)
        name = scope["path"].removeprefix(PREFIX)
        body = await _read(receive)
        call = self._read_call(name, scope, body)
        if name not in self.methods:
            await self._turn_away(exchange, call, 404)
        elif not _is_allowed(name, scope["method"]):
            await self._turn_away(exchange, call, 405)
        else:
            await self._answer(exchange, call)

    async def _turn_away(self, exchange: Exchange, call: Call, code: int) -> None:
        self._note(call, None, code)
        body = b"<html><body>%d</body></html>" % code
        allow = ((b"allow", b"POST"),) if code == METHOD_NOT_ALLOWED else ()
        await exchange.respond(code, body, HTML_TYPE, *allow)

    async def _answer(self, exchange: Exchange, call: Call) -> None:
        fault = await self._struck(call) if self.faults.orders else None
        answer = await self._decide(call, fault)
        kind = "" if fault is None else fault.kind
        self._note(call, answer, http_status(fault), kind)
        body = b"" if answer is None else encode(answer.body)
        spoil = None if fault is None else SPOILERS.get(fault.kind)
        if fault is None or spoil is None:
            await exchange.respond(200, body, JSON_TYPE)
        else:
            await spoil(exchange, fault, body)

    async def _struck(self, call: Call) -> Fault | None:
        """Wait out the delays in force; return the fault that decides the answer."""
        bot = "" if call.bot is None else call.bot.name
        decisive = None
        for fault in self.faults.strike(Realm.API, bot, call.name, call.receivers):
            if fault.kind is Kind.DELAY:
                await self.timers.sleep(fault.delay.draw(self.faults.rng))
            if decisive is None or decisive.kind is Kind.DELAY:
                decisive = fault
        return decisive

    async def _decide(self, call: Call, fault: Fault | None) -> Answer | None:
        if fault is None or fault.accepts:
            return _without(await self._do(call), fault)
        if fault.kind is Kind.STATUS:
            return self._pretend(call, fault.status)
        return None

    async def _do(self, call: Call) -> Answer:
        bot, request = call.bot, call.request
        if bot is None:
            return _unknown_bot(call)
        if bot.grants.standing is not Standing.ACTIVE:
            return refused(refuse(STANDINGS[bot.grants.standing]), bot.host)
        if len(call.body) > limits.REQUEST_BYTES:
            return refused(refuse(Status.BAD_DATA, "over 30 kB"), bot.host)
        if request is None:
            return refused(refuse(Status.BAD_DATA, "not a JSON object"), bot.host)
        result = self.methods[call.name](bot, request)
        return await result if isawaitable(result) else result

    def _pretend(self, call: Call, status: int) -> Answer:
        body: Json = {"status": status, "status_message": text_of(status)}
        if call.name == "send_message":
            body["message_token"] = self.world.token()
        host = "SN-CHAT-05_" if call.bot is None else call.bot.host
        return Answer(body | {"chat_hostname": host})

    def _read_call(self, name: str, scope: Mapping[str, Any], body: bytes) -> Call:
        request = _parse(body)
        token = _header(scope) or ("" if request is None else _in_body(request))
        return Call(name, scope, body, request, self.world.by_token.get(token))

    def _note(
        self, call: Call, answer: Answer | None, code: int | None, fault: str = ""
    ) -> None:
        self.counts["accepted" if answer and answer.status == 0 else "refused"] += 1
        if self.log.limit == 0:
            return
        scope = call.scope
        client = scope.get("client") or ("", 0)
        self.log.add(
            ApiEntry(
                at=self.world.clock.now_ms(),
                bot=None if call.bot is None else call.bot.name,
                method=call.name,
                http_method=scope["method"],
                path=scope["path"],
                headers=scope["headers"],
                body=call.body,
                receivers=call.receivers,
                http_status=code,
                status=None if answer is None else answer.status,
                message_token=None if answer is None else answer.token,
                answer=b"" if answer is None else encode(answer.body),
                peer=f"{client[0]}:{client[1]}",
                why="" if answer is None else answer.why,
                fault=fault,
            )
        )


def _without(answer: Answer, fault: Fault | None) -> Answer:
    if fault is None or fault.kind is not Kind.ANSWER_WITHOUT:
        return answer
    left = {n: v for n, v in answer.body.items() if n not in fault.members}
    return Answer(left, answer.why)


def _is_allowed(name: str, http_method: str) -> bool:
    return http_method == "POST" or (http_method == "GET" and name in READABLE_BY_GET)


async def _read(receive: Receive) -> bytes:
    message = await receive()
    body: bytes = message.get("body", b"")
    if not message.get("more_body", False):
        return body
    parts = [body]
    while message.get("more_body", False):
        message = await receive()
        parts.append(message.get("body", b""))
    return b"".join(parts)


def _parse(body: bytes) -> Json | None:
    if not body:
        return {}
    try:
        request = decode(body)
    except msgspec.DecodeError:
        return None
    return request if isinstance(request, dict) else None


def _header(scope: Mapping[str, Any]) -> str:
    for name, value in scope["headers"]:
        if name == TOKEN_HEADER:
            found: str = value.decode("latin-1")
            return found
    return ""


def _in_body(request: Json) -> str:
    token = request.get("auth_token")
    return token if isinstance(token, str) else ""


def _unknown_bot(call: Call) -> Answer:
    named = _header(call.scope) or (call.request and _in_body(call.request))
    if named:
        return refused(refuse(Status.INVALID_AUTH_TOKEN), "SN-CHAT-05_")
    return refused(refuse(Status.INVALID_AUTH_TOKEN, text=UNAUTHENTICATED), None)
