"""Brings one command to its end: calls Viber, again if need be, and tells the ending.

Every wait happens outside the in-flight slots, and while the command holds its
ordering key: so order is kept, and others lose nothing.  The first attempt is made
without tenacity, which would cost as much as the rest; it drives the attempts after a
failure (ADR 0008).
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Protocol, assert_never, cast

from tenacity import AsyncRetrying, RetryCallState, retry_if_result

from gateway.core.answer import Answer, Reply, TransportFailure
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
from gateway.egress.activity import Activity
from gateway.egress.clock import Clock

RACE_SECONDS = 1.0

Settled = Accepted | Rejected | Retry


class Call(Protocol):
    """Makes one attempt; whatever the network or Viber does comes back as a value."""

    async def __call__(self, command: Command, /) -> Reply | TransportFailure:
        """Call Viber's API once."""


class Slots(Protocol):
    """Bounds the attempts under way, over all bots."""

    async def acquire(self) -> object:
        """Wait for a slot."""

    def release(self) -> None:
        """Give a slot back."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a command is tried.

    Attributes:
        max_attempts: Attempts that may fail before it becomes a dead letter.
        max_age_seconds: Age at which it expires, where it does not say itself.
        backoff: Seconds before attempt n + 1, given n and the reply's `Retry-After`.
    """

    max_attempts: int
    max_age_seconds: float
    backoff: Callable[[int, float | None], float]


class ExpiredError(Exception):
    """The command's time is over; it is not sent any more."""


class Work:
    """One command on its way: what was tried so far."""

    __slots__ = (
        "activity",
        "attempts",
        "command",
        "expires_at",
        "first_attempt_at",
        "has_raced",
        "last_attempt_at",
    )

    def __init__(
        self, command: Command, activity: Activity, max_age_seconds: float
    ) -> None:
        self.command = command
        self.activity = activity
        self.attempts = 0
        self.has_raced = False
        self.first_attempt_at: float | None = None
        self.last_attempt_at: float | None = None
        born = max(command.record.timestamp / 1000, command.not_before or 0.0)
        self.expires_at = command.expires_at or born + max_age_seconds

    def tried(self, now: float) -> None:
        """Count an attempt that could use up the allowance."""
        self.attempts += 1
        self.first_attempt_at = self.first_attempt_at or now
        self.last_attempt_at = now


class Sender:
    """Delivers commands.

    Args:
        call: Makes one attempt.
        slots: Bounds the attempts under way.
        patience: How long a command is tried.
        clock: Tells the time and lets it pass.
        observe: Hears of every attempt.
    """

    def __init__(
        self,
        call: Call,
        slots: Slots,
        patience: Patience,
        clock: Clock,
        observe: Callable[[Command, Outcome, int], None],
    ) -> None:
        self._call = call
        self._slots = slots
        self._patience = patience
        self._clock = clock
        self._observe = observe

    async def send(self, command: Command, activity: Activity) -> Ending:
        """Bring a command to its end; tell what became of it."""
        work = Work(command, activity, self._patience.max_age_seconds)
        try:
            await self._sleep(work, (command.not_before or 0) - self._clock.wall())
            outcome = await self._attempt(work)
            if isinstance(outcome, Retry):
                outcome = await self._try_again(work, outcome)
        except ExpiredError:
            return self._ending(work, None)
        return self._ending(work, outcome)

    async def _try_again(self, work: Work, failure: Retry) -> Settled:
        """Repeat a failed attempt, until it succeeds or may not be repeated."""
        if self._is_last(work, failure):
            return failure
        await self._sleep(work, self._backoff(work, failure))
        retrying = AsyncRetrying(
            sleep=partial(self._sleep, work),
            wait=lambda state: self._backoff(work, _result(state)),
            stop=lambda state: self._is_last(work, _result(state)),
            retry=retry_if_result(lambda outcome: isinstance(outcome, Retry)),
            retry_error_callback=_result,
        )
        settled: Settled = await retrying(self._attempt, work)
        return settled

    async def _attempt(self, work: Work) -> Settled:
        """Make one attempt; a first-message race is run again at once."""
        while True:
            with work.activity.waiting():
                await self._slots.acquire()
            try:
                self._check_time(work)
                reply = await self._call(work.command)
            finally:
                self._slots.release()
            work.tried(self._clock.wall())
            outcome = classify(
                work.command.method,
                reply,
                has_receiver=work.command.receiver is not None,
            )
            self._observe(work.command, outcome, work.attempts)
            if isinstance(outcome, FirstMessageRace) and not work.has_raced:
                work.has_raced = True
                await self._sleep(work, RACE_SECONDS)
                continue
            return _settle(outcome)

    def _is_last(self, work: Work, failure: Retry) -> bool:
        limit = min(
            failure.limit or self._patience.max_attempts, self._patience.max_attempts
        )
        return work.attempts >= limit

    def _backoff(self, work: Work, failure: Retry) -> float:
        return self._patience.backoff(work.attempts, failure.answer.retry_after)

    async def _sleep(self, work: Work, seconds: float) -> None:
        """Wait, but not beyond the command's time."""
        left = work.expires_at - self._clock.wall()
        if seconds > 0:
            with work.activity.waiting():
                await self._clock.sleep(min(seconds, max(left, 0)))
        self._check_time(work)

    def _check_time(self, work: Work) -> None:
        if self._clock.wall() >= work.expires_at:
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


def _settle(outcome: Outcome) -> Settled:
    """Tell what an attempt means for the command."""
    match outcome:
        case Accepted() | Rejected() | Retry():
            return outcome
        case FirstMessageRace():
            return outcome.rejection
        case ParkReceiver() | HaltBot() | WithoutCredit() | Throttled():
            return Retry(outcome.answer, outcome.reason)
        case _:
            assert_never(outcome)


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
