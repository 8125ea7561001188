"""Reading, committing, and what happens when the group moves partitions."""

import asyncio

import pytest

from gateway.core.finished_map import FinishedMap, decode
from gateway.core.record import Commit
from tests.fakes.broker import FakeBroker
from tests.fakes.logbook import capture_logs
from tests.fakes.record import ReadRecord
from tests.fakes.settle import settle
from tests.fakes.viber import http, says
from tests.unit.egress.side import Options, Side, running


def to(user: str) -> dict[str, str]:
    """Return a message to a user of one's own."""
    return {"receiver": user, "type": "text"}


def put_many(side: Side, count: int, partition: int = 0) -> list[str]:
    """Write commands to as many users; return their ids."""
    names = [f"p{partition}-{n}" for n in range(count)]
    for name in names:
        side.put(name, to(name), partition=partition)
    return names


def finished(commit: Commit) -> FinishedMap:
    """Read the map beside a committed offset."""
    found = decode(commit.text, commit.offset)
    assert isinstance(found, FinishedMap)
    return found


async def test_who_waits_for_the_group_can_be_stopped() -> None:
    """The group may wait for a dead member's session before it lets anybody in."""
    side = Side(Options())
    side.source.may_join.clear()
    async with side.lanes, side.dispatcher, asyncio.TaskGroup() as tasks:
        task = tasks.create_task(side.consumer.run())
        await settle()

        side.consumer.stop()
        await settle()

        has_ended = task.done()
        side.source.may_join.set()
        side.source.wake()
    assert has_ended
    assert not side.source.is_member


async def test_ended_commands_are_committed_by_number() -> None:
    """After so many have ended, all at once."""
    async with running(Options(commit_every=5)) as side:
        put_many(side, 4)
        await side.pass_time()
        assert side.broker.commits == []

        side.put("fifth", to("fifth"))
        await side.pass_time()

        assert side.committed() == Commit(5)
        assert len(side.broker.commits) == 1


async def test_ended_commands_are_committed_in_time() -> None:
    """However few they are."""
    options = Options(commit_every=1000, commit_interval_seconds=0.01)
    async with running(options) as side:
        put_many(side, 3)
        await side.pass_time()
        while side.committed() != Commit(3):
            side.broker.news.clear()
            await side.broker.news.wait()


async def test_nothing_new_is_not_committed_again() -> None:
    """An idle gateway leaves the group alone."""
    async with running() as side:
        put_many(side, 1)
        await side.pass_time()
        count = len(side.broker.commits)
        side.source.wake()
        await side.pass_time(1000)

        assert len(side.broker.commits) == count


async def test_what_ended_beyond_an_unfinished_command_is_in_the_map() -> None:
    """The offset stays before what has not ended."""
    async with running() as side:
        side.viber.script("p0-1", says(12))
        put_many(side, 5)
        await side.pass_time()

        assert side.committed().offset == 1
        assert finished(side.committed()) == FinishedMap(1, (2, 5))


async def test_a_restart_repeats_nothing_that_had_ended() -> None:
    """The next owner begins with the offset and the map."""
    broker = FakeBroker()
    async with running(broker=broker) as first:
        first.viber.script("p0-1", says(12))
        names = put_many(first, 5)
        await first.pass_time()
    async with running(broker=broker) as second:
        await second.pass_time()
        second.put("new", to("new"))
        await second.pass_time()

    assert first.viber.order == names
    assert second.viber.order == ["p0-1", "new"]
    assert second.committed() == Commit(6)


async def test_a_refused_commit_is_told_again() -> None:
    """By the next one, with all that has ended since."""
    async with running() as side:
        side.source.is_refusing = True
        put_many(side, 2)
        await side.pass_time()
        assert side.broker.commits == []

        side.source.is_refusing = False
        side.put("next", to("next"))
        await side.pass_time()

        assert side.committed() == Commit(3)


async def go_round(side: Side, seconds: int) -> None:
    """Let the poll loop go round once a second."""
    for _ in range(seconds):
        side.source.wake()
        await side.pass_time(1)


async def test_an_idle_member_proves_now_and_then_that_it_is_one() -> None:
    """By the last commit, three times in a session; who has read nothing has none."""
    async with running(Options(partitions=2, session_seconds=45.0)) as side:
        await go_round(side, 100)
        assert side.broker.commits == []

        put_many(side, 1)
        await go_round(side, 46)

        assert len(side.broker.commits) == 1 + 3
        assert {len(commits) for commits in side.broker.commits} == {1}
        assert side.committed() == Commit(1)


async def doubts(side: Side, quiet_seconds: int, *, is_refusing: bool) -> list[str]:
    """Read a command after a quiet while; return what is logged from then on."""
    await go_round(side, quiet_seconds)
    side.source.is_refusing = is_refusing
    with capture_logs() as logs:
        put_many(side, 1)
        await go_round(side, 60)
    return [line["event"] for line in logs]


async def test_the_first_command_of_all_raises_no_doubt() -> None:
    """Before it there was nothing to prove anything by; operators need not hear."""
    async with running(Options(session_seconds=45.0)) as side:
        assert await doubts(side, 100, is_refusing=False) == []


async def test_a_session_without_a_proof_is_told_once() -> None:
    """Whoever reads the log sees since when nothing is sent."""
    async with running(Options(session_seconds=45.0)) as side:
        assert await doubts(side, 0, is_refusing=True) == ["membership_in_doubt"]


async def test_the_end_commits_only_what_is_new() -> None:
    """Nobody needs a proof any more, and Kafka may be away."""
    async with running(Options(session_seconds=45.0)) as side:
        put_many(side, 1)
        await side.pass_time()
        await side.pass_time(20)

    assert len(side.broker.commits) == 1


async def test_nothing_starts_a_session_after_the_last_proof() -> None:
    """Though it never stood still: the group may have given it up all the same."""
    async with running(Options(session_seconds=45.0)) as side:
        put_many(side, 1)
        await go_round(side, 1)
        side.source.is_refusing = True
        await go_round(side, 43)
        side.put("just in time", to("a"))
        await go_round(side, 2)
        side.put("too late", to("b"))
        await go_round(side, 60)
        assert side.viber.order == ["p0-0", "just in time"]

        side.source.is_refusing = False
        await go_round(side, 1)

        assert side.viber.order == ["p0-0", "just in time", "too late"]


async def test_tombstones_are_skipped_and_committed() -> None:
    """They ask for nothing."""
    async with running() as side:
        side.put("c-1", to("a"))
        side.broker.put(ReadRecord(value=None))
        side.put("c-2", to("b"))
        await side.pass_time()

        assert [identity for identity, _ in side.results()] == ["c-1", "c-2"]
        assert side.committed() == Commit(3)


async def test_revoked_partitions_are_committed_before_they_are_given_back() -> None:
    """Their next owner begins where this one has ended."""
    async with running(Options(partitions=2, commit_every=1000)) as side:
        put_many(side, 3, partition=0)
        put_many(side, 2, partition=1)
        await side.pass_time()
        assert side.broker.commits == []

        await side.source.revoke(0, 1)

        assert (side.committed(0), side.committed(1)) == (Commit(3), Commit(2))
        assert side.dispatcher.partitions == frozenset()


async def test_a_revocation_lets_finish_what_is_being_sent() -> None:
    """And lets go at once what waits: its record is still there."""
    async with running(Options(drain_seconds=20.0, slots=1)) as side:
        side.viber.script("parked", says(12))
        side.put("parked", to("parked"))
        await side.pass_time()
        side.viber.hold()
        side.put("sent", to("sent"))
        side.put("queued", to("queued"))
        await side.pass_time()

        async with asyncio.TaskGroup() as tasks:
            revoking = tasks.create_task(side.source.revoke(0))
            await settle()
            assert not revoking.done()
            side.viber.release()

        assert side.results() == [("sent", "accepted")]
        assert finished(side.committed()) == FinishedMap(0, (1, 2))
        assert side.dispatcher.buffered == 0


async def test_what_has_a_turn_and_has_not_begun_is_let_go() -> None:
    """Nothing of a partition begins once it is being drained."""
    async with running() as side:
        side.put("in time", to("a"))
        await side.pass_time()

        side.dispatcher.submit(side.put("too late", to("b")))
        await side.dispatcher.drain(side.dispatcher.partitions, 0.0)

        assert side.viber.order == ["in time"]


async def test_what_is_still_being_sent_after_the_time_is_cut_off() -> None:
    """Its next owner sends it again: nobody knows what became of it."""
    async with running(Options(drain_seconds=0.0)) as side:
        side.viber.script("parked", says(12))
        side.put("parked", to("parked"))
        await side.pass_time()
        side.viber.hold()
        side.put("stuck", to("stuck"))
        await side.pass_time()

        with capture_logs() as logs:
            await side.source.revoke(0)

        assert logs[-1]["event"] == "commands_cut_off"
        assert (logs[-1]["sending"], logs[-1]["unwritten"]) == (1, 0)
        assert side.viber.under_way == 0
        assert (side.results(), side.committed()) == ([], Commit(0))


async def test_results_that_kafka_does_not_take_are_waited_for() -> None:
    """What Viber has taken would be sent again; the log tells why it takes so long."""
    async with running(Options(drain_seconds=20.0)) as side:
        side.publish.is_refusing = True
        side.put("sent", to("sent"))
        await side.pass_time()

        with capture_logs() as logs:
            async with asyncio.TaskGroup() as tasks:
                revoking = tasks.create_task(side.source.revoke(0))
                await side.pass_time(5)
                assert not revoking.done()
                side.publish.is_refusing = False
                await side.clock.pass_until(revoking.done)

    assert side.committed() == Commit(1)
    told = {"event": "waiting_for_commands", "level": "info", "seconds": 20.0}
    assert logs == [told | {"sending": 0, "unwritten": 1}]


async def test_partitions_that_stay_go_on() -> None:
    """Only those that are revoked come to rest."""
    async with running(Options(partitions=2)) as side:
        side.viber.script("p1-0", http(408))
        put_many(side, 1, partition=1)
        await side.pass_time(0.1)

        await side.source.revoke(0)
        await side.until_ended("p1-0")

    assert side.results() == [("p1-0", "accepted")]


async def test_a_partition_that_comes_back_begins_anew() -> None:
    """Where the group has got to, with what was let go."""
    async with running() as side:
        side.viber.script("p0-0", says(12))
        put_many(side, 2)
        await side.pass_time()
        await side.source.revoke(0)
        await side.source.assign(0)
        await side.pass_time()

    assert side.viber.order == ["p0-0", "p0-1", "p0-0"]
    assert side.committed() == Commit(2)


async def test_at_the_end_all_is_committed_and_the_group_is_left() -> None:
    """What waits is let go; what has ended is not repeated."""
    async with running(Options(commit_every=1000)) as side:
        side.viber.script("p0-1", says(24))
        put_many(side, 3)
        await side.pass_time()
        assert side.source.is_member

    assert finished(side.committed()) == FinishedMap(1, (2, 3))
    assert not side.source.is_member


async def test_a_full_buffer_pauses_all_partitions() -> None:
    """Polling goes on; as soon as there is room they are read again."""
    async with running(Options(partitions=2, max_buffered=10, slots=1)) as side:
        side.viber.hold()
        put_many(side, 10, partition=0)
        await side.pass_time()
        assert {p.partition for p in side.source.paused} == {0, 1}
        late = put_many(side, 1, partition=1)
        await side.pass_time()
        assert side.dispatcher.buffered == 10

        side.viber.release()
        await side.pass_time()
        side.source.wake()
        await side.pass_time()

    assert side.source.paused == set()
    assert side.results()[-1] == (late[0], "accepted")


async def test_a_partition_of_which_too_much_is_put_off_is_paused() -> None:
    """It alone, until less is put off."""
    options = Options(partitions=2, per_key=1, max_deferred=2)
    async with running(options) as side:
        side.viber.hold()

        async def paused(name: str, partition: int) -> set[int]:
            side.put(name, to("one user"), partition=partition)
            await side.pass_time()
            return {p.partition for p in side.source.paused}

        names = ("runs", "queued", "put off", "too much")
        assert [await paused(n, 0) for n in names] == [set(), set(), set(), {0}]
        assert await paused("of the other", 1) == {0}

        side.viber.release()
        await side.until_ended(*names)
        assert await paused("the last", 0) == set()


async def test_a_long_backlog_leaves_room_for_the_other_partitions() -> None:
    """However much of it is there first; who wrote elsewhere need not wait for it."""
    options = Options(partitions=2, max_buffered=300, slots=300)
    async with running(options) as side:
        side.viber.hold()
        put_many(side, 400, partition=0)
        (late,) = put_many(side, 1, partition=1)
        await side.pass_time()

        assert late in side.viber.order
        assert side.dispatcher.buffered == 201
        side.viber.release()
        await side.pass_time()


async def test_without_kafka_it_tries_again_and_again() -> None:
    """Each second; being away at the start is no fault."""
    side = Side(Options(), refusals=2)
    async with side.lanes, side.dispatcher, asyncio.TaskGroup() as tasks:
        task = tasks.create_task(side.consumer.run())
        await side.pass_time(1.5)
        assert side.kafka_troubles == ["no broker", "no broker"]
        await side.pass_time(1)
        side.consumer.stop()
        side.source.wake()
        await side.clock.pass_until(task.done)

    assert side.kafka_troubles == ["no broker", "no broker", None]


async def test_it_can_be_stopped_before_kafka_was_ever_there() -> None:
    """A second later at most."""
    side = Side(Options(), refusals=1000)
    async with side.lanes, side.dispatcher, asyncio.TaskGroup() as tasks:
        task = tasks.create_task(side.consumer.run())
        await side.pass_time(10)
        side.consumer.stop()
        await side.pass_time(1)

        assert task.done()


@pytest.mark.parametrize("text", ["foreign", "vg1AAAA", "vg2AAAA", "x" * 5000])
async def test_a_map_that_cannot_be_read_is_ignored(text: str) -> None:
    """What it held may be repeated; nothing crashes."""
    broker = FakeBroker()
    async with running(broker=broker) as side:
        put_many(side, 2)
        await side.source.revoke(0)
        broker.commit({partition: Commit(1, text) for partition in broker.logs})
        await side.source.assign(0)
        await side.pass_time()

    assert side.viber.order.count("p0-1") >= 1
    assert side.committed() == Commit(2)
