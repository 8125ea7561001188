"""What one HTTP attempt brought, and what Viber's answer in it says.

Reading never fails: a member that is missing or of another type is None.  The body
may be anything; without a usable `status` it is no answer of Viber's.
Source: developers.viber.com, "REST Bot API" 7.3.0, the Response part of each method.
"""

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import StrEnum
from typing import Any, NamedTuple

import msgspec

# RFC 9110 10.2.3 sets no bound; commands live for a day, so more is the same.
MAX_RETRY_AFTER_SECONDS = 86_400.0

_DECIMAL = re.compile(r"-?[0-9]{1,20}", re.ASCII)
_decode = msgspec.json.Decoder().decode


class FailureKind(StrEnum):
    """How an attempt ended without a reply that could be read."""

    CONNECT = "connect"
    NAME = "name"
    TLS = "tls"
    TIMEOUT = "timeout"
    RESET = "reset"
    TOO_LARGE = "too_large"
    UNREADABLE = "unreadable"


class TransportFailure(msgspec.Struct, frozen=True):
    """No reply, or none that could be read to its end.

    Attributes:
        detail: One line for people; never the token.
        is_sent: Viber may have acted on the request all the same.
    """

    kind: FailureKind
    detail: str
    is_sent: bool = True


class Reply(msgspec.Struct, frozen=True):
    """A complete HTTP reply.

    Attributes:
        body: Without its content encoding.
        retry_after: Seconds, as `parse_retry_after` reads them.
    """

    http_status: int
    body: bytes
    retry_after: float | None = None


class FailedReceiver(NamedTuple):
    """One receiver that a broadcast did not reach, and why."""

    receiver: str
    status: int | None
    status_message: str | None


class Answer(msgspec.Struct, frozen=True):
    """What is known after an attempt; None: it was not said.

    Attributes:
        failure: What came in place of a reply.
        status: Viber's; decimal text counts as the number.
        message_token: Decimal text, since it exceeds 2^53.
        data: The answer to a query: all members but `status` and `status_message`, as
            they came, but for `message_token`, which is text here too.
        retry_after: Seconds.
    """

    http_status: int | None = None
    failure: TransportFailure | None = None
    status: int | None = None
    status_message: str | None = None
    message_token: str | None = None
    billing_status: int | None = None
    chat_hostname: str | None = None
    failed_list: tuple[FailedReceiver, ...] | None = None
    data: dict[str, Any] | None = None
    retry_after: float | None = None

    def __repr__(self) -> str:
        return f"<Answer {self}>"  # without `data`: it tells of people

    def __str__(self) -> str:
        """Say it in one line, for logs and dead letters."""
        if self.failure is not None:
            return f"{self.failure.kind}: {self.failure.detail}"
        if self.status is None:
            return f"HTTP {self.http_status} without a Viber status"
        text = f"HTTP {self.http_status}, Viber status {self.status}"
        return f"{text}: {self.status_message}" if self.status_message else text


def read_answer(reply: Reply | TransportFailure, *, is_query: bool) -> Answer:
    """Read what an attempt brought; `data` is kept for a query only."""
    if isinstance(reply, TransportFailure):
        return Answer(failure=reply)
    said = _object(reply.body)
    status = _integer(said.pop("status", None))
    status_message = _text(said.pop("status_message", None))
    if "message_token" in said:
        said["message_token"] = _token(said["message_token"])
    return Answer(
        http_status=reply.http_status,
        status=status,
        status_message=status_message,
        message_token=said.get("message_token"),
        billing_status=_integer(said.get("billing_status")),
        chat_hostname=_text(said.get("chat_hostname")),
        failed_list=_failed_list(said.get("failed_list")),
        data=said if is_query and said else None,
        retry_after=reply.retry_after,
    )


def parse_retry_after(value: str | None, now: datetime) -> float | None:
    """Read a `Retry-After` field: seconds or an HTTP-date (RFC 9110 10.2.3).

    Args:
        value: The field's value; None: there was none.
        now: The wall clock, with its offset from UTC.

    Returns:
        Seconds from now, 0 for a date gone by, at most `MAX_RETRY_AFTER_SECONDS`;
        None when the value is neither.
    """
    text = (value or "").strip()
    if text.isascii() and text.isdigit():
        return min(float(text), MAX_RETRY_AFTER_SECONDS)
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, OverflowError):  # it reads years of any length
        return None
    if moment.tzinfo is None:  # asctime's form is in UTC by definition
        moment = moment.replace(tzinfo=UTC)
    return min(max((moment - now).total_seconds(), 0.0), MAX_RETRY_AFTER_SECONDS)


def _object(body: bytes) -> dict[str, Any]:
    try:
        said = _decode(body)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return {}
    return said if isinstance(said, dict) else {}


def _integer(value: object) -> int | None:
    if isinstance(value, str):
        return int(value) if _DECIMAL.fullmatch(value) else None
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    return value


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _token(value: object) -> str | None:
    number = _integer(value)
    return None if number is None else str(number)


def _failed_list(value: object) -> tuple[FailedReceiver, ...] | None:
    """Read a broadcast's failures; what names no receiver tells nobody anything."""
    if not isinstance(value, list):
        return None
    items = [item for item in value if isinstance(item, dict)]
    return tuple(
        FailedReceiver(
            receiver, _integer(item.get("status")), _text(item.get("status_message"))
        )
        for item in items
        if (receiver := _text(item.get("receiver")))
    )
