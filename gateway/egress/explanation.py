"""What can be said of one command: where it is, what for, and until when.

The members are those of `GET /explain/{command_id}`; what does not apply is null.
"""

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from gateway.core.command import Command, InvalidCommand
from gateway.core.instant import rfc3339
from gateway.core.result import Ending
from gateway.egress.recent import Standing, standing


class State(StrEnum):
    """How far a command has come."""

    UNREAD = "unread"
    WAITING = "waiting"
    IN_FLIGHT = "in_flight"
    ENDED = "ended"
    UNKNOWN = "unknown"


class Reason(StrEnum):
    """What a command can wait for, besides the waits of `egress.activity`."""

    BEHIND = "behind"
    PUT_OFF = "put_off"
    PERMIT = "permit"
    SLOT = "slot"
    CERTAINTY = "certainty"


@dataclass(frozen=True, slots=True)
class Explanation:
    """Where a command is; times are RFC 3339, in UTC.

    Attributes:
        text: All of it in one sentence, for people.
        lag: Records that are read before it.
        waits_for: A wait, a `Reason`, or a bot's condition.
        why: What the attempt or the bot's condition was caused by.
        until: When the wait ends at the latest, where that is known.
        behind: The command of the same key that goes first; `ahead` counts them.
        outcome: How it ended, or will once Kafka has its result.
    """

    command_id: str
    state: State
    text: str = ""
    bot: str | None = None
    method: str | None = None
    topic: str | None = None
    partition: int | None = None
    offset: int | None = None
    lag: int | None = None
    waits_for: str | None = None
    why: str | None = None
    until: str | None = None
    expires_at: str | None = None
    attempts: int | None = None
    behind: str | None = None
    ahead: int | None = None
    outcome: str | None = None
    reason: str | None = None
    finished_at: str | None = None

    def as_json(self) -> dict[str, Any]:
        """Write it for programs."""
        return asdict(self)


def time_text(seconds: float | None) -> str | None:
    """Write a point in time, where there is one."""
    return None if seconds is None else rfc3339(seconds)


def place(at: Standing) -> dict[str, Any]:
    """Tell where a record stands, as members of an explanation."""
    return {**at.partition._asdict(), "offset": at.offset}


def identity(command: Command | InvalidCommand) -> dict[str, Any]:
    """Tell which command it is, as members of an explanation."""
    return {
        "command_id": command.id,
        "bot": command.bot,
        "method": command.method,
        **place(standing(command.record)),
    }


def of_ending(ending: Ending) -> dict[str, Any]:
    """Tell how a command ended, as members of an explanation."""
    tries = "attempt" if ending.attempts == 1 else "attempts"
    text = f"ended: {ending.outcome} after {ending.attempts} {tries}"
    return {
        "text": f"{text}; {ending.error}" if ending.error else text,
        "outcome": ending.outcome,
        "reason": ending.reason,
        "attempts": ending.attempts,
        "finished_at": rfc3339(ending.finished_at),
    }
