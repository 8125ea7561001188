"""What one command is doing now: waiting for something, or being sent.

A command begins with its first turn in hand, so one that waits for it costs no task;
or it begins without one, because it waits for something else first.

A waiting command can be let go at once, when its partition is revoked or the process
stops: nothing of it is under way, and it starts again from its record.  One that is
being sent is given time to end.
"""

import asyncio
from collections.abc import Callable
from enum import StrEnum
from math import inf
from typing import Final, Protocol, Self

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
    """What was tried of a command so far."""

    attempts: int
    last_answer: Answer | None


class Lane(Protocol):
    """Where a command waits for its turn."""

    def withdraw(self, activity: "Activity", /) -> None:
        """Let it wait no longer, if it does."""

    def leave(self) -> None:
        """End its turn."""


class Activity:
    """Follows one command; times are seconds since 1970.

    Args:
        command: Which one.
        begin: Begins it: makes the task.

    Attributes:
        task: Runs it; None before it has begun, and after its end.
        waits_for: None while it is being sent.
        until: When the wait ends at the latest; None: nobody knows.
        lane: Where it waits for its first turn; None: nowhere.
        asked_at: Since when it does (monotonic).
        expires_at: When its time is over.
        has_turn: It has been given a turn and has not used it yet.
        tried: What was tried so far; None before the first wait.
        outcome: How it ended, while Kafka has yet to take its result.
    """

    __slots__ = (
        "_begin",
        "_is_let_go",
        "asked_at",
        "command",
        "expires_at",
        "has_turn",
        "lane",
        "outcome",
        "task",
        "tried",
        "until",
        "waits_for",
    )
    is_gone: Final = False  # who gives up withdraws at once

    def __init__(
        self,
        command: Command | InvalidCommand,
        begin: Callable[["Activity"], asyncio.Task[None]],
    ) -> None:
        self.command = command
        self._begin = begin
        self.task: asyncio.Task[None] | None = None
        self.waits_for: Wait | None = Wait.TURN
        self.until: float | None = None
        self.lane: Lane | None = None
        self.asked_at = 0.0
        self.expires_at = inf
        self.has_turn = False
        self.tried: Tried | None = None
        self.outcome: ResultOutcome | None = None
        self._is_let_go = False

    def let_in(self) -> None:
        """Begin with a turn in hand."""
        self.has_turn = True
        self.begin()

    def begin(self) -> None:
        """Begin."""
        self.waits_for = None
        self.task = self._begin(self)

    def expire(self) -> None:
        """Begin without a turn, only to end."""
        self._withdraw()
        self.begin()

    def use_turn(self) -> bool:
        """Take the turn that it began with; False: it has none, or no longer."""
        had_turn, self.has_turn = self.has_turn, False
        return had_turn

    def waiting(self, reason: Wait, until: float | None = None) -> Self:
        """Mark a wait, by a `with`; one that begins after `let_go` ends at once."""
        self.waits_for = reason
        self.until = until
        if self._is_let_go:
            self.cancel()
        return self

    def __enter__(self) -> None:
        """Wait."""

    def __exit__(self, *error: object) -> None:
        """Wait no longer."""
        self.waits_for = None

    def end(self) -> None:
        """Give an unused turn back, and keep nothing.

        References in a ring would keep the record in memory.
        """
        if self.use_turn() and self.lane is not None:
            self.lane.leave()
        self.task = self.tried = self.lane = None

    def let_go(self) -> None:
        """End the command at its next wait, or now if it waits."""
        self._is_let_go = True
        if self.waits_for is not None:
            self.cancel()

    def cancel(self) -> None:
        """End the command now, whatever it does."""
        if self.task is not None:
            self.task.cancel()
        else:
            self._withdraw()

    def _withdraw(self) -> None:
        if self.lane is not None:
            self.lane.withdraw(self)
