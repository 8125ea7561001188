"""Ended command -> result record, and the dead letter that goes with a bad end.

A result says what became of a command, whoever wrote it.  It is written at least
once; a repeat carries the same `ce_id`.  Members without a value are null, so that a
reader finds every member in every result.
"""

from enum import StrEnum

import msgspec

from gateway.core.answer import Answer
from gateway.core.command import Command, InvalidCommand
from gateway.core.dead_letter import MAX_ERROR_CHARACTERS, Death, of_command
from gateway.core.errors import Reason
from gateway.core.identity import RESULT_NAMESPACE, repeatable_id
from gateway.core.instant import rfc3339
from gateway.core.record import Header, NewRecord, coordinates

TYPE_PREFIX = "com.viber.result."
UNKNOWN_BOT = "unknown"


class ResultOutcome(StrEnum):
    """What became of a command."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    EXPIRED = "expired"
    FAILED = "failed"


class Ending(msgspec.Struct, frozen=True):
    """How a command ended; times are seconds since 1970.

    Attributes:
        reason: None when it was accepted.
        error: One line for people; empty when it was accepted.
        answer: Viber's last one, if there was any.
        attempts: Tries that could have used up the allowance.
    """

    outcome: ResultOutcome
    finished_at: float
    reason: Reason | None = None
    error: str = ""
    answer: Answer = Answer()
    attempts: int = 0
    first_attempt_at: float | None = None
    last_attempt_at: float | None = None


def result_record(
    topic: str, command: Command | InvalidCommand, ending: Ending
) -> NewRecord:
    """Write the result of a command."""
    finished_at = rfc3339(ending.finished_at)
    return NewRecord(
        topic,
        command.record.key,
        msgspec.json.encode(_content(command, ending, finished_at)),
        _headers(command, ending, finished_at),
    )


def dead_letter_record(
    topic: str, command: Command | InvalidCommand, ending: Ending
) -> NewRecord | None:
    """Write the dead letter of a command; None for one that ended well."""
    if ending.reason is None:
        return None
    death = Death(
        reason=ending.reason,
        error=ending.error,
        bot=command.bot,
        command_id=command.id,
        status=ending.answer.status,
        attempts=ending.attempts,
        first_attempt_at=ending.first_attempt_at,
        last_attempt_at=ending.last_attempt_at,
    )
    return of_command(topic, command.record, death)


def _content(
    command: Command | InvalidCommand, ending: Ending, finished_at: str
) -> dict[str, object]:
    answer, record = ending.answer, command.record
    said = (answer.status_message or ending.error)[:MAX_ERROR_CHARACTERS]
    asked = command if isinstance(command, Command) else None
    return {
        "command_id": command.id,
        "bot": command.bot,
        "method": command.method,
        "outcome": ending.outcome,
        "reason": ending.reason,
        "status": answer.status,
        "status_message": said or None,
        "message_token": answer.message_token,
        "billing_status": answer.billing_status,
        "failed_list": answer.failed_list and [f._asdict() for f in answer.failed_list],
        "data": answer.data,
        "attempts": ending.attempts,
        "received_at": rfc3339(record.timestamp / 1000),
        "finished_at": finished_at,
        "command": {
            "topic": record.topic,
            "partition": record.partition,
            "offset": record.offset,
        },
        "receiver": asked.receiver if asked else None,
        "tracking_data": asked.tracking_data if asked else None,
    }


def _headers(
    command: Command | InvalidCommand, ending: Ending, finished_at: str
) -> tuple[Header, ...]:
    record = command.record
    bot = (command.bot or UNKNOWN_BOT).encode()
    identity = repeatable_id(RESULT_NAMESPACE, coordinates(record), record.timestamp)
    return (
        ("content-type", b"application/json"),
        ("ce_specversion", b"1.0"),
        ("ce_id", identity.encode()),
        ("ce_source", b"/viber/bots/" + bot),
        ("ce_type", (TYPE_PREFIX + ending.outcome).encode()),
        ("ce_time", finished_at.encode()),
        ("ce_bot", bot),
    )
