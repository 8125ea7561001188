"""Record + why it cannot go on -> dead-letter record.

The original key, value and headers stay as they were, so that the record can be
written again; the reasons stand in headers of their own.  A token in the value is
blanked: a dead letter is read by people.
"""

import re
from typing import NamedTuple

from gateway.core.errors import Reason
from gateway.core.instant import rfc3339
from gateway.core.record import Header, NewRecord, Record

MAX_ERROR_CHARACTERS = 1000
_TOKEN = re.compile(rb'("auth_token"\s*:\s*")(?:[^"\\]|\\.)*(")')


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
    if b"auth_token" not in value:
        return value
    return _TOKEN.sub(rb"\1\2", value)
