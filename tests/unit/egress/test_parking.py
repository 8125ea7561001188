"""Who is parked, what wakes them, and when the inbound topic must be watched."""

from typing import Any

import pytest

from gateway.core.record import Record
from gateway.egress.parking import AFTER_THE_HOUR_SECONDS, Parking
from tests.fakes.clock import FakeClock
from tests.fakes.commands import TWO_BOTS, decoded, record
from tests.fakes.record import ReadRecord
from tests.fakes.settle import settle


def event(user: str, kind: str = "message", bot: str = "shop") -> Record:
    """Return what the inbound topic says about a user."""
    headers = [
        ("ce_type", f"com.viber.callback.{kind}".encode()),
        ("ce_bot", bot.encode()),
    ]
    return ReadRecord(b"{}", headers, user.encode())


def parking() -> Parking:
    """Return an empty one, at noon."""
    return Parking(FakeClock())


def to(user: str, bot: str = "shop") -> ReadRecord:
    """Return a message to a user."""
    return record({"receiver": user, "type": "text"}, bot=bot)


async def test_a_user_who_writes_wakes_all_that_waits_for_them() -> None:
    """And nobody else's."""
    place = parking()
    wakers = [place.park(decoded(to(user), TWO_BOTS)) for user in ("a", "a", "b")]

    place.hear(event("a"))

    assert [waker.done() for waker in wakers] == [True, True, False]


async def test_only_a_message_to_the_same_bot_wakes() -> None:
    """Receipts say nothing; another bot's limit is another one."""
    place = parking()
    waker = place.park(decoded(to("a"), TWO_BOTS))
    for kind in ("delivered", "seen", "subscribed", "conversation_started"):
        place.hear(event("a", kind))
    place.hear(event("a", bot="help"))
    place.hear(ReadRecord(b"{}", [("ce_type", b"com.viber.callback.message")], None))
    assert not waker.done()

    place.hear(event("a"))

    assert waker.done()


@pytest.mark.parametrize(
    "headers", [[], [("ce_bot", b"\xff")], [("ce_bot", None)], [("ce_type", None)]]
)
async def test_a_strange_event_wakes_nobody(headers: Any) -> None:
    """Kafka knows headers without a value, and others may write to the topic."""
    place = parking()
    waker = place.park(decoded(to("a"), TWO_BOTS))

    message = ("ce_type", b"com.viber.callback.message")
    place.hear(ReadRecord(b"{}", [message, *headers], b"a"))

    assert not waker.done()


async def test_it_is_watched_only_while_somebody_is_parked() -> None:
    """Whoever woke, or gave up, is gone."""
    place = parking()
    assert not place.is_occupied.is_set()
    woken, given_up = (place.park(decoded(to(user), TWO_BOTS)) for user in "ab")
    assert (place.is_occupied.is_set(), len(place)) == (True, 2)

    place.hear(event("a"))
    await settle()
    assert (place.is_occupied.is_set(), len(place)) == (True, 1)
    given_up.cancel()
    await settle()

    assert woken.done()
    assert (place.is_occupied.is_set(), len(place)) == (False, 0)


async def test_the_next_hour_is_the_clock_s() -> None:
    """A little after it, since two clocks do not agree on its beginning."""
    clock = FakeClock()
    place = Parking(clock)
    assert place.seconds_to_next_hour() == 3600 + AFTER_THE_HOUR_SECONDS

    await clock.pass_time(3599)

    assert place.seconds_to_next_hour() == 1 + AFTER_THE_HOUR_SECONDS
