"""What one command is doing now: waiting, or being sent.

A waiting command can be let go at once, when its partition is revoked or the process
stops: nothing of it is under way, and it starts again from its record.  One that is
being sent is given time to end.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from gateway.core.command import Command, InvalidCommand


class Activity:
    """Follows one command; `task` runs it."""

    __slots__ = ("_is_let_go", "command", "is_waiting", "task")

    def __init__(self, command: Command | InvalidCommand) -> None:
        self.command = command
        self.task: asyncio.Task[None] | None = None
        self.is_waiting = False
        self._is_let_go = False

    @contextmanager
    def waiting(self) -> Iterator[None]:
        """Mark a wait; one that begins after `let_go` ends at once."""
        self.is_waiting = True
        if self._is_let_go:
            self._cancel()
        try:
            yield
        finally:
            self.is_waiting = False

    def let_go(self) -> None:
        """End the command at its next wait, or now if it waits."""
        self._is_let_go = True
        if self.is_waiting:
            self._cancel()

    def _cancel(self) -> None:
        if self.task is not None:
            self.task.cancel()
