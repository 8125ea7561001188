"""Brings one command to its end: calls Viber, again if need be, and tells the ending.

Every wait happens outside the in-flight slots, and while the command holds its
ordering key: so order is kept, and others lose nothing.  The first attempt is made
without tenacity, which would cost as much as the rest; it drives the attempts after a
failure (ADR 0008).
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from math import inf
from typing import Protocol, assert_never, cast

from tenacity import AsyncRetrying, RetryCallState, retry_if_result

from gateway.core.answer import Answer, Reply, TransportFailure
from gateway.core.backoff import Backoff
from gateway.core.command import Command
from gateway.core.errors import Reason
from gateway.core.outcome import (
    Accepted,
    FirstMessageRace,
    HaltBot,
    Outcome,
    ParkReceiver,
    Rejected,
    Retry,
    Throttled,
    WithoutCredit,
    classify,
)
from gateway.core.result import Ending, ResultOutcome
from gateway.egress.activity import Activity, Wait
from gateway.egress.bot_lane import BotLane
from gateway.egress.clock import Clock, wait
from gateway.egress.parking import Parking
from gateway.egress.turnstile import Turn
from gateway.egress.work import ExpiredError, Work, expiry

RACE_SECONDS = 1.0

Settled = Accepted | Rejected | Retry


class Call(Protocol):
    """Makes one attempt; whatever the network or Viber does comes back as a value."""

    async def __call__(self, command: Command, /) -> Reply | TransportFailure:
        """Call Viber's API once."""


class Observe(Protocol):
    """Hears of every attempt: what it came to, and how long its turn was awaited."""

    def __call__(self, command: Command, outcome: Outcome, waited: float, /) -> None:
        """Take note of one attempt."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a command is tried.

    Attributes:
        max_attempts: Attempts that may fail before it becomes a dead letter.
        max_age_seconds: Age at which it expires, where it does not say itself.
        backoff: The waits between attempts.
    """

    max_attempts: int
    max_age_seconds: float
    backoff: Backoff


class Sender:
    """Sends commands.

    Args:
        call: Makes one attempt.
        lane_of: Tells the lane of a bot.
        parking: Where commands wait for their user.
        patience: How long a command is tried.
        clock: Tells the time and lets it pass.
        observe: Hears of every attempt.
    """

    def __init__(
        self,
        call: Call,
        lane_of: Callable[[str], BotLane],
        parking: Parking,
        patience: Patience,
        clock: Clock,
        observe: Observe,
    ) -> None:
        self._call = call
        self._lane_of = lane_of
        self._parking = parking
        self._patience = patience
        self._clock = clock
        self._observe = observe

    def admit(self, command: Command, activity: Activity) -> None:
        """Let a command begin: with its turn, or now if it has no use for one yet."""
        now = self._clock.wall()
        activity.expires_at = expiry(command, self._patience.max_age_seconds)
        if activity.expires_at <= now or (command.not_before or 0.0) > now:
            activity.begin()
            return
        activity.asked_at = self._clock.monotonic()
        activity.lane = lane = self._lane_of(command.bot)
        lane.join(command.method, activity)

    async def send(self, command: Command, activity: Activity) -> Ending:
        """Bring a command to its end; tell what became of it."""
        lane = self._lane_of(command.bot)
        work = Work(command, activity, lane)
        try:
            await self._hold(work)
            outcome = await self._attempt(work)
            if isinstance(outcome, Retry):
                outcome = await self._try_again(work, outcome)
        except ExpiredError:
            return self._ending(work, None)
        finally:
            lane.forget(work)
        return self._ending(work, outcome)

    async def _hold(self, work: Work) -> None:
        """Wait until the command may be sent at all."""
        seconds = (work.command.not_before or 0.0) - self._clock.wall()
        if seconds > 0 and not work.activity.has_turn:
            await self._pause(work, seconds, Wait.NOT_BEFORE)
        self._check_time(work)

    async def _try_again(self, work: Work, failure: Retry) -> Settled:
        """Repeat a failed attempt, until it succeeds or may not be repeated."""
        if self._is_last(work, failure):
            return failure
        pause = partial(self._pause, work, reason=Wait.BACKOFF)
        await pause(self._backoff(work, failure))
        retrying = AsyncRetrying(
            sleep=pause,
            wait=lambda state: self._backoff(work, _result(state)),
            stop=lambda state: self._is_last(work, _result(state)),
            retry=retry_if_result(lambda outcome: isinstance(outcome, Retry)),
            retry_error_callback=_result,
        )
        settled: Settled = await retrying(self._attempt, work)
        return settled

    async def _attempt(self, work: Work) -> Settled:
        """Make one attempt that counts; what uses up none is waited out here."""
        while True:
            outcome = await self._call_once(work)
            match outcome:
                case Accepted() | Rejected() | Retry():
                    work.attempts += 1
                    return outcome
                case FirstMessageRace():
                    work.attempts += 1
                    if work.has_raced:
                        return outcome.rejection
                    work.has_raced = True
                    await self._pause(work, RACE_SECONDS, Wait.BACKOFF)
                case ParkReceiver():
                    hour = self._parking.seconds_to_next_hour()
                    waker = self._parking.park(work.command)
                    await self._wait(work, waker, hour, Wait.PARKED)
                case WithoutCredit():
                    work.refusals += 1
                    seconds = self._patience.backoff.slow.delay(work.refusals)
                    waker = work.lane.credit_back(work)
                    await self._wait(work, waker, seconds, Wait.CREDIT)
                case HaltBot() | Throttled():
                    pass  # the lane is shut now: the next turn waits
                case _:
                    assert_never(outcome)

    async def _call_once(self, work: Work) -> Outcome:
        """Wait for a turn, and call Viber."""
        command, lane = work.command, work.lane
        asked_at = await self._take_turn(work)
        try:
            sent_at = self._clock.monotonic()
            work.sent(self._clock.wall())
            reply = await self._call(command)
            has_receiver = command.receiver is not None
            outcome = classify(command.method, reply, has_receiver=has_receiver)
            work.last_answer = outcome.answer
            lane.record(work, outcome, sent_at)
        finally:
            lane.leave()
        self._observe(command, outcome, sent_at - asked_at)
        return outcome

    async def _take_turn(self, work: Work) -> float:
        """Have a turn; return since when it was waited for (monotonic).

        One that came to a process that then stood still is void.
        """
        lane, activity = work.lane, work.activity
        had_turn = activity.use_turn()
        asked_at = activity.asked_at if had_turn else self._clock.monotonic()
        if not had_turn:
            await self._wait_for_turn(work)
        while not lane.may_start():
            lane.leave()
            await self._wait_for_turn(work)
        return asked_at

    async def _wait_for_turn(self, work: Work) -> None:
        turn = Turn()
        work.lane.join(work.command.method, turn)
        try:
            await self._wait(work, turn, inf, Wait.TURN)
        except (ExpiredError, asyncio.CancelledError):
            work.lane.give_up(turn)
            raise

    def _is_last(self, work: Work, failure: Retry) -> bool:
        most = self._patience.max_attempts
        return work.attempts >= min(failure.limit or most, most)

    def _backoff(self, work: Work, failure: Retry) -> float:
        return self._patience.backoff.delay(work.attempts, failure.answer.retry_after)

    async def _pause(self, work: Work, seconds: float, reason: Wait) -> None:
        never: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        await self._wait(work, never, seconds, reason)

    async def _wait(
        self, work: Work, waker: asyncio.Future[None], seconds: float, reason: Wait
    ) -> None:
        """Wait for the waker, or so many seconds, but not beyond the command's time."""
        if not waker.done():
            now = self._clock.wall()
            left = max(work.activity.expires_at - now, 0.0)
            until = now + seconds if seconds < inf else None
            with work.activity.waiting(reason, until):
                is_there = await wait(self._clock, waker, min(seconds, left))
            # Not by the wall clock alone: it may be a moment behind the timer.
            if not is_there and left <= seconds:
                raise ExpiredError
        self._check_time(work)

    def _check_time(self, work: Work) -> None:
        if self._clock.wall() >= work.activity.expires_at:
            raise ExpiredError

    def _ending(self, work: Work, outcome: Settled | None) -> Ending:
        """Say how it ended; None: its time was over before that was known."""
        result, reason, answer = _verdict(outcome)
        return Ending(
            outcome=result,
            finished_at=self._clock.wall(),
            reason=reason,
            error="" if reason is None else _explain(reason, answer),
            answer=answer,
            attempts=work.attempts,
            first_attempt_at=work.first_attempt_at,
            last_attempt_at=work.last_attempt_at,
        )


def _verdict(
    outcome: Settled | None,
) -> tuple[ResultOutcome, Reason | None, Answer]:
    match outcome:
        case None:
            return ResultOutcome.EXPIRED, Reason.EXPIRED, Answer()
        case Accepted(answer):
            return ResultOutcome.ACCEPTED, None, answer
        case Rejected(answer, reason):
            return ResultOutcome.REJECTED, reason, answer
        case Retry(answer, limit=None):
            return ResultOutcome.FAILED, Reason.ATTEMPTS_EXHAUSTED, answer
        case Retry(answer):
            return ResultOutcome.REJECTED, Reason.BROADCAST_REFUSED, answer
        case _:
            assert_never(outcome)


def _explain(reason: Reason, answer: Answer) -> str:
    return "its time was over" if reason is Reason.EXPIRED else str(answer)


def _result(state: RetryCallState) -> Retry:
    """Return what the last attempt came to; tenacity asks only after a Retry."""
    if state.outcome is None:
        raise RuntimeError("tenacity asks before an attempt")
    return cast("Retry", state.outcome.result())
