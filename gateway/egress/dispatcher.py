"""Runs commands: one at a time per ordering key, many keys at once.

`submit` and `committable` are synchronous: they decide, and nothing interleaves with
a decision, so there are no locks.  Each busy key has one task, which runs the key's
commands one after another; a command holds its key until it has ended for good.

Rule: an offset is resolved only after `deliver` has returned, that is after the
command's result and dead letter are acknowledged.

Resource handling: an `async with` owns the tasks.  `drain` must come first at the
end; leaving without it cancels what runs.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Protocol, Self

import structlog

from gateway.core.command import Command, InvalidCommand
from gateway.core.finished_map import FinishedMap, decode, encode
from gateway.core.offsets import Offsets
from gateway.core.ordering import Ordering
from gateway.core.record import Commit, Record, TopicPartition
from gateway.egress.activity import Activity, Wait

MAX_TEXT = 4096  # characters; Kafka's default offset.metadata.max.bytes

log = structlog.get_logger(__name__)


class Deliver(Protocol):
    """Brings one command to its end; returns when Kafka has what its end calls for."""

    async def __call__(self, activity: Activity, /) -> None:
        """Deliver the activity's command."""


class _Partition:
    """One partition, for as long as it is assigned to us."""

    def __init__(self, offsets: Offsets) -> None:
        self.offsets = offsets
        self.ordering: Ordering[Command] = Ordering()
        self.activities: set[Activity] = set()
        self.held = 0
        self.is_leaving = False

    def let_go(self) -> None:
        """Start nothing more here, and end what waits."""
        self.is_leaving = True
        for activity in self.activities:
            activity.let_go()


class Dispatcher:
    """Holds the commands that were read and have not ended.

    Args:
        decode: Reads a record as a command.
        deliver: Brings one command to its end.
    """

    def __init__(
        self,
        decode: Callable[[Record], Command | InvalidCommand],
        deliver: Deliver,
    ) -> None:
        self._decode = decode
        self._deliver = deliver
        self._partitions: dict[TopicPartition, _Partition] = {}
        self._endings_awaited = 0
        self._many_ended = asyncio.Event()
        self._tasks = asyncio.TaskGroup()

    async def __aenter__(self) -> Self:
        await self._tasks.__aenter__()
        return self

    async def __aexit__(self, *error: object) -> None:
        for here in self._partitions.values():
            here.let_go()
        await self._tasks.__aexit__(None, None, None)

    @property
    def buffered(self) -> int:
        """How many commands are held: waiting, queued, or being sent."""
        return sum(here.held for here in self._partitions.values())

    def count_waiting(self) -> Mapping[Wait, int]:
        """Tell how many commands wait, by what for."""
        activities = (a for p in self._partitions.values() for a in p.activities)
        return Counter(a.waits_for for a in activities if a.waits_for)

    @property
    def partitions(self) -> frozenset[TopicPartition]:
        """The partitions that are ours."""
        return frozenset(self._partitions)

    def assign(self, partition: TopicPartition, committed: Commit) -> None:
        """Begin with a partition that is ours from now on, where others ended."""
        found = decode(committed.text, committed.offset)
        finished = found if isinstance(found, FinishedMap) else None
        if finished is None and committed.text:
            log.warning("map_ignored", partition=partition, why=found)
        offsets = Offsets(committed.offset, finished)
        self._partitions[partition] = _Partition(offsets)

    def submit(self, record: Record) -> None:
        """Take a record; it runs at once if its key is free.

        A record of a partition that is not ours (any more) is left to its owner.
        """
        here = self._partitions.get(TopicPartition(record.topic, record.partition))
        if here is None or here.is_leaving:
            return
        if here.offsets.is_finished(record.offset):
            here.offsets.advance(record.offset + 1)
            return
        here.offsets.track(record.offset)
        if record.value is None:  # a tombstone asks for nothing
            here.offsets.resolve(record.offset)
            return
        command = self._decode(record)
        here.held += 1
        if isinstance(command, InvalidCommand) or here.ordering.offer(
            command.ordering_key, command
        ):
            self._tasks.create_task(self._run(here, command))

    async def _run(
        self, here: _Partition, command: Command | InvalidCommand | None
    ) -> None:
        """Run a command, then those that waited for its key."""
        while command is not None and not here.is_leaving:
            activity = Activity(command)
            activity.task = asyncio.current_task()
            here.activities.add(activity)
            try:
                await self._deliver(activity)
            finally:
                here.activities.discard(activity)
            here.offsets.resolve(command.record.offset)
            here.held -= 1
            self._count_ending()
            key = command.ordering_key if isinstance(command, Command) else None
            command = here.ordering.finish(key)

    def _count_ending(self) -> None:
        self._endings_awaited -= 1
        if self._endings_awaited <= 0:
            self._many_ended.set()

    async def many_ended(self, count: int) -> None:
        """Return when so many more commands have ended."""
        self._endings_awaited = count
        self._many_ended.clear()
        await self._many_ended.wait()

    def committable(self) -> Mapping[TopicPartition, Commit]:
        """Tell, for each partition of ours, what may be committed.

        A map that Kafka would not take is left out: what it holds may be repeated.
        """
        return {p: _commit(here.offsets) for p, here in self._partitions.items()}

    async def drain(self, partitions: Iterable[TopicPartition], seconds: float) -> None:
        """Bring partitions to rest: nothing runs there afterwards.

        What waits ends at once, what is being sent has `seconds` to end by itself.
        The offsets stay known until `forget`, so that they can be committed.
        """
        leaving = [self._partitions[p] for p in partitions if p in self._partitions]
        for here in leaving:
            here.let_go()
        tasks = {a.task for here in leaving for a in here.activities if a.task}
        if not tasks:
            return
        _, late = await asyncio.wait(tasks, timeout=seconds)
        for task in late:
            task.cancel()
        if late:
            await asyncio.wait(late)

    def forget(self, partitions: Iterable[TopicPartition]) -> None:
        """End with partitions that are no longer ours."""
        for partition in partitions:
            self._partitions.pop(partition, None)


def _commit(offsets: Offsets) -> Commit:
    finished = offsets.finished()
    text = encode(finished)
    return Commit(finished.base, text if len(text) <= MAX_TEXT else "")
