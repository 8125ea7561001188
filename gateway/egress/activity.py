"""What one command is doing now: waiting for something, or being sent.

A waiting command can be let go at once, when its partition is revoked or the process
stops: nothing of it is under way, and it starts again from its record.  One that is
being sent is given time to end.
"""

import asyncio
from collections.abc import Callable
from enum import StrEnum
from typing import Protocol, Self

from gateway.core.answer import Answer
from gateway.core.command import Command, InvalidCommand
from gateway.core.result import ResultOutcome


class Wait(StrEnum):
    """What a command can wait for."""

    NOT_BEFORE = "not_before"
    TURN = "turn"
    BACKOFF = "backoff"
    PARKED = "parked"
    CREDIT = "credit"


class Tried(Protocol):
    """What was tried of a command so far; times are seconds since 1970."""

    attempts: int
    expires_at: float
    last_answer: Answer | None


Subject = Command | InvalidCommand


class Activity:
    """Follows one command; times are seconds since 1970.

    Args:
        command: Which one.
        passed: Is told once that it has had its first turn, or waits for something
            else.

    Attributes:
        task: Runs it.
        waits_for: None while it is being sent.
        until: When the wait ends at the latest; None: nobody knows.
        tried: What was tried so far; None before the first wait.
        outcome: How it ended, while Kafka has yet to take its result.
    """

    __slots__ = (
        "_is_let_go",
        "_passed",
        "command",
        "outcome",
        "task",
        "tried",
        "until",
        "waits_for",
    )

    def __init__(self, command: Subject, passed: Callable[[Subject], None]) -> None:
        self.command = command
        self._passed: Callable[[Subject], None] | None = passed
        self.task: asyncio.Task[None] | None = None
        self.waits_for: Wait | None = None
        self.until: float | None = None
        self.tried: Tried | None = None
        self.outcome: ResultOutcome | None = None
        self._is_let_go = False

    def waiting(self, reason: Wait, until: float | None = None) -> Self:
        """Mark a wait, by a `with`; one that begins after `let_go` ends at once."""
        self.waits_for = reason
        self.until = until
        if reason is not Wait.TURN:
            self.passed()
        if self._is_let_go:
            self.cancel()
        return self

    def __enter__(self) -> None:
        """Wait."""

    def __exit__(self, *error: object) -> None:
        """Wait no longer."""
        self.waits_for = None

    def passed(self) -> None:
        """Say once that it has had its first turn, or waits for something else."""
        if self._passed is not None:
            passed, self._passed = self._passed, None
            passed(self.command)

    def end(self) -> None:
        """Keep nothing of it: references in a ring would keep the record in memory."""
        self.passed()
        self.task = self.tried = None

    def let_go(self) -> None:
        """End the command at its next wait, or now if it waits."""
        self._is_let_go = True
        if self.waits_for is not None:
            self.cancel()

    def cancel(self) -> None:
        """End the command now, whatever it does."""
        if self.task is not None:
            self.task.cancel()


def asking(command: Subject) -> Activity:
    """Describe a command that has not begun, and waits for nothing but a turn."""
    activity = Activity(command, lambda _: None)
    activity.waits_for = Wait.TURN
    return activity
