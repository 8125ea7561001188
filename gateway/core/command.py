"""Outbound record -> command: one call of Viber's API that somebody wants made.

`CommandDecoder.decode` never raises for what a producer wrote: what cannot be
understood comes back as an `InvalidCommand` that says what and where.  Limits:
developers.viber.com, "REST Bot API", Send Message, Broadcast, Get Online.
"""

from collections.abc import Hashable, Mapping
from typing import Any, NamedTuple, Protocol

import msgspec

from gateway.core.envelope import Envelope, open_envelope
from gateway.core.errors import InvalidCommandError
from gateway.core.instant import parse_rfc3339
from gateway.core.method import Method
from gateway.core.record import Record, coordinates

TYPE_PREFIX = "com.viber.command."
UNTYPED = "the CloudEvent has no type (header ce_type; structured: member 'type')"
MAX_BODY_BYTES = 30_000
MAX_BROADCAST_RECEIVERS = 300
MAX_ONLINE_IDS = 100
MAX_NOT_BEFORE_SECONDS = 3600

# The member that says whom a method is about, and how many it may name (0 = text).
_ADDRESSEES: dict[Method, tuple[str, int]] = {
    Method.SEND_MESSAGE: ("receiver", 0),
    Method.BROADCAST_MESSAGE: ("broadcast_list", MAX_BROADCAST_RECEIVERS),
    Method.GET_USER_DETAILS: ("id", 0),
    Method.GET_ONLINE: ("ids", MAX_ONLINE_IDS),
}
_SPEAKS = frozenset({Method.SEND_MESSAGE, Method.BROADCAST_MESSAGE})


class Sender(NamedTuple):
    """Who a bot's messages come from, where the message does not say."""

    name: str | None = None
    avatar: str | None = None


class Command(msgspec.Struct, frozen=True):
    """One call of Viber's API; times are seconds since 1970.

    Attributes:
        ordering_key: Commands of one key go one after another; None: no order.
        body: The request body, ready to be sent.
        receiver: The user of a `send_message`, else None.
        traceparent: Whose trace goes on here, where the record says so.
    """

    record: Record
    id: str
    bot: str
    method: Method
    body: bytes
    receiver: str | None
    tracking_data: str | None
    ordering_key: Hashable | None
    not_before: float | None
    expires_at: float | None
    traceparent: str | None = None


class InvalidCommand(msgspec.Struct, frozen=True):
    """A record that is no command: why, and as much of it as could be read.

    Attributes:
        bot: Whose it seems to be, if that is a bot that is configured.
        method: As the record names it, if it does.
    """

    record: Record
    error: str
    id: str
    bot: str | None
    method: str | None
    traceparent: str | None = None


class Speaker(Protocol):
    """A bot, as far as its commands need it."""

    @property
    def sender(self) -> Sender:
        """Who its messages come from."""


class CommandDecoder:
    """Reads commands for the bots that are configured.

    Args:
        bots: The bots by name; looked up anew at each record.
    """

    def __init__(self, bots: Mapping[str, Speaker]) -> None:
        self._bots = bots

    def decode(
        self, record: Record, now: float, topic_bot: str | None = None
    ) -> Command | InvalidCommand:
        """Read one record; `topic_bot` is the bot whose own topic it stands in."""
        envelope = None
        try:
            envelope = open_envelope(record)
            return self._command(record, envelope, now, topic_bot)
        except InvalidCommandError as error:
            return InvalidCommand(
                record,
                str(error),
                (envelope and envelope.id) or coordinates(record),
                self._likely_bot(envelope, topic_bot),
                envelope and _named_method(envelope),
                envelope and envelope.traceparent,
            )

    def _command(
        self, record: Record, envelope: Envelope, now: float, topic_bot: str | None
    ) -> Command:
        if envelope.fault is not None:
            raise InvalidCommandError(envelope.fault)
        bot = self._bot(envelope.bot, topic_bot)
        body = _object(envelope.body)
        method = _method(envelope, body)
        receiver = _addressee(method, body)
        return Command(
            record=record,
            id=envelope.id or coordinates(record),
            bot=bot,
            method=method,
            body=_request_body(method, envelope.body, body, self._bots[bot].sender),
            receiver=receiver,
            tracking_data=_optional_text(body.get("tracking_data")),
            ordering_key=_ordering_key(bot, record.key, receiver),
            not_before=_not_before(envelope.notbefore, now),
            expires_at=_instant("expirytime", envelope.expirytime),
            traceparent=envelope.traceparent,
        )

    def _bot(self, named: str | None, topic_bot: str | None) -> str:
        if topic_bot and named and named != topic_bot:
            raise InvalidCommandError(
                f"bot is '{named}', but this is the topic of '{topic_bot}'"
            )
        bot = topic_bot or named or self._only_bot()
        if bot not in self._bots:
            raise InvalidCommandError(
                f"bot '{bot}' is not configured; configured are: {self._names()}"
            )
        return bot

    def _likely_bot(
        self, envelope: Envelope | None, topic_bot: str | None
    ) -> str | None:
        """Tell whose record it seems to be; None: no bot's that is configured."""
        try:
            return self._bot(envelope and envelope.bot, topic_bot)
        except InvalidCommandError:
            return topic_bot

    def _only_bot(self) -> str:
        if len(self._bots) != 1:
            raise InvalidCommandError(
                f"no bot is named (ce_bot or bot); configured are: {self._names()}"
            )
        return next(iter(self._bots))

    def _names(self) -> str:
        return ", ".join(sorted(self._bots))


def _object(body: bytes) -> dict[str, Any]:
    try:
        said = msgspec.json.decode(body)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise InvalidCommandError(f"the body is not JSON: {error}") from error
    if not isinstance(said, dict):
        raise InvalidCommandError(
            f"the body must be a JSON object, not {type(said).__name__}"
        )
    return said


def _method(envelope: Envelope, body: dict[str, Any]) -> Method:
    """Tell the method: from the type, else the header, else the shape of the body."""
    if envelope.type is not None:
        if not envelope.type.startswith(TYPE_PREFIX):
            told = f"type is '{envelope.type}'" if envelope.type else UNTYPED
            raise InvalidCommandError(
                f"{told}, allowed is {TYPE_PREFIX}METHOD "
                f"with a method of: {', '.join(Method)}"
            )
        return _known_method(envelope.type.removeprefix(TYPE_PREFIX))
    if envelope.method is not None:
        return _known_method(envelope.method)
    return Method.BROADCAST_MESSAGE if "broadcast_list" in body else Method.SEND_MESSAGE


def _named_method(envelope: Envelope) -> str | None:
    return envelope.method or (envelope.type or "").removeprefix(TYPE_PREFIX) or None


def _known_method(name: str) -> Method:
    if name == "set_webhook":
        raise InvalidCommandError(
            "method set_webhook belongs to operators: viber-gateway webhook set"
        )
    try:
        return Method(name)
    except ValueError:
        raise InvalidCommandError(
            f"method is '{name}', allowed are: {', '.join(Method)}"
        ) from None


def _addressee(method: Method, body: dict[str, Any]) -> str | None:
    """Check whom the command is about; the receiver where it is one user."""
    if method not in _ADDRESSEES:
        return None
    member, most = _ADDRESSEES[method]
    value = body.get(member)
    if most == 0:
        if not isinstance(value, str) or not value:
            raise InvalidCommandError(f"{method} needs '{member}', a user's id")
        return value
    if not isinstance(value, list) or not all(isinstance(v, str) for v in value):
        raise InvalidCommandError(f"{method} needs '{member}', a list of user ids")
    if not 1 <= len(value) <= most:
        raise InvalidCommandError(
            f"'{member}' names {len(value)} users, allowed are 1 to {most}"
        )
    return None


def _request_body(
    method: Method, raw: bytes, body: dict[str, Any], sender: Sender
) -> bytes:
    """Return the body to send: as it came, unless something must be put right."""
    changed = "auth_token" in body
    body.pop("auth_token", None)
    if method in _SPEAKS:
        changed = _fill_sender(body, sender) or changed
    request = msgspec.json.encode(body) if changed else raw
    if len(request) > MAX_BODY_BYTES:
        raise InvalidCommandError(
            f"the request has {len(request)} bytes, Viber takes {MAX_BODY_BYTES}"
        )
    return request


def _fill_sender(body: dict[str, Any], sender: Sender) -> bool:
    """Add the bot's name and avatar where the message has none; True if it did."""
    said = body.get("sender") or {}
    if not isinstance(said, dict):
        return False
    known = {"name": sender.name, "avatar": sender.avatar}
    missing = {k: v for k, v in known.items() if v is not None and not said.get(k)}
    if missing:
        body["sender"] = said | missing
    return bool(missing)


def _ordering_key(bot: str, key: bytes | None, receiver: str | None) -> Hashable | None:
    if key is not None:
        return (bot, key)
    return None if receiver is None else (bot, receiver)


def _not_before(text: str | None, now: float) -> float | None:
    moment = _instant("notbefore", text)
    if moment is not None and moment > now + MAX_NOT_BEFORE_SECONDS:
        raise InvalidCommandError(
            f"'notbefore' is {text}, more than an hour ahead: this is no scheduler"
        )
    return moment


def _instant(name: str, text: str | None) -> float | None:
    if text is None:
        return None
    try:
        return parse_rfc3339(text)
    except ValueError:
        raise InvalidCommandError(
            f"'{name}' is '{text}', allowed is RFC 3339 such as 2026-03-01T12:00:00Z"
        ) from None


def _optional_text(value: object) -> str | None:
    return value if isinstance(value, str) else None
