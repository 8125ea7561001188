"""A bot's lane by itself: its five holds, its probes, and what it tells of them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from gateway.core.answer import Answer
from gateway.core.errors import Reason
from gateway.core.method import Method
from gateway.core.outcome import (
    Accepted,
    HaltBot,
    Outcome,
    Retry,
    RetryReason,
    Throttled,
    WithoutCredit,
)
from gateway.egress.bot_lane import BotLane, Rules
from gateway.egress.turnstile import Turn, Turnstile
from tests.fakes.clock import FakeClock
from tests.fakes.settle import settle
from tests.fakes.viber import FakeViber, says
from tests.unit.egress.side import BACKOFF

OK = Accepted(Answer(200, status=0))
UNREACHABLE = Retry(Answer(503), RetryReason.SERVER_ERROR, unreachable=True)
HALTED = HaltBot(Answer(200, status=2))
POOR = WithoutCredit(Answer(200, status=24))
THROTTLED = Throttled(Answer(429))
SLOTS = 8


class Lane:
    """A lane of plenty, its clock, and what it has told."""

    def __init__(self, rate: float) -> None:
        self.told: list[str] = []
        self.clock = FakeClock()
        self.viber = FakeViber(self.clock)
        self.turnstile = Turnstile(SLOTS, lambda: True, self.clock)
        self.lane = BotLane(
            rate,
            Rules(2, 1.0, 2, BACKOFF),
            self.turnstile,
            lambda: self.viber.probe("shop"),
            self.clock,
            lambda condition, _: self.told.append(condition),
        )
        self.lane.set_share(1, 1)

    def ask(self, count: int = 1, method: Method = Method.SEND_MESSAGE) -> list[Turn]:
        """Ask for turns."""
        turns = [Turn() for _ in range(count)]
        for turn in turns:
            self.lane.join(method, turn)
        return turns

    def record(self, outcome: Outcome, work: str = "") -> None:
        """End a turn so."""
        self.lane.record(work, outcome, self.clock.monotonic())
        self.lane.leave()


@asynccontextmanager
async def lane(rate: float = 1e6) -> AsyncIterator[Lane]:
    """Return a lane that is watched and has permits."""
    it = Lane(rate)
    async with asyncio.TaskGroup() as tasks:
        watching = tasks.create_task(it.lane.watch())
        await it.clock.pass_time(1)
        yield it
        watching.cancel()


def count_in(turns: list[Turn]) -> int:
    """How many turns were given."""
    return sum(turn.done() and not turn.cancelled() for turn in turns)


async def test_a_halt_lets_nobody_in_until_a_probe_passes() -> None:
    """Then all that waited go, with no one asking again."""
    async with lane() as it:
        it.viber.script_probes(says(2))
        it.ask()
        it.record(HALTED)
        turns = it.ask(3)
        await it.clock.pass_time(1)
        assert count_in(turns) == 0

        await it.clock.pass_time(1)

        assert count_in(turns) == 3
        assert it.told == ["halted", "open"]


async def test_a_new_token_is_probed_at_once() -> None:
    """The wait is cut short; without a halt nothing is probed."""
    async with lane() as it:
        it.lane.token_changed()
        await settle()
        assert it.viber.probes == []

        it.viber.script_probes(*[says(2)] * 3)
        it.ask()
        it.record(HALTED)
        await it.clock.pass_time(4)
        probed = len(it.viber.probes)
        it.lane.token_changed()
        await settle()

        assert len(it.viber.probes) == probed + 1


async def test_failures_in_a_row_shut_the_lane() -> None:
    """As many as the rules say; the probe opens it."""
    async with lane() as it:
        it.ask(2)
        it.record(UNREACHABLE)
        assert it.told == []
        it.record(UNREACHABLE)
        turns = it.ask(2)
        assert (it.told, count_in(turns)) == (["unreachable"], 0)

        await it.clock.pass_time(1)

        assert (it.told, count_in(turns)) == (["unreachable", "open"], 2)


async def test_without_credit_one_goes_at_a_time() -> None:
    """Until one that was refused is accepted: all that were refused are woken."""
    async with lane() as it:
        it.ask(2)
        it.record(POOR, "a")
        it.record(POOR, "b")
        wakers = [it.lane.credit_back("a"), it.lane.credit_back("b")]
        turns = it.ask(3)
        assert count_in(turns) == 1
        it.record(OK, "c")
        assert (count_in(turns), it.lane.is_without_credit) == (2, True)

        it.record(OK, "a")

        assert all(waker.done() for waker in wakers)
        assert (count_in(turns), it.told) == (3, ["without_credit", "open"])


async def test_credit_is_not_short_for_what_is_gone() -> None:
    """Nobody is left to tell that it is back."""
    async with lane() as it:
        it.ask()
        it.record(POOR, "a")
        waker = it.lane.credit_back("a")

        it.lane.forget("a")

        assert (it.lane.is_without_credit, waker.done()) == (False, False)
        assert count_in(it.ask(3)) == 3


@pytest.mark.parametrize("outcome", [THROTTLED, None], ids=["429", "status 12"])
async def test_who_is_too_fast_slows_down(outcome: Outcome | None) -> None:
    """To half of the rate, which rises again."""
    slow = Retry(Answer(200), RetryReason.TOO_MANY_REQUESTS, slow_down=True)
    async with lane(rate=40.0) as it:
        it.ask()
        it.record(outcome or slow)
        assert it.lane.rate == pytest.approx(20)

        await it.clock.pass_time(5)

        assert it.lane.rate == pytest.approx(30, abs=1)


async def test_a_rate_lets_in_no_more_than_it_has_earned() -> None:
    """A burst of a tenth of a second, then one by one; it takes no slot to wait."""
    async with lane(rate=20.0) as it:
        turns = it.ask(SLOTS)
        assert count_in(turns) == 2

        await it.clock.pass_time(0.21)

        assert count_in(turns) == 6


async def test_a_new_rate_holds_at_once() -> None:
    """Also for who waits already, and would have waited for long."""
    async with lane(rate=0.01) as it:
        (turn,) = it.ask()

        it.lane.set_rate(20.0)
        await it.clock.pass_time(0.1)

        assert count_in([turn]) == 1
        assert it.lane.rate == pytest.approx(20)


async def test_a_brake_holds_for_good() -> None:
    """No probe lets go of it."""
    async with lane() as it:
        for _ in range(2):
            it.lane.ended(Reason.ATTEMPTS_EXHAUSTED)
        turns = it.ask(2)
        await it.clock.pass_time(1000)

        assert (count_in(turns), it.told) == (0, ["braked"])
        assert it.viber.probes == []


async def test_the_gravest_hold_is_told_and_once() -> None:
    """Whatever else holds at the same time, and however often it is heard."""
    async with lane() as it:
        it.viber.script_probes(*[says(2)] * 9)
        it.ask(4)
        it.record(POOR, "a")
        it.record(POOR, "b")
        it.record(HALTED)
        it.record(HALTED)
        await it.clock.pass_time(5)

        assert it.told == ["without_credit", "halted"]


async def test_who_gives_a_turn_up_leaves_it_to_others() -> None:
    """Whether it was given already or not."""
    async with lane() as it:
        turns = it.ask(SLOTS + 2)
        it.lane.give_up(turns[-1])
        it.lane.give_up(turns[0])

        assert count_in(turns[1:-1]) == SLOTS
