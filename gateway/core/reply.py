"""A bot's answer to `conversation_started`: the welcome message it wants sent.

It stands on the replies topic: header `ce_correlationid` (or `correlationid`) names
the question, the value is the message without `receiver`.
Source: developers.viber.com, "REST Bot API", Sending a welcome message; ADR 0012.
"""

from typing import Any

import msgspec

from gateway.core.command import MAX_BODY_BYTES, Sender
from gateway.core.record import Record

CORRELATION_HEADERS = ("ce_correlationid", "correlationid")
NEVER_SENT = frozenset({"receiver", "auth_token", "broadcast_list"})


class WelcomeError(ValueError):
    """What should be sent as a welcome message is none; the text says why."""


def correlation_id(record: Record) -> str | None:
    """Return which question a record answers; None when it does not say."""
    headers = dict(record.headers)
    found = next((headers[n] for n in CORRELATION_HEADERS if n in headers), None)
    return None if found is None else found.decode(errors="replace")


def read_message(value: bytes | None) -> dict[str, Any]:
    """Read the message of a reply.

    Raises:
        WelcomeError: It is too large, not a JSON object, or no message.
    """
    if value is None or len(value) > MAX_BODY_BYTES:
        size = "nothing" if value is None else f"{len(value)} bytes"
        raise WelcomeError(f"{size}, allowed are 1 to {MAX_BODY_BYTES} bytes")
    try:
        message = msgspec.json.decode(value)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise WelcomeError(f"not JSON: {error}") from error
    return check_message(message)


def check_message(message: object) -> dict[str, Any]:
    """Check that something is a message: an object with a `type` or a `keyboard`.

    Raises:
        WelcomeError: It is none.
    """
    if not isinstance(message, dict):
        raise WelcomeError(f"must be an object, not {type(message).__name__}")
    if not isinstance(message.get("type"), str) and "keyboard" not in message:
        raise WelcomeError("needs a 'type' or a 'keyboard'")
    return message


def welcome_body(message: dict[str, Any], sender: Sender) -> bytes:
    """Write a message as the answer that Viber takes, with the bot's name filled in.

    Raises:
        WelcomeError: It is larger than Viber takes, or nested too deep.
    """
    body = {k: v for k, v in message.items() if k not in NEVER_SENT}
    said = body.get("sender")
    known = {"name": sender.name, "avatar": sender.avatar}
    filled = {k: v for k, v in known.items() if v is not None}
    if said is None or isinstance(said, dict):
        filled |= said or {}
        body |= {"sender": filled} if filled else {}
    try:
        written = msgspec.json.encode(body)
    except RecursionError as error:  # it was read where the stack was less deep
        raise WelcomeError("nested too deep") from error
    if len(written) > MAX_BODY_BYTES:
        raise WelcomeError(f"{len(written)} bytes, Viber takes {MAX_BODY_BYTES}")
    return written
