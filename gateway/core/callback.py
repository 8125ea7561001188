"""Viber's callbacks: is the signature right, and what does the body say.

Only what the gateway needs is read: `event`, `message_token`, `timestamp` and the
user's id.  The body itself travels on byte for byte, so unknown events and members
pass through.  Source: developers.viber.com, "REST Bot API", Callbacks.
"""

import hmac
from collections.abc import Iterable
from typing import Any, NamedTuple

import msgspec

from gateway.core.errors import MalformedCallbackError
from gateway.core.instant import plausible


class Callback(NamedTuple):
    """What one callback says.

    Attributes:
        event: Its kind; any non-empty text.
        message_token: Decimal text, since it exceeds 2^53; None when absent.
        timestamp: When it happened at Viber, seconds since 1970; None when absurd.
        user_id: Whom it is about; None where there is no user.
    """

    event: str
    message_token: str | None
    timestamp: float | None
    user_id: str | None


class _Body(msgspec.Struct):
    """The members that are looked at; their types are checked one by one."""

    event: Any = None
    message_token: Any = None
    timestamp: Any = None
    user_id: Any = None
    user: Any = None
    sender: Any = None


_decode = msgspec.json.Decoder(_Body).decode


def is_signed(body: bytes, signature: bytes, keys: Iterable[bytes]) -> bool:
    """Tell whether the signature is the lower-case hex HMAC-SHA256 of the raw body.

    Args:
        body: The bytes as they came; JSON written anew has another signature.
        signature: From `X-Viber-Content-Signature` or the query's `sig`.
        keys: The bot's token, and its previous one while a rotation lasts.
    """
    for key in keys:
        expected = hmac.digest(key, body, "sha256").hex().encode()
        if hmac.compare_digest(expected, signature):
            return True
    return False


def parse(body: bytes) -> Callback:
    """Read a callback.

    Raises:
        MalformedCallbackError: Not UTF-8 JSON, not an object, without an `event`,
            or nested deeper than the parser goes.
    """
    try:
        body.decode()
        said = _decode(body)
    except UnicodeDecodeError as error:
        raise MalformedCallbackError(f"the body is not UTF-8: {error}") from error
    except (msgspec.DecodeError, RecursionError) as error:
        raise MalformedCallbackError(
            f"the body is not a JSON object: {error}"
        ) from error
    if not isinstance(said.event, str) or not said.event:
        raise MalformedCallbackError("the body has no non-empty text member 'event'")
    return Callback(
        said.event, _token(said.message_token), plausible(said.timestamp), _user(said)
    )


def is_webhook_check(body: bytes) -> bool:
    """Tell whether the body is the `webhook` callback, which may come unsigned."""
    try:
        return parse(body).event == "webhook"
    except MalformedCallbackError:
        return False


def _token(value: object) -> str | None:
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if isinstance(value, str) and value.isascii() and value.isdigit():
        return value
    return None


def _user(said: _Body) -> str | None:
    """Find the user's id: it stands in one of three places, depending on the event."""
    for holder in (said.sender, said.user):
        if isinstance(holder, dict) and (found := _text(holder.get("id"))):
            return found
    return _text(said.user_id)


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None
