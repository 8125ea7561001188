"""Record + why it cannot go on -> dead-letter record.

The original key, value and headers stay as they were, so that the record can be
written again; the reasons stand in headers of their own.  A token in the value is
blanked, since people read dead letters: also where the value is no JSON, but Python's
or JavaScript's notation, JSON within JSON, cut short, or a CloudEvent's `data_base64`.
"""

import re
from base64 import b64decode, b64encode
from typing import NamedTuple

from gateway.core.errors import Reason
from gateway.core.instant import rfc3339
from gateway.core.record import Header, NewRecord, Record

MAX_ERROR_CHARACTERS = 1000

# Each letter as it is or as a JSON escape.  Quotes within JSON within JSON have one
# backslash, or three.
_NAME = b"".join(rb"(?:%c|\\u00%02x)" % (letter, letter) for letter in b"auth_token")
_TOKEN = re.compile(
    rb"""((\\{0,3}["'])(?i:%s)\2\s*:\s*\2)(?:(?!\2)(?:\\.|[^\\]))*""" % _NAME, re.DOTALL
)
_BASE64 = re.compile(rb'("data_base64"\s*:\s*")([^"]*)')


class Death(NamedTuple):
    """Why a record cannot go on; times are seconds since 1970."""

    reason: Reason
    error: str
    bot: str | None = None
    command_id: str | None = None
    status: int | None = None
    attempts: int = 0
    first_attempt_at: float | None = None
    last_attempt_at: float | None = None


def of_command(topic: str, record: Record, death: Death) -> NewRecord:
    """Write the dead letter of a record from the outbound topic."""
    origin = (
        ("dlq_topic", record.topic.encode()),
        ("dlq_partition", b"%d" % record.partition),
        ("dlq_offset", b"%d" % record.offset),
        ("dlq_timestamp", b"%d" % record.timestamp),
    )
    headers = (*record.headers, *origin, *_why(death))
    return NewRecord(topic, record.key, _blank_token(record.value or b""), headers)


def of_callback(
    topic: str, body: bytes, headers: tuple[Header, ...], death: Death, now: float
) -> NewRecord:
    """Write the dead letter of a callback, which came from no topic."""
    came = (("dlq_timestamp", b"%d" % round(now * 1000)),)
    return NewRecord(topic, None, _blank_token(body), (*headers, *came, *_why(death)))


def _why(death: Death) -> tuple[Header, ...]:
    return (
        ("dlq_reason", death.reason.encode()),
        ("dlq_error", death.error[:MAX_ERROR_CHARACTERS].encode(errors="replace")),
        ("dlq_attempts", b"%d" % death.attempts),
        ("dlq_first_attempt_at", _when(death.first_attempt_at)),
        ("dlq_last_attempt_at", _when(death.last_attempt_at)),
        ("dlq_bot", (death.bot or "").encode()),
        ("dlq_status", b"" if death.status is None else b"%d" % death.status),
        ("dlq_command_id", (death.command_id or "").encode()),
    )


def _when(moment: float | None) -> bytes:
    return b"" if moment is None else rfc3339(moment).encode()


def _blank_token(value: bytes) -> bytes:
    return _TOKEN.sub(rb"\1", _BASE64.sub(_blank_encoded, value))


def _blank_encoded(found: re.Match[bytes]) -> bytes:
    try:
        data = b64decode(found[2].replace(rb"\/", b"/"), validate=True)
    except ValueError:
        return found[0]
    blanked = _TOKEN.sub(rb"\1", data)
    return found[0] if blanked == data else found[1] + b64encode(blanked)
