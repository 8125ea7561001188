"""A partition that is put back: offsets that were other records' before."""

import asyncio

from gateway.core.finished_map import FinishedMap, encode
from gateway.core.record import Commit, TopicPartition
from tests.fakes.broker import TOPIC, FakeBroker
from tests.fakes.logbook import capture_logs
from tests.fakes.settle import settle
from tests.fakes.viber import says
from tests.unit.egress.side import Options, Side, running

NAME = TopicPartition(TOPIC, 0)


def put(side: Side, prefix: str, count: int) -> list[str]:
    """Write commands, each to a user of its own; return their ids."""
    names = [f"{prefix}-{number}" for number in range(count)]
    for name in names:
        side.put(name, {"receiver": name, "type": "text"})
    return names


async def cut_while_sending(side: Side, sent: int, new: int) -> None:
    """Put the partition back while commands are sent; new ones stand there then."""
    side.viber.hold()
    put(side, "sent", sent)
    await side.pass_time()
    side.broker.cut(0)
    put(side, "new", new)
    await settle()


async def test_what_is_written_below_the_position_is_sent() -> None:
    """What ended at these offsets were other commands."""
    async with running() as side:
        old = put(side, "old", 5)
        await side.pass_time()
        assert side.committed() == Commit(5)
        side.broker.cut(0)

        with capture_logs() as logs:
            new = put(side, "new", 3)
            await side.pass_time()

        assert side.viber.order == old + new
        assert side.committed() == Commit(3)
        assert logs == [
            {
                "event": "put_back",
                "level": "warning",
                "partition": NAME,
                "read_to": 5,
                "begins_at": 0,
            }
        ]


async def test_what_is_left_of_a_partition_is_sent_again() -> None:
    """Nobody can tell it from what is new."""
    async with running() as side:
        old = put(side, "old", 5)
        await side.pass_time()
        side.broker.cut(2)

        new = put(side, "new", 2)
        await side.pass_time()

        assert side.viber.order == [*old, *old[:2], *new]
        assert side.committed() == Commit(4)


async def test_it_goes_on_beyond_where_it_had_got_to() -> None:
    """A batch that reaches across the old position is read as a whole."""
    async with running() as side:
        old = put(side, "old", 3)
        await side.pass_time()
        side.broker.cut(0)
        side.source.seek({NAME: 0})  # as Kafka's client does at once

        new = put(side, "new", 9)
        await side.pass_time()

        assert side.viber.order == old + new
        assert side.committed() == Commit(9)


async def test_what_ends_late_marks_nothing_of_what_is_new() -> None:
    """It was sent from an offset where another command stands now."""
    async with running(Options(drain_seconds=20.0, slots=2)) as side:
        side.viber.script("old-0", says(12))
        put(side, "old", 1)
        await side.pass_time()
        side.viber.hold()
        put(side, "sent", 2)
        put(side, "queued", 2)
        await side.pass_time()
        side.broker.cut(0)
        side.viber.script("new-1", says(12))

        new = put(side, "new", 3)
        await settle()
        assert side.committed() == Commit(0)
        side.viber.release()
        await side.pass_time()

        ended = [identity for identity, _ in side.results()]
        assert ended == ["sent-0", "sent-1", "new-0", "new-2"]
        assert side.viber.order[-3:] == new
        assert side.dispatcher.buffered == 1
        assert side.committed() == Commit(1, encode(FinishedMap(1, (2, 3))))


async def test_who_is_stopped_meanwhile_commits_where_it_begins_anew() -> None:
    """The next owner must not begin beyond it."""
    async with running(Options(drain_seconds=20.0)) as side:
        put(side, "old", 3)
        await side.pass_time()
        await cut_while_sending(side, sent=1, new=2)

        side.consumer.stop()
        side.viber.release()
        await side.pass_time()

        assert side.committed() == Commit(0)


async def test_a_partition_that_is_taken_meanwhile_is_left_alone() -> None:
    """Its next owner begins anew with it."""
    async with running(Options(drain_seconds=20.0)) as side:
        await cut_while_sending(side, sent=2, new=1)

        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(side.source.revoke(0))
            await settle()
            side.viber.release()
        await side.pass_time()

        assert side.dispatcher.partitions == frozenset()
        assert side.committed() == Commit(0)


async def test_a_commit_of_what_is_gone_is_noticed_at_the_start() -> None:
    """With its map: the topic was made anew while nobody read it."""
    broker = FakeBroker()
    broker.commit({NAME: Commit(7, encode(FinishedMap(7, (8, 9))))})
    async with running(broker=broker) as side:
        new = put(side, "new", 3)
        await side.pass_time()
        assert side.committed() == Commit(3)

        new += put(side, "next", 9)
        await side.pass_time()

    assert side.viber.order == new
    assert side.committed() == Commit(12)
