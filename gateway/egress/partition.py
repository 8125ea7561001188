"""One partition, for as long as it is assigned to us: what of it is held, and where.

A command is held in memory, running or queued behind its key, or put off: then only
its offset is kept until there is room for it again (core/deferral).

Kafka can put a partition back: an unclean election has cut it off, or its topic was
deleted and made anew.  Then records come at offsets that other records had before, and
what is known of those is worth nothing.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import NamedTuple

from gateway.core.command import Command, InvalidCommand
from gateway.core.deferral import Deferral, Group
from gateway.core.finished_map import encode
from gateway.core.offsets import Offsets
from gateway.core.ordering import Ordering
from gateway.core.record import Commit, TopicPartition
from gateway.egress.activity import Activity
from gateway.log import get_logger

NOBODY = ""  # whose the records are that are no commands

log = get_logger(__name__)


@dataclass(slots=True)
class Room:
    """How much is held at most, over all partitions; the rest is put off.

    Attributes:
        per_key: Commands that wait behind one key's running one.
        per_bot: Commands of one bot; None: there is only one, which needs no bound.
        held: How many there are now, by bot.
    """

    per_key: int
    per_bot: int | None
    held: Counter[str]

    def is_full(self, bot: str) -> bool:
        """Whether a bot has no room left."""
        return self.per_bot is not None and self.held[bot] >= self.per_bot


class Spot(StrEnum):
    """Where an offset is that is not held in memory."""

    UNREAD = "unread"
    PUT_OFF = "put_off"
    ENDED = "ended"


class Held(NamedTuple):
    """A command that is held, and the one of its key that runs.

    Attributes:
        first: What runs; the command's own activity when `ahead` is 0.
        ahead: How many of its key go before it.
    """

    command: Command | InvalidCommand
    first: Activity
    ahead: int


class UnderWay(NamedTuple):
    """How many commands can neither be let go nor have ended.

    Attributes:
        sending: Viber may have them.
        unwritten: Viber has judged them, and Kafka has yet to take the result.
    """

    sending: int
    unwritten: int


class Partition:
    """What is held of a partition.

    Args:
        name: Which partition.
        offsets: Where it begins.
        room: How much is held at most.
        begin: Begins one of its commands: makes the task.

    Attributes:
        put_back_to: Where it begins anew; None: nobody has put it back.
    """

    def __init__(
        self,
        name: TopicPartition,
        offsets: Offsets,
        room: Room,
        begin: Callable[["Partition", Activity], asyncio.Task[None]],
    ) -> None:
        self.name = name
        self._begin = partial(begin, self)
        self.offsets = offsets
        self.deferral = Deferral()
        self.activities: set[Activity] = set()
        self.recalls: set[asyncio.Task[None]] = set()
        self.is_leaving = False
        self.put_back_to: int | None = None
        self._ordering: Ordering[Command] = Ordering()
        self._room = room
        self._held: Counter[str] = Counter()

    @property
    def held(self) -> int:
        """How many commands are in memory."""
        return self._held.total()

    def take(
        self, command: Command | InvalidCommand, recalled: Group | None = None
    ) -> bool:
        """Take a command; True when it may run now, else it is queued or put off.

        Args:
            command: Its offset is tracked.  What is no command runs at once.
            recalled: The group that it was put off in, if it was: there is room.
        """
        if isinstance(command, InvalidCommand):
            self._hold(NOBODY, 1)
            return True
        group = self._put_off(command, recalled)
        if group is not None:
            self.deferral.put(group, command.record.offset)
            return False
        self._hold(command.bot, 1)
        return self._ordering.offer(command.ordering_key, command)

    def follow(self, command: Command | InvalidCommand) -> Activity:
        """Follow a command from when it may run until its end."""
        activity = Activity(command, self._begin)
        self.activities.add(activity)
        return activity

    def find(self, is_it: Callable[[Command | InvalidCommand], bool]) -> Held | None:
        """Return a command that is held, and what goes before it."""
        for activity in self.activities:
            if is_it(activity.command):
                return Held(activity.command, activity, 0)
        for key, queue in self._ordering.queues():
            for ahead, command in enumerate(queue, 1):
                if is_it(command) and (first := self.running(key)):
                    return Held(command, first, ahead)
        return None

    def running(self, key: Hashable) -> Activity | None:
        """Return what runs of a key."""
        for activity in self.activities:
            command = activity.command
            if isinstance(command, Command) and command.ordering_key == key:
                return activity
        return None

    def waiting(self, key: Hashable) -> int:
        """How many commands of a key wait in memory behind the one that runs."""
        return self._ordering.waiting(key)

    def look(self, offset: int) -> Spot:
        """Tell where an offset is that is not held in memory."""
        if self.offsets.is_finished(offset):
            return Spot.ENDED
        return Spot.UNREAD if offset >= self.offsets.position else Spot.PUT_OFF

    def finish(self, command: Command | InvalidCommand) -> Command | None:
        """End a command that ran; the next one of its key, if any, may run now."""
        self.offsets.resolve(command.record.offset)
        if isinstance(command, InvalidCommand):
            self._hold(NOBODY, -1)
            return None
        self._hold(command.bot, -1)
        return self._ordering.finish(command.ordering_key)

    def due(self, bot: str, key: Hashable | None) -> Iterator[Group]:
        """Tell which groups have room again: the bot's, and that of a key of it."""
        room = self._room
        if room.per_bot is not None and room.held[bot] <= room.per_bot // 2:
            yield from filter(self.deferral.is_due, (Group(bot),))
        if key is not None and self._ordering.waiting(key) <= room.per_key // 2:
            yield from filter(self.deferral.is_due, (Group(bot, key),))

    def recall(self, group: Group) -> Sequence[int]:
        """Return what there is room for of a group; none when it needs no more."""
        space = self._space(group)
        if space <= 0 or not self.deferral.is_due(group) or self.is_leaving:
            return ()
        return self.deferral.recall(group, space)

    def commit(self) -> Commit:
        """Tell what may be committed: the offset, and the map of what is beyond it."""
        if self.put_back_to is not None:
            return Commit(self.put_back_to)
        finished = self.offsets.finished()
        return Commit(finished.base, encode(finished))

    def let_go(self) -> None:
        """Start nothing more, end what waits."""
        self.is_leaving = True
        for activity in self.activities:
            activity.let_go()
        for recall in self.recalls:
            recall.cancel()

    def put_back(self, offset: int) -> None:
        """Hold good no longer: from this offset on there are other records now."""
        read_to = self.offsets.position
        log.warning("put_back", partition=self.name, read_to=read_to, begins_at=offset)
        self.put_back_to = offset
        self.is_leaving = True

    def cancel(self) -> None:
        """End all of it now, what is being sent too."""
        self.let_go()
        for activity in self.activities:
            activity.cancel()

    def forget(self) -> None:
        """Give the room back, and keep nothing that has not begun."""
        self.activities.clear()
        for bot, count in self._held.items():
            self._room.held[bot] -= count
        self._held.clear()

    def _put_off(self, command: Command, recalled: Group | None) -> Group | None:
        """Tell the group that a command is to be put off with; None: it can be held.

        What is put off with its key is older than what is put off with its bot: so a
        bot's group takes all that comes after it, and the key's is read again first.
        """
        bot, key = command.bot, command.ordering_key
        of_key, of_bot = Group(bot, key), Group(bot)
        if recalled is None and self.deferral.holds(of_bot):
            return of_bot
        if key is not None and of_key != recalled:
            is_long = self._ordering.waiting(key) >= self._room.per_key
            if is_long or self.deferral.holds(of_key):
                return of_key
        is_full = recalled is None and self._room.is_full(bot)
        return of_bot if is_full else None

    def _space(self, group: Group) -> int:
        if group.key is not None:
            return self._room.per_key - self._ordering.waiting(group.key)
        return (self._room.per_bot or 0) - self._room.held[group.bot]

    def _hold(self, bot: str, change: int) -> None:
        self._held[bot] += change
        self._room.held[bot] += change

    def __repr__(self) -> str:
        return f"<Partition {self.name} {self.held} held, {len(self.deferral)} put off>"


def under_way(partitions: Iterable[Partition]) -> UnderWay:
    """Count the commands that have begun and wait for no turn."""
    activities = [activity for here in partitions for activity in here.activities]
    busy = [a for a in activities if a.task is not None and a.waits_for is None]
    unwritten = sum(activity.outcome is not None for activity in busy)
    return UnderWay(len(busy) - unwritten, unwritten)
