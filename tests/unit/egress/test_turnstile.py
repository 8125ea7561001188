"""Slots, turns and permits: how many go at once, in which order, and how fast."""

from collections import Counter
from math import inf

import pytest

from gateway.core.method import Method
from gateway.egress.turnstile import Queue, Turn, Turnstile
from tests.fakes.clock import FakeClock
from tests.fakes.commands import BODIES
from tests.fakes.viber import http, says
from tests.unit.egress.side import Options, Side, running
from tests.unit.egress.test_lanes import put_many, to


@pytest.mark.parametrize("slots", [1, 2, 7])
async def test_no_more_calls_are_under_way_than_there_are_slots(slots: int) -> None:
    """However many commands are ready; and all slots are used."""
    async with running(Options(slots=slots)) as side:
        for name in put_many(side, 20):
            side.viber.script(name, http(503), says(4711))
        side.viber.hold()
        await side.pass_time()
        assert side.viber.under_way == slots

        side.viber.release()
        await side.pass_time(100)

    assert side.viber.most_under_way == slots
    assert len(side.results()) == 20


async def test_whatever_waits_takes_no_slot() -> None:
    """Backoff, parking, not-before, credit: with a single slot others are sent."""
    async with running(Options(slots=1)) as side:
        side.viber.script("backoff", http(408))
        side.viber.script("parked", says(12))
        side.viber.script("poor", says(24))
        for name in ("backoff", "parked", "poor"):
            side.put(name, to(name))
        side.put("early", to("early"), {"notbefore": "2026-03-01T12:59:00Z"})
        await side.pass_time(0.3)
        names = put_many(side, 5)
        await side.pass_time(0.1)

        assert side.results() == [(name, "accepted") for name in names]


async def test_bots_take_turns() -> None:
    """Who has much to send does not make others wait for the end of it."""
    async with running(Options(bots=("shop", "help"), slots=1)) as side:
        side.viber.hold()
        names = put_many(side, 50) + put_many(side, 3, "help")
        await side.pass_time(0.1)
        side.viber.release()
        await side.until_ended(*names)

    last = max(side.viber.order.index(f"help-{n}") for n in range(3))
    assert last <= 7
    assert len(side.viber.calls) == 53


async def test_all_slots_are_used_beside_a_bot_that_may_not_send() -> None:
    """Each who goes is followed by who else may, though others were asked in vain."""
    may_start = False
    turnstile = Turnstile(8, lambda: may_start, FakeClock())
    held_back, free = Queue(lambda: inf), Queue(lambda: 0.0)
    turns = [Turn() for _ in range(4)]
    for queue, turn in zip((held_back, free, free, free), turns, strict=True):
        turnstile.join(queue, turn)

    may_start = True
    turnstile.advance()

    assert [turn.done() for turn in turns] == [False, True, True, True]


def most_within(side: Side, seconds: float) -> int:
    """Return how many calls fell into any window of so many seconds, at most."""
    times = [sent.at for sent in side.viber.calls]
    return max(sum(t <= other < t + seconds for other in times) for t in times)


async def test_a_bot_keeps_to_its_rate() -> None:
    """In any second no more than that and a burst of a tenth of a second."""
    async with running(Options(rate=20.0)) as side:
        put_many(side, 100)
        await side.pass_time(6)

    assert most_within(side, 1.0) <= 22
    assert len(side.viber.calls) == 100


async def test_a_replica_takes_the_part_that_its_partitions_are_worth() -> None:
    """With one of four it is a quarter; without any it is nothing."""
    async with running(Options(rate=40.0, partitions=4)) as side:
        await side.source.revoke(1, 2, 3)
        side.source.wake()
        put_many(side, 100)
        await side.pass_time(5)

        assert 45 <= len(side.viber.calls) <= 51


async def test_a_rate_holds_back_its_own_bot_only() -> None:
    """Waiting for a permit takes no slot, and a broadcast is counted apart."""
    async with running(Options(bots=("shop", "help"), slots=1, rate=1.0)) as side:
        put_many(side, 5)
        put_many(side, 2, "help")
        await side.pass_time(2.5)

        sent = Counter(name.split("-")[0] for name in side.viber.order)
        assert sent["help"] == 2
        assert 2 <= sent["shop"] <= 3


async def test_broadcasts_have_a_limit_of_their_own() -> None:
    """500 in any 10 seconds; messages pass them by."""
    async with running(Options(max_buffered=2000)) as side:
        for number in range(600):
            side.put(f"b-{number}", BODIES[Method.BROADCAST_MESSAGE])
        side.put("message", to("somebody"))
        await side.pass_time(20)

        assert side.viber.order.index("message") < 100
        assert most_within(side, 10.0) <= 501
        assert len(side.viber.calls) == 601


async def test_a_bot_that_is_too_fast_slows_down() -> None:
    """After a 429, or a limit that no single user has hit."""
    async with running(Options(rate=40.0)) as side:
        side.viber.script("c-1", says(12))
        side.put("c-1", BODIES[Method.POST], {"method": "post"})
        await side.pass_time(0.1)

        assert side.lanes.of("shop").rate == pytest.approx(20, abs=1)
        await side.until_ended("c-1")


async def test_who_gives_up_leaves_the_slot_to_others() -> None:
    """A command that expires in the queue, or whose partition is revoked."""
    async with running(Options(slots=1, partitions=2)) as side:
        side.viber.hold()
        side.put("slow", to("slow"))
        await side.pass_time(0.1)
        side.put("late", to("late"), {"expirytime": "2026-03-01T12:00:05Z"})
        side.put("revoked", to("revoked"), partition=1)
        side.put("last", to("last"))
        await side.pass_time(10)
        await side.source.revoke(1)
        side.viber.release()
        await side.until_ended("slow", "last")

    assert side.viber.order == ["slow", "last"]
    assert dict(side.results())["late"] == "expired"


async def test_whoever_waits_expires_in_time() -> None:
    """However many there are, and while the bot is held back."""
    async with running(Options(slots=1)) as side:
        side.viber.script("shop-0", says(2))
        side.viber.script_probes(*[says(2)] * 99)
        put_many(side, 1)
        await side.pass_time(0.1)
        late = {"expirytime": "2026-03-01T12:00:30Z"}
        for number in range(200):
            side.put(f"late-{number}", to(f"late-{number}"), late)
        await side.pass_time(25)
        assert side.results() == []

        await side.pass_time(7)

        assert len(side.results()) == 200
        assert {outcome for _, outcome in side.results()} == {"expired"}
    assert side.viber.order == ["shop-0"]


async def test_how_long_a_turn_was_awaited_is_told() -> None:
    """From when the command could be sent, were there a slot."""
    async with running(Options(slots=1)) as side:
        side.viber.hold()
        put_many(side, 2)
        await side.pass_time(5)
        side.viber.release()
        await side.until_ended("shop-0", "shop-1")

    first, second = side.waited
    assert first == pytest.approx(0, abs=0.1)
    assert second == pytest.approx(5, abs=0.1)


async def test_a_process_that_stood_still_starts_nothing() -> None:
    """Its partitions may be somebody else's by now; a commit that is taken tells."""
    async with running(Options(session_seconds=45.0)) as side:
        await side.pass_time(46)
        side.source.is_refusing = True
        side.put("c-1")
        await side.pass_time(1)
        assert side.viber.order == []

        side.source.is_refusing = False
        side.source.wake()
        await side.pass_time(1)

        assert side.viber.order == ["c-1"]


async def test_a_turn_that_came_just_before_it_stood_still_is_void() -> None:
    """What was decided then counts as little as what is decided after."""
    async with running(Options(session_seconds=45.0, slots=1)) as side:
        side.after_attempt = lambda: setattr(side.clock, "passed", 100.0)
        side.source.is_refusing = True
        put_many(side, 2)
        await side.pass_time(200)
        assert side.viber.order == ["shop-0"]

        side.after_attempt = lambda: None
        side.source.is_refusing = False
        side.source.wake()
        await side.pass_time(1)

        assert side.viber.order == ["shop-0", "shop-1"]


async def test_every_slot_is_used() -> None:
    """A command under way keeps nobody waiting who has not begun."""
    async with running(Options(slots=10)) as side:
        side.viber.hold()
        put_many(side, 12)
        await side.pass_time()

        assert side.viber.under_way == 10
        side.viber.release()
