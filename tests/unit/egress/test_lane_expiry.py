"""A command whose time is over while it waits for its turn, by clocks that differ.

Waits run on the monotonic clock and times in records on the wall clock.  The two
drift apart, and a timer may fire a fraction of a millisecond early (libuv counts whole
ones): so a wait can be over just before the wall clock says so.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from gateway.core.result import Ending, ResultOutcome
from gateway.egress.activity import Activity
from gateway.egress.bot_lane import Rules
from gateway.egress.lanes import Lanes
from gateway.egress.parking import Parking
from gateway.egress.sender import Patience, Sender
from gateway.egress.work import expiry
from tests.fakes.activity import no_task
from tests.fakes.clock import FakeClock
from tests.fakes.commands import TEXT, decoded, record
from tests.fakes.record import NOON
from tests.fakes.settle import settle
from tests.fakes.viber import FakeViber, says
from tests.unit.egress.side import BACKOFF, FOR_EVER

PACE = 1 - 1e-5  # a crystal's error
MAX_AGE_SECONDS = 86_400.0
NOON_AND_TEN = "2026-03-01T12:00:10Z"


class SlowClock(FakeClock):
    """A wall clock that runs a little slower than the monotonic one."""

    def wall(self) -> float:
        """Seconds since 1970."""
        return NOON + self.passed * PACE


class Way:
    """A sender with one slot, by clocks that differ."""

    def __init__(self, tasks: asyncio.TaskGroup) -> None:
        self._tasks = tasks
        self.clock = SlowClock()
        self.viber = FakeViber(self.clock)
        rules = Rules(5, 1.0, 0, BACKOFF)
        self.lanes = Lanes(
            1, lambda _: 1e6, rules, self.viber.probe, self.clock, lambda *_: None
        )
        self._sender = Sender(
            self.viber.call,
            self.lanes.of,
            Parking(self.clock),
            Patience(8, MAX_AGE_SECONDS, BACKOFF),
            self.clock,
            lambda *_: None,
        )

    def send(self, name: str, **headers: str) -> asyncio.Task[Ending]:
        """Begin to send a command."""
        command = decoded(record(TEXT, id=name, **headers))
        activity = Activity(command, no_task)
        activity.expires_at = expiry(command, MAX_AGE_SECONDS)
        return self._tasks.create_task(self._sender.send(command, activity))


@asynccontextmanager
async def way() -> AsyncIterator[Way]:
    """Open the way to Viber for a bot that has permits."""
    async with asyncio.TaskGroup() as tasks:
        way = Way(tasks)
        async with way.lanes:
            way.lanes.set_share(None, 1, 1)
            way.lanes.confirm(FOR_EVER)
            way.lanes.of("shop")
            await way.clock.pass_time(1)
            yield way


async def test_a_halted_bot_s_command_is_not_sent_as_it_expires() -> None:
    """It never had a turn, whichever clock is ahead."""
    async with way() as it:
        it.viber.script("first", says(2))
        it.viber.script_probes(*[says(2)] * 9)
        first = it.send("first")
        late = it.send("late", expirytime=NOON_AND_TEN)
        await it.clock.pass_until(late.done, 20)
        first.cancel()

    assert late.result().outcome is ResultOutcome.EXPIRED
    assert it.viber.order == ["first"]


async def test_who_expires_in_the_queue_wins_no_slot() -> None:
    """There are as many as before: it had none to give back."""
    async with way() as it:
        it.viber.hold()
        first = it.send("first")
        late = it.send("late", expirytime=NOON_AND_TEN)
        await it.clock.pass_time(20)
        it.viber.release()
        await settle()
        it.viber.hold()
        rest = [it.send("second"), it.send("third")]
        await it.clock.pass_time(1)
        it.viber.release()

    ends = [task.result().outcome for task in (first, late, *rest)]
    assert ends == ["accepted", "expired", "accepted", "accepted"]
    assert it.viber.most_under_way == 1
