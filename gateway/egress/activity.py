"""What one command is doing now: waiting for something, or being sent.

A waiting command can be let go at once, when its partition is revoked or the process
stops: nothing of it is under way, and it starts again from its record.  One that is
being sent is given time to end.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum

from gateway.core.command import Command, InvalidCommand


class Wait(StrEnum):
    """What a command can wait for."""

    NOT_BEFORE = "not_before"
    TURN = "turn"
    BACKOFF = "backoff"
    PARKED = "parked"
    CREDIT = "credit"


class Activity:
    """Follows one command; `task` runs it, `waits_for` is None while it is sent."""

    __slots__ = ("_is_let_go", "command", "task", "waits_for")

    def __init__(self, command: Command | InvalidCommand) -> None:
        self.command = command
        self.task: asyncio.Task[None] | None = None
        self.waits_for: Wait | None = None
        self._is_let_go = False

    @contextmanager
    def waiting(self, reason: Wait) -> Iterator[None]:
        """Mark a wait; one that begins after `let_go` ends at once."""
        self.waits_for = reason
        if self._is_let_go:
            self.cancel()
        try:
            yield
        finally:
            self.waits_for = None

    def let_go(self) -> None:
        """End the command at its next wait, or now if it waits."""
        self._is_let_go = True
        if self.waits_for is not None:
            self.cancel()

    def cancel(self) -> None:
        """End the command now, whatever it does."""
        if self.task is not None:
            self.task.cancel()
