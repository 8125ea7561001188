"""How busy it is: what could be sent now, what waits, and where reading has got to."""

from gateway.core.record import TopicPartition
from gateway.egress.activity import Wait
from tests.fakes.broker import TOPIC
from tests.fakes.viber import http, says
from tests.unit.egress.side import Options, Side, running
from tests.unit.egress.test_lanes import put_many, to


def sendable(side: Side) -> set[str]:
    """Return the commands that could be sent now."""
    return {command.id for command in side.dispatcher.sendable(side.lanes.may_send)}


async def test_what_waits_on_purpose_could_not_be_sent() -> None:
    """Parked, held, backing off, unpaid: no further replica would help."""
    async with running() as side:
        side.viber.script("backoff", http(503, retry_after=100.0))
        side.viber.script("parked", says(12))
        side.viber.script("poor", says(24))
        for name in ("backoff", "parked", "poor"):
            side.put(name, to(name))
        side.put("early", to("early"), {"notbefore": "2026-03-01T12:30:00Z"})
        await side.pass_time()

        assert sendable(side) == set()
        assert side.dispatcher.count_waiting() == {
            Wait.BACKOFF: 1,
            Wait.PARKED: 1,
            Wait.CREDIT: 1,
            Wait.NOT_BEFORE: 1,
        }


async def test_what_is_being_sent_or_waits_for_a_turn_is_lag() -> None:
    """What is queued behind it, of the same key, is not ready yet."""
    async with running(Options(slots=1)) as side:
        side.viber.hold()
        names = put_many(side, 3)
        side.put("behind", to("shop-0"))
        await side.pass_time()

        assert sendable(side) == set(names)
        assert side.dispatcher.count_waiting() == {Wait.TURN: 2}
        assert side.dispatcher.buffered == 4
        side.viber.release()


async def test_a_bot_that_is_held_back_has_no_lag() -> None:
    """Its owner must act; nobody else can."""
    async with running(Options(bots=("shop", "help"), slots=1)) as side:
        side.viber.script("shop-0", says(2))
        side.viber.script_probes(*[says(2)] * 99)
        put_many(side, 3)
        await side.pass_time()
        side.viber.hold()
        names = put_many(side, 2, "help")
        await side.pass_time()

        assert sendable(side) == set(names)
        side.viber.release()


async def test_reading_has_got_to_the_end_of_what_was_read() -> None:
    """Whatever has ended of it."""
    async with running(Options(partitions=2)) as side:
        side.viber.script("shop-0", says(12))
        put_many(side, 3)
        await side.pass_time()

        assert side.dispatcher.positions() == {
            TopicPartition(TOPIC, 0): 3,
            TopicPartition(TOPIC, 1): 0,
        }
    assert side.dispatcher.positions() == {}
