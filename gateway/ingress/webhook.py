"""Viber's callbacks, from the wire to the answer: `POST /webhooks/{bot}`.

Checked in this order: bot, method, room, size, time, signature, content.  This is an
ASGI endpoint in front of the framework, which would cost more than all the rest
(ADR 0005).
"""

import asyncio
from collections.abc import Mapping
from typing import NamedTuple, Protocol

from gateway.bots import Bot
from gateway.core.callback import is_signed, is_webhook_check
from gateway.ingress import answer
from gateway.ingress.answer import Answer
from gateway.ingress.intake import UNKNOWN_EVENT, Intake
from gateway.ingress.request import (
    BodyReader,
    BodyRefusedError,
    BodyTooLargeError,
    BodyTooSlowError,
    ClientGoneError,
    NoRoomError,
    Receive,
    Scope,
    Send,
    began_at,
    signature,
)

PATH = "/webhooks/"
MAX_UNSIGNED_BYTES = 4096
UNKNOWN_BOT = "other"
REFUSALS: Mapping[type[BodyRefusedError], Answer] = {
    BodyTooLargeError: answer.BODY_TOO_LARGE,
    BodyTooSlowError: answer.BODY_TOO_SLOW,
    NoRoomError: answer.NO_ROOM,
}
BUSY = 0.8  # share of the room from which on receipts are refused


class Observe(Protocol):
    """Hears how every callback was answered, and after how many seconds."""

    def __call__(
        self, bot: str, event: str, status: int, label: str, seconds: float, /
    ) -> None:
        """Take note of one callback."""


class Limits(NamedTuple):
    """How much callbacks may take; times in seconds."""

    body_bytes: int
    body_seconds: float
    deadline_seconds: float
    in_flight: int


class Webhook:
    """Serves the callbacks of all bots.

    Args:
        bots: The bots by name; looked up at every request.
        intake: Takes what Viber has signed.
        limits: How much a callback, and all of them, may take.
        observe: Counts and times the answers.

    Attributes:
        in_flight: How many callbacks are being answered.
    """

    def __init__(
        self, bots: Mapping[str, Bot], intake: Intake, limits: Limits, observe: Observe
    ) -> None:
        self._bots = bots
        self._intake = intake
        self._limits = limits
        self._observe = observe
        self._bodies = BodyReader(limits.body_bytes)
        self.in_flight = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request (ASGI)."""
        clock = asyncio.get_running_loop().time
        began = began_at(scope)
        bot = self._bots.get(scope["path"].removeprefix(PATH))
        self.in_flight += 1
        try:
            event, reply = await self._serve(bot, scope, receive, began)
        except ClientGoneError:
            return
        finally:
            self.in_flight -= 1
        await _send(reply, send)
        name = bot.name if bot else UNKNOWN_BOT
        self._observe(name, event, reply.status, reply.label, clock() - began)

    async def _serve(
        self, bot: Bot | None, scope: Scope, receive: Receive, began: float
    ) -> tuple[str, Answer]:
        """Tell the callback's event, where it is known, and its answer."""
        if bot is None:
            return UNKNOWN_EVENT, answer.UNKNOWN_BOT
        if scope["method"] != "POST":
            return UNKNOWN_EVENT, answer.ONLY_POST
        if self.in_flight > self._limits.in_flight:
            return UNKNOWN_EVENT, answer.OVERLOADED
        until = began + self._limits.deadline_seconds
        body_until = min(began + self._limits.body_seconds, until)
        try:
            body = await self._bodies.read(scope, receive, body_until)
        except BodyRefusedError as refusal:
            return UNKNOWN_EVENT, REFUSALS[type(refusal)]
        given = signature(scope)
        if given is None:
            return _unsigned(body)
        if not is_signed(body, given, bot.signature_keys):
            return UNKNOWN_EVENT, answer.BAD_SIGNATURE
        return await self._intake.take(bot, body, until, is_busy=self._is_busy)

    @property
    def _is_busy(self) -> bool:
        """Whether room is kept for what matters more than receipts."""
        return self.in_flight > self._limits.in_flight * BUSY


def _unsigned(body: bytes) -> tuple[str, Answer]:
    """Answer a callback without signature: the webhook check may come so."""
    if len(body) <= MAX_UNSIGNED_BYTES and is_webhook_check(body):
        return "webhook", answer.IGNORED
    return UNKNOWN_EVENT, answer.MISSING_SIGNATURE


async def _send(reply: Answer, send: Send) -> None:
    await send(
        {
            "type": "http.response.start",
            "status": reply.status,
            "headers": reply.headers,
        }
    )
    await send({"type": "http.response.body", "body": reply.body})
