"""Consumer, dispatcher and offsets together, whatever happens in whatever order.

The machine plays the topic, the group, Viber and the consumer's part around a real
dispatcher: it reads, ends, commits, loses partitions in good order or without, and
crashes.  A commit may arrive late, or never.  Kafka may put a partition back.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from gateway.core.finished_map import FinishedMap, decode
from gateway.core.record import Commit, TopicPartition
from tests.fakes.broker import TOPIC
from tests.fakes.settle import settle
from tests.unit.egress.model import KINDS, SLOTS, Log, Process

FOR_EVER = 1e6
LETTERS = "aaaabb--A?0"
numbers = st.integers(0, 99)  # of something that there is; taken modulo


class ManyThingsHappen(RuleBasedStateMachine):
    """The machine."""

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.logs = [Log(0), Log(1)]
        self.runner.run(self._start())

    async def _start(self) -> None:
        self.process = Process(self.logs)
        self.asked: list[tuple[Log, Commit, frozenset[int]]] = []
        await self.process.dispatcher.__aenter__()
        self._assign(self.logs)

    def _assign(self, logs: Sequence[Log]) -> None:
        for log in logs:
            log.begin()
            self.process.dispatcher.assign(log.name, log.committed)

    async def _crash(self) -> None:
        await self.process.dispatcher.__aexit__()

    @property
    def ours(self) -> list[Log]:
        """The partitions that the process has."""
        owned = self.process.dispatcher.partitions
        return [log for log in self.logs if log.name in owned]

    @initialize(first=st.text(LETTERS, min_size=20), second=st.text(LETTERS))
    def begin(self, first: str, second: str) -> None:
        """Begin with something to do."""
        self.write(0, first, 0)
        self.write(1, second, 0)
        self.read(0, 20)

    @rule(
        number=st.integers(0, 1),
        kinds=st.text(LETTERS, min_size=1, max_size=20),
        gap=st.sampled_from([0, 0, 0, 2]),
    )
    def write(self, number: int, kinds: str, gap: int) -> None:
        """Let bots write commands, and things that are none."""
        for kind in kinds:
            self.logs[number].write(KINDS[kind], gap)

    @rule(number=st.integers(0, 1), count=st.integers(1, 20))
    def read(self, number: int, count: int) -> None:
        """Read on; a commit may be under way meanwhile."""
        self.runner.run(self._read(self.logs[number], count))

    async def _read(self, log: Log, count: int) -> None:
        if log in self.ours:
            for found in log.read(count):
                self.process.dispatcher.submit(found)
        await settle()

    @precondition(lambda self: self.process.sending)
    @rule(which=numbers, is_end=st.sampled_from([True, True, True, False]))
    def answer(self, which: int, *, is_end: bool) -> None:
        """Answer a command that is sent: it has ended, or must wait."""
        self.runner.run(self._answer(which, is_end=is_end))

    async def _answer(self, which: int, *, is_end: bool) -> None:
        sending = self.process.sending
        answer = sending[which % len(sending)].answer
        assert answer is not None
        answer.set_result(is_end)
        await settle()

    @precondition(lambda self: self.process.parked)
    @rule(which=numbers)
    def wake(self, which: int) -> None:
        """Let a waiting command go on."""
        self.runner.run(self._wake(which))

    async def _wake(self, which: int) -> None:
        parked = self.process.parked
        waker = parked[which % len(parked)].waker
        assert waker is not None
        waker.set_result(None)
        await settle()

    @precondition(lambda self: self.process.rereading)
    @rule(which=numbers)
    def bring(self, which: int) -> None:
        """Bring records that were put off and are read again."""
        self.runner.run(self._bring(which))

    async def _bring(self, which: int) -> None:
        rereading = self.process.rereading
        rereading[which % len(rereading)].set_result(None)
        await settle()

    @rule()
    def ask_to_commit(self) -> None:
        """Send a commit; it arrives later, or never."""
        for partition, commit in self.process.dispatcher.committable().items():
            log = self.logs[partition.partition]
            self._judge(log, commit)
            self.asked.append((log, commit, log.ended))

    def _judge(self, log: Log, commit: Commit) -> None:
        """Whatever is told as finished has ended; what ended is told."""
        beyond = decode(commit.text, commit.offset) if commit.text else ()
        assert isinstance(beyond, FinishedMap | tuple)
        offsets = (command.offset for command in log.commands)
        told = {o for o in offsets if o < commit.offset or o in beyond}
        read = {o for o in log.ended if o < log.position}
        assert read <= told <= log.ended

    @precondition(lambda self: self.asked)
    @rule()
    def take_a_commit(self) -> None:
        """Let the next commit arrive."""
        log, commit, ended = self.asked.pop(0)
        log.committed, log.kept = commit, ended

    def _commit(self, log: Log) -> None:
        log.committed = self.process.dispatcher.committable()[log.name]
        self._judge(log, log.committed)
        log.kept = log.ended

    @rule(
        how=st.sampled_from(["in order", "in haste", "too late", "crash"]),
        number=st.integers(0, 1),
        order=st.lists(numbers, min_size=9, max_size=9),
    )
    def lose(self, how: str, number: int, order: list[int]) -> None:
        """Lose a partition to somebody else, or all of them by a crash."""
        self.asked.clear()
        if how == "crash":
            self.runner.run(self._crash())
            self.runner.run(self._start())
        elif self.logs[number] in self.ours:
            log = self.logs[number]
            in_order = how == "in order"
            self.runner.run(
                self._drain(log, order) if in_order else self._drain_in_haste(log)
            )
            if how != "too late":  # for the last commit
                self._commit(log)
            self.process.dispatcher.forget([log.name])

    async def _drain(self, log: Log, order: list[int]) -> None:
        """Bring to rest; what is being sent ends meanwhile, and nothing else begins."""
        drain = self.process.dispatcher.drain
        before = self.process.running_of(log)
        async with asyncio.TaskGroup() as tasks:
            draining = tasks.create_task(drain([log.name], FOR_EVER))
            await settle()
            while not draining.done():
                assert self.process.running_of(log) <= before
                await self._answer(order[0], is_end=True)
                order = [*order[1:], order[0]]

    async def _drain_in_haste(self, log: Log) -> None:
        """Bring to rest; what is being sent has no time to end."""
        await self.process.dispatcher.drain([log.name], 0)

    @precondition(lambda self: any(log.position for log in self.ours))
    @rule(which=numbers, end=numbers, kinds=st.text(LETTERS, min_size=1, max_size=20))
    def put_back(self, which: int, end: int, kinds: str) -> None:
        """Lose what was read of a partition, and have other records in its place."""
        read = [log for log in self.ours if log.position]
        log = read[which % len(read)]
        log.cut(end % log.position)
        for kind in kinds:
            log.write(KINDS[kind], 0)
        self.asked = [asked for asked in self.asked if asked[0] is not log]
        self.runner.run(self._renew(log))

    async def _renew(self, log: Log) -> None:
        """Come to rest and begin anew; whatever ends meanwhile counts no longer."""
        dispatcher = self.process.dispatcher
        log.position = 0
        for found in log.read(2):
            dispatcher.submit(found)
        async with asyncio.TaskGroup() as tasks:
            renewing = tasks.create_task(dispatcher.renew(FOR_EVER))
            await settle()
            while not renewing.done():
                await self._answer(0, is_end=True)
        log.position = renewing.result()[log.name]
        log.ended = frozenset()
        self._commit(log)

    @precondition(lambda self: len(self.ours) < len(self.logs))
    @rule()
    def assign(self) -> None:
        """Give back what was taken, from where the group has got to."""
        self._assign([log for log in self.logs if log not in self.ours])

    @invariant()
    def keys_keep_their_order(self) -> None:
        """Of a key the first runs that has not ended; what has is not repeated."""
        for delivery in self.process.running:
            assert self.logs[delivery.record.partition].is_next(delivery.record)

    @invariant()
    def slots_are_used_and_not_exceeded(self) -> None:
        """No more are sent than there are slots; who waits, waits for a reason."""
        sending = len(self.process.sending)
        assert sending == min(SLOTS, sending + self.process.waiting)

    @invariant()
    def nothing_is_forgotten(self) -> None:
        """What was read and has not ended is held, put off or being read again."""
        read = sum(r.offset < log.position for log in self.ours for r in log.unended)
        dispatcher = self.process.dispatcher
        known = dispatcher.buffered + sum(dispatcher.deferred.values())
        assert known == read if not self.process.rereading else known <= read

    @invariant()
    def the_room_is_counted_well(self) -> None:
        """By bot, over all partitions."""
        assert self.process.room.held.total() == self.process.dispatcher.buffered

    def teardown(self) -> None:
        """Let all go well from here on: then every command ends."""
        try:
            self.runner.run(self._go_well())
            assert [log.unended for log in self.logs] == [[], []]
        finally:
            self.runner.close()

    async def _go_well(self) -> None:
        self._assign([log for log in self.logs if log not in self.ours])
        for log in self.logs:
            await self._read(log, len(log.records))
        while self.process.running or self.process.rereading:
            self.keys_keep_their_order()
            await self._go_on()
        await self._crash()

    async def _go_on(self) -> None:
        if self.process.rereading:
            await self._bring(0)
        elif self.process.parked:
            await self._wake(0)
        else:
            await self._answer(0, is_end=True)


TestManyThingsHappen = pytest.mark.timeout(120)(ManyThingsHappen.TestCase)


async def test_who_leaves_without_draining_cuts_off_what_is_being_sent() -> None:
    """A process that has failed must end, even when nothing answers any more."""
    process = Process([Log(0)])
    async with process.dispatcher as dispatcher:
        dispatcher.assign(TopicPartition(TOPIC, 0), Commit(0))
        dispatcher.submit(replace(KINDS["a"], partition=0, offset=0))
        await settle()
        assert len(process.sending) == 1

    assert process.running == []
    assert dispatcher.committable()[TopicPartition(TOPIC, 0)] == Commit(0)
