"""Commands that may run and have not begun: only one that has begun costs a task.

Of each line so many may have begun and wait for their first turn as can be sent at
once; the others wait here, first in, first out, and cost a place in a queue.  So a
lag of ten thousand users takes little more memory than one of a hundred.  A line is
what waits for the same turns: a bot's broadcasts have a rate of their own.

Rule: who has had a turn, or turns out to wait for something else, lets the next one
in.  What waits here and expires is found to be expired when it begins.
"""

from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterator
from typing import NamedTuple

from gateway.core.command import Command, InvalidCommand
from gateway.core.method import Method
from gateway.egress.partition import Partition

Line = tuple[str | None, bool]


class Waiting(NamedTuple):
    """A command that has not begun, and the partition it belongs to."""

    here: Partition
    command: Command | InvalidCommand


class Entrance:
    """Lets commands begin.

    Args:
        most: How many of a line may have begun and wait for their first turn.
        begin: Begins a command.
    """

    def __init__(self, most: int, begin: Callable[[Waiting], object]) -> None:
        self._most = most
        self._begin = begin
        self._begun: Counter[Line] = Counter()
        self._queues: defaultdict[Line, deque[Waiting]] = defaultdict(deque)

    def __iter__(self) -> Iterator[Waiting]:
        """Yield what waits here, of partitions that are still ours."""
        for queue in self._queues.values():
            yield from (one for one in queue if not one.here.is_leaving)

    def enter(self, here: Partition, command: Command | InvalidCommand) -> None:
        """Let a command begin, now or in its turn."""
        line = _line(command)
        self._queues[line].append(Waiting(here, command))
        self._let_in(line)

    def passed(self, command: Command | InvalidCommand) -> None:
        """Hear that a command that has begun waits for its first turn no longer."""
        line = _line(command)
        self._begun[line] -= 1
        self._let_in(line)

    def _let_in(self, line: Line) -> None:
        queue = self._queues[line]
        while queue and self._begun[line] < self._most:
            waiting = queue.popleft()
            if not waiting.here.is_leaving:
                self._begun[line] += 1
                self._begin(waiting)

    def __repr__(self) -> str:
        waiting = sum(map(len, self._queues.values()))
        return f"<Entrance {self._begun.total()} begun, {waiting} waiting>"


def _line(command: Command | InvalidCommand) -> Line:
    return command.bot, command.method == Method.BROADCAST_MESSAGE
