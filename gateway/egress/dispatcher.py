"""Runs commands: one at a time per ordering key, many keys at once.

`submit` and `committable` are synchronous: they decide, and nothing interleaves with
a decision, so there are no locks.  A command begins with its first turn, and is a task
then.  It holds its key until it has ended for good; only then the key's next one may
ask for a turn.

Rule: an offset is resolved only after `deliver` has returned, that is after the
command's result and dead letter are acknowledged.

Resource handling: an `async with` owns the tasks.  `drain` must come first at the
end; leaving without it cancels what runs.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Protocol, Self

from gateway.core.command import Command, InvalidCommand
from gateway.core.deferral import Group
from gateway.core.finished_map import FinishedMap, decode
from gateway.core.offsets import Offsets
from gateway.core.record import Commit, Record, TopicPartition
from gateway.egress.activity import Activity, Wait
from gateway.egress.partition import Held, Partition, Room, under_way
from gateway.log import get_logger

log = get_logger(__name__)


class Deliver(Protocol):
    """Brings one command to its end; returns when Kafka has what its end calls for."""

    async def __call__(self, activity: Activity, /) -> None:
        """Deliver the activity's command."""


class Reread(Protocol):
    """Reads records again that were put off."""

    async def __call__(
        self, partition: TopicPartition, offsets: Sequence[int], /
    ) -> Sequence[Record]:
        """Return the records of these offsets; those that are gone are left out."""


class Dispatcher:
    """Holds the commands that were read and have not ended.

    Args:
        decode: Reads a record as a command.
        admit: Lets a command begin when its turn has come.
        deliver: Brings one command to its end.
        reread: Reads records again that were put off.
        room: How much is held in memory.
    """

    def __init__(
        self,
        decode: Callable[[Record], Command | InvalidCommand],
        admit: Callable[[Command, Activity], None],
        deliver: Deliver,
        reread: Reread,
        room: Room,
    ) -> None:
        self._decode = decode
        self._admit = admit
        self._deliver = deliver
        self._reread = reread
        self._room = room
        self._partitions: dict[TopicPartition, Partition] = {}
        self._endings_awaited = 0
        self._many_ended = asyncio.Event()
        self._tasks = asyncio.TaskGroup()

    async def __aenter__(self) -> Self:
        await self._tasks.__aenter__()
        return self

    async def __aexit__(self, *error: object) -> None:
        for here in self._partitions.values():
            here.cancel()
        await self._tasks.__aexit__(None, None, None)

    @property
    def buffered(self) -> int:
        """How many commands are held in memory."""
        return sum(self.held.values())

    @property
    def held(self) -> Mapping[TopicPartition, int]:
        """How many commands are held in memory, by partition."""
        return {p: here.held for p, here in self._partitions.items()}

    @property
    def deferred(self) -> Mapping[TopicPartition, int]:
        """How many commands are put off, by partition."""
        return {p: len(here.deferral) for p, here in self._partitions.items()}

    @property
    def partitions(self) -> frozenset[TopicPartition]:
        """The partitions that are ours."""
        return frozenset(self._partitions)

    @property
    def put_back(self) -> Mapping[TopicPartition, int]:
        """The partitions that Kafka has put back, and where they begin anew."""
        offsets = {p: here.put_back_to for p, here in self._partitions.items()}
        return {p: offset for p, offset in offsets.items() if offset is not None}

    def get(self, partition: TopicPartition) -> Partition | None:
        """Return what is held of a partition; None: it is not ours."""
        return self._partitions.get(partition)

    def find(self, is_it: Callable[[Command | InvalidCommand], bool]) -> Held | None:
        """Return a command that is held in memory."""
        found = (here.find(is_it) for here in self._partitions.values())
        return next(filter(None, found), None)

    def count_waiting(self) -> Mapping[Wait, int]:
        """Tell how many commands wait, by what for."""
        activities = (a for p in self._partitions.values() for a in p.activities)
        return Counter(a.waits_for for a in activities if a.waits_for)

    def positions(self) -> Mapping[TopicPartition, int]:
        """Tell where reading goes on, by partition."""
        return {p: here.offsets.position for p, here in self._partitions.items()}

    def sendable(self, may_send: Callable[[str], bool]) -> Iterator[Command]:
        """Yield the commands that are being sent, or wait for nothing but a turn.

        Args:
            may_send: Whether nothing holds back a bot.
        """
        for here in self._partitions.values():
            for activity in here.activities:
                command = activity.command
                is_due = activity.waits_for in {None, Wait.TURN}
                if is_due and isinstance(command, Command) and may_send(command.bot):
                    yield command

    def assign(self, partition: TopicPartition, committed: Commit) -> None:
        """Begin with a partition that is ours from now on, where others ended."""
        found = decode(committed.text, committed.offset)
        finished = found if isinstance(found, FinishedMap) else None
        if finished is None and committed.text:
            log.warning("map_ignored", partition=partition, why=found)
        offsets = Offsets(committed.offset, finished)
        here = Partition(partition, offsets, self._room, self._begin)
        self._partitions[partition] = here

    async def renew(self, seconds: float) -> Mapping[TopicPartition, int]:
        """Begin anew with what was put back; tell where to read on.

        What is being sent of it has `seconds` to end first: a key has one at a time.
        """
        await self.drain(self.put_back, seconds)
        put_back = self.put_back  # what was revoked meanwhile is others'
        self.forget(put_back)
        for partition, offset in put_back.items():
            self.assign(partition, Commit(offset))
        return put_back

    def submit(self, record: Record) -> None:
        """Take a record; it runs at once if its key is free.

        A record of a partition that is not ours (any more) is left to its owner.  One
        before what was read puts the partition back; `renew` begins anew with it.
        """
        here = self._partitions.get(TopicPartition(record.topic, record.partition))
        if here is None or here.is_leaving:
            return
        offset, offsets = record.offset, here.offsets
        if offset < offsets.position:
            here.put_back(offset)
        elif offsets.is_finished(offset):
            offsets.advance(offset + 1)
        else:
            offsets.track(offset)
            if record.value is not None:
                self._place(here, record, None)
            else:  # a tombstone asks for nothing
                offsets.resolve(offset)

    def _place(self, here: Partition, record: Record, recalled: Group | None) -> None:
        command = self._decode(record)
        if here.take(command, recalled):
            self._let_come(here, command)

    def _let_come(self, here: Partition, command: Command | InvalidCommand) -> None:
        """Let a command begin: one that is wrong at once, others in their turn."""
        if here.is_leaving:
            return
        activity = here.follow(command)
        if isinstance(command, Command):
            self._admit(command, activity)
        else:
            activity.begin()

    def _begin(self, here: Partition, activity: Activity) -> asyncio.Task[None]:
        return self._tasks.create_task(self._run(here, activity))

    def expire(self, now: float) -> None:
        """End the commands whose time is over before their first turn has come."""
        for here in self._partitions.values():
            for activity in here.activities:
                if activity.task is None and activity.expires_at <= now:
                    activity.expire()

    async def _run(self, here: Partition, activity: Activity) -> None:
        """Bring a command to its end; then the next of its key may begin."""
        command = activity.command
        try:
            if here.is_leaving:
                return
            await self._deliver(activity)
        finally:
            here.activities.discard(activity)
            activity.end()
        following = here.finish(command)
        self._count_ending()
        if isinstance(command, Command):
            self._recall_due(here, command)
        if following is not None:
            self._let_come(here, following)

    def _recall_due(self, ended_in: Partition, ended: Command) -> None:
        """Read again what has room, now that a command has ended."""
        for here in self._partitions.values():
            if not here.deferral:
                continue
            key = ended.ordering_key if here is ended_in else None
            for group in here.due(ended.bot, key):
                task = self._tasks.create_task(self._recall(here, group))
                here.recalls.add(task)
                task.add_done_callback(here.recalls.discard)

    async def _recall(self, here: Partition, group: Group) -> None:
        """Read a group again, as long as there is something to read and room for it."""
        while offsets := here.recall(group):
            records = await self._reread(here.name, offsets)
            here.deferral.recalled(group)
            for record in records:
                self._place(here, record, group)
            for offset in set(offsets) - {record.offset for record in records}:
                log.error("command_gone", partition=here.name, offset=offset)
                here.offsets.resolve(offset)

    def _count_ending(self) -> None:
        self._endings_awaited -= 1
        if self._endings_awaited <= 0:
            self._many_ended.set()

    async def many_ended(self, count: int) -> None:
        """Return when so many more commands have ended."""
        self._endings_awaited = count
        self._many_ended.clear()
        await self._many_ended.wait()

    def hasten(self) -> None:
        """Let `many_ended` return, however many have ended."""
        self._many_ended.set()

    def committable(self) -> Mapping[TopicPartition, Commit]:
        """Tell, for each partition of ours, what may be committed."""
        return {p: here.commit() for p, here in self._partitions.items()}

    async def drain(self, partitions: Iterable[TopicPartition], seconds: float) -> None:
        """Bring partitions to rest: nothing runs there afterwards.

        What waits ends at once, what is being sent has `seconds` to end by itself.
        So has what Kafka has yet to take the result of: else it would be sent again.
        The offsets stay known until `forget`, so that they can be committed.
        """
        leaving = [self._partitions[p] for p in partitions if p in self._partitions]
        for here in leaving:
            here.let_go()
        tasks = {a.task for here in leaving for a in here.activities if a.task}
        tasks |= {task for here in leaving for task in here.recalls}
        if not tasks:
            return
        if any(busy := under_way(leaving)):
            log.info("waiting_for_commands", **busy._asdict(), seconds=seconds)
        _, late = await asyncio.wait(tasks, timeout=seconds)
        if any(busy := under_way(leaving)):
            log.warning("commands_cut_off", **busy._asdict())
        for task in late:
            task.cancel()
        if late:
            await asyncio.wait(late)

    def forget(self, partitions: Iterable[TopicPartition]) -> None:
        """End with partitions that are no longer ours."""
        for partition in partitions:
            here = self._partitions.pop(partition, None)
            if here is not None:
                here.forget()
