"""The commands that ended last, so that people can be told what became of one.

Kept in memory only, and only so many: the results topic is the record.
"""

from collections import deque
from collections.abc import Callable
from typing import NamedTuple

from gateway.core.command import Command, InvalidCommand
from gateway.core.record import Record, TopicPartition
from gateway.core.result import Ending

KEPT = 1000


class Standing(NamedTuple):
    """Where a record stands."""

    partition: TopicPartition
    offset: int


def standing(record: Record) -> Standing:
    """Tell where a record stands."""
    return Standing(TopicPartition(record.topic, record.partition), record.offset)


class Ended(NamedTuple):
    """One command that has ended."""

    command_id: str
    bot: str | None
    method: str | None
    at: Standing
    ending: Ending


class Recent:
    """Remembers the last commands that ended."""

    def __init__(self) -> None:
        self._ended: deque[Ended] = deque(maxlen=KEPT)

    def remember(self, command: Command | InvalidCommand, ending: Ending) -> None:
        """Hear that a command has ended."""
        at = standing(command.record)
        self._ended.append(Ended(command.id, command.bot, command.method, at, ending))

    def find(self, is_it: Callable[[Ended], bool]) -> Ended | None:
        """Return the newest that is wanted."""
        return next(filter(is_it, reversed(self._ended)), None)
