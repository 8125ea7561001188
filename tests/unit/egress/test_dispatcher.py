"""Order, commits and room, whatever comes in between: against a naive model."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Self

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.bots import Bot
from gateway.core.command import Command, CommandDecoder, InvalidCommand
from gateway.core.finished_map import FinishedMap, decode
from gateway.core.record import Record, TopicPartition
from gateway.egress.activity import Activity, Wait
from gateway.egress.consumer import Consumer, Pace
from gateway.egress.dispatcher import Dispatcher
from gateway.egress.partition import Room
from gateway.egress.progress import Progress
from tests.fakes.broker import TOPIC, FakeBroker, FakeSource
from tests.fakes.clock import FakeClock
from tests.fakes.commands import record
from tests.fakes.logbook import capture_logs
from tests.fakes.publish import FakePublish
from tests.fakes.record import NOON
from tests.fakes.settle import settle

BOTS = {name: Bot(name, "t") for name in ("shop", "help")}
Offset = tuple[int, int]  # partition and offset


@dataclass(slots=True)
class Delivery:
    """Delivers when it is told to.

    Attributes:
        running: What has been started and has not ended, by where it stands.
        ended: What has ended, in order.
        cut: What was being delivered when its partition was revoked.
    """

    running: dict[Offset, tuple[Activity, asyncio.Event]] = field(default_factory=dict)
    started: list[Offset] = field(default_factory=list)
    ended: list[Offset] = field(default_factory=list)
    cut: set[Offset] = field(default_factory=set)

    async def __call__(self, activity: Activity) -> None:
        """Start a command, and end it once the test says so."""
        where = (activity.command.record.partition, activity.command.record.offset)
        may_end = asyncio.Event()
        self.running[where] = (activity, may_end)
        self.started.append(where)
        try:
            if where[1] % 3:  # some wait, some are being sent
                await may_end.wait()
            else:
                with activity.waiting(Wait.BACKOFF):
                    await may_end.wait()
            self.ended.append(where)
        except asyncio.CancelledError:
            self.cut.add(where)
            raise
        finally:
            del self.running[where]


class World:
    """A consumer of two partitions, and all that was ever written to them."""

    def __init__(self, room: Room) -> None:
        self.broker = FakeBroker()
        self.source = FakeSource(self.broker)
        self.delivery = Delivery()
        self.dispatcher = Dispatcher(
            self._decode,
            lambda _, activity: activity.begin(),
            self.delivery,
            self.source.reread,
            room,
        )
        pace = Pace(10**6, 10**6, 10**6, 10**6, 0.0, 10**6)
        progress = Progress(str, "g", FakePublish(), self.source.reread, 1.0)
        self.consumer = Consumer(
            self.source, self.dispatcher, progress, pace, FakeClock(), Nobody()
        )

    def _decode(self, record: Record) -> Command | InvalidCommand:
        return CommandDecoder(BOTS).decode(record, NOON)

    async def put(self, bot: str, key: bytes | None, partition: int) -> None:
        """Write a command; without a key it is a broadcast, which has no order."""
        body = {"receiver": "u"} if key else {"broadcast_list": ["u"]}
        written = record(body, bot=bot)
        self.broker.put(type(written)(written.value, written.headers, key), partition)
        self.source.wake()
        await settle()

    async def finish(self, number: int) -> None:
        """End one of those that run."""
        running = sorted(self.delivery.running)
        if running:
            _, may_end = self.delivery.running[running[number % len(running)]]
            may_end.set()
            await settle()

    async def rebalance(self) -> None:
        """Lose all partitions, and get them back."""
        await self.source.revoke(0, 1)
        self.check_at_rest()
        await self.source.assign(0, 1)
        await settle()

    async def finish_all(self) -> None:
        """End everything that runs, until nothing is left."""
        while self.delivery.running:
            await self.finish(0)
            self.check()

    def check(self) -> None:
        """Check what must hold at any moment."""
        self.check_order()
        for partition, commit in self.dispatcher.committable().items():
            finished = decode(commit.text, commit.offset) if commit.text else None
            for record_ in self.broker.logs[partition]:
                where = (partition.partition, record_.offset)
                is_told = record_.offset < commit.offset or (
                    isinstance(finished, FinishedMap) and record_.offset in finished
                )
                assert self.has_ended(where) or not is_told, where

    def check_order(self) -> None:
        """Check that a command runs only when all before it, of its key, have ended."""
        busy = Counter(self.key(where) for where in self.delivery.running)
        assert all(count == 1 for key, count in busy.items() if key is not None)
        for where in self.delivery.running:
            for offset in range(where[1]):
                earlier = (where[0], offset)
                if self.key(where) and self.key(earlier) == self.key(where):
                    assert self.has_ended(earlier), (earlier, where)

    def has_ended(self, where: Offset) -> bool:
        """Tell whether nothing more can come of a record."""
        return where in self.delivery.ended or where in self.broker.gone

    def check_at_rest(self) -> None:
        """Check that nothing runs or is held."""
        assert self.delivery.running == {}
        assert (self.dispatcher.buffered, self.dispatcher.partitions) == (
            0,
            frozenset(),
        )

    def key(self, where: Offset) -> tuple[bytes, bytes, int] | None:
        """Return what keeps order: bot and key, within a partition."""
        log = self.broker.logs[TopicPartition(TOPIC, where[0])]
        record_ = log[where[1]]
        if record_.key is None:
            return None
        return (dict(record_.headers)["bot"], record_.key, where[0])

    def written(self) -> list[Offset]:
        """Return all that was ever written."""
        return [
            (p.partition, r.offset) for p, log in self.broker.logs.items() for r in log
        ]

    async def __aenter__(self) -> Self:
        self._tasks = asyncio.TaskGroup()
        await self.dispatcher.__aenter__()
        await self._tasks.__aenter__()
        self._running = self._tasks.create_task(self.consumer.run())
        await settle()
        await self.source.assign(0, 1)
        return self

    async def __aexit__(self, *error: object) -> None:
        self.consumer.stop()
        self.source.wake()
        await self._tasks.__aexit__(None, None, None)
        await self.dispatcher.__aexit__(None, None, None)


class Nobody:
    """Hears how the consumer stands with the group, and does nothing about it."""

    def kafka_changed(self, trouble: str | None, /) -> None:
        """Hear whether Kafka can be reached."""

    def polled(self, records: int) -> None:
        """Hear that the poll loop went round."""

    def proven(self, seconds: float, /) -> None:
        """Hear for how long the partitions are surely ours."""

    def ownership_changed(self, partitions: frozenset[TopicPartition], /) -> None:
        """Hear which partitions are ours."""


# Mostly one bot and one partition, so that few steps are enough to fill the room.
puts = st.tuples(
    st.just("put"),
    st.sampled_from(["shop", "shop", "shop", "help"]),
    st.sampled_from([b"a", b"a", b"b", None]),
    st.sampled_from([0, 0, 0, 1]),
)
finishes = st.tuples(st.just("finish"), st.integers(0, 9))
rebalances = st.just(("rebalance",))
Steps = Sequence[tuple[Any, ...]]
steps = st.lists(puts | puts | finishes | rebalances, max_size=30)


async def live(steps: Steps, per_key: int, per_bot: int | None) -> World:
    """Let all this happen, check after each step, and end everything."""
    async with World(Room(per_key, per_bot, Counter())) as world:
        for name, *arguments in steps:
            await getattr(world, name)(*arguments)
            world.check()
        await world.finish_all()
        world.check()
        await world.source.revoke(0, 1)
        world.check_at_rest()
    return world


@pytest.mark.parametrize(("per_key", "per_bot"), [(100, None), (1, None), (1, 2)])
@given(steps=steps)
def test_order_and_commits_hold_whatever_happens(
    steps: Steps, per_key: int, per_bot: int | None
) -> None:
    """Never past an unfinished command, one of a key at a time, nothing lost."""
    world = asyncio.run(live(steps, per_key, per_bot))

    assert Counter(world.delivery.ended) == Counter(world.written())
    for partition, log in world.broker.logs.items():
        if log:
            assert world.broker.committed[partition].offset == len(log)


def test_order_holds_where_a_bot_has_no_room() -> None:
    """What is put off with its bot comes before what is put off with its key."""
    first = [("put", "shop", key, 0) for key in (b"a", b"b", b"a", b"a")]
    steps = [*first, ("finish", 1), ("put", "shop", b"a", 0), ("finish", 0)]

    asyncio.run(live(steps, per_key=1, per_bot=2))


async def test_what_retention_has_taken_meanwhile_counts_as_ended() -> None:
    """It is logged, since nobody can send it any more; the others go on."""
    async with World(Room(1, None, Counter())) as world:
        for _ in range(5):
            await world.put("shop", b"a", 0)
        world.broker.gone = {(0, 2), (0, 3)}
        with capture_logs() as logs:
            await world.finish_all()

    assert world.delivery.ended == [(0, 0), (0, 1), (0, 4)]
    gone = [entry["offset"] for entry in logs if entry["event"] == "command_gone"]
    assert sorted(gone) == [2, 3]
    assert world.broker.committed[TopicPartition(TOPIC, 0)].offset == 5


def test_what_is_cut_off_is_delivered_again() -> None:
    """A rebalance does cut off what is being delivered; what has ended stays so."""
    steps = [("put", "shop", b"a", 0)] * 3 + [("finish", 0), ("rebalance",)]

    world = asyncio.run(live(steps, per_key=100, per_bot=None))

    assert world.delivery.cut == {(0, 1)}
    assert Counter(world.delivery.started) == {(0, 0): 1, (0, 1): 2, (0, 2): 1}
    assert Counter(world.delivery.ended) == Counter(world.written())
