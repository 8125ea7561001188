"""When a bot's commands may go to Viber at all, and how that is found out again.

    CLOSED --TRIP--> OPEN --PROBE--> HALF_OPEN --SUCCEED--> CLOSED
                      ^------FAIL, ABANDON------'

Rule 1: commands go while closed; otherwise only a probe (`get_account_info`) does,
one at a time, after a backoff.  Rule 2: only attempts that began since it closed
count, so late results neither close nor open it; but a 429 always asks for a wait.
Rule 3: the backoff starts anew only when a command, not a probe, got through.
`Circuit` opens when Viber is out of reach, `Halt` when it refuses the bot itself.
Without `Credit` some commands still pass, so they go one by one.
"""

from abc import ABC, abstractmethod
from collections.abc import Hashable, Mapping
from enum import StrEnum
from types import MappingProxyType

from gateway.core.backoff import Backoff
from gateway.core.outcome import (
    Accepted,
    HaltBot,
    Outcome,
    Retry,
    Throttled,
    WithoutCredit,
)


class State(StrEnum):
    """The metric's label, too."""

    CLOSED = "closed"
    HALF_OPEN = "half_open"
    OPEN = "open"


class Event(StrEnum):
    """What moves a gate from one state to the next."""

    TRIP = "trip"
    PROBE = "probe"
    SUCCEED = "succeed"
    FAIL = "fail"
    ABANDON = "abandon"


TRANSITIONS: Mapping[tuple[State, Event], State] = MappingProxyType(
    {
        (State.CLOSED, Event.TRIP): State.OPEN,
        (State.OPEN, Event.PROBE): State.HALF_OPEN,
        (State.HALF_OPEN, Event.SUCCEED): State.CLOSED,
        (State.HALF_OPEN, Event.FAIL): State.OPEN,
        (State.HALF_OPEN, Event.ABANDON): State.OPEN,
    }
)


class Gate(ABC):
    """What circuit and halt have in common; times are monotonic seconds."""

    def __init__(self, backoff: Backoff) -> None:
        self._backoff = backoff
        self._state = State.CLOSED
        self._closed_at = float("-inf")
        self._probe_at = 0.0
        self._waits = 0

    @property
    def state(self) -> State:
        """Where it stands."""
        return self._state

    @property
    def is_closed(self) -> bool:
        """Commands may go, as far as this gate is concerned."""
        return self._state is State.CLOSED

    def probe_in(self, now: float) -> float | None:
        """Return the seconds until a probe is due; None: none is wanted, or it runs."""
        return max(self._probe_at - now, 0.0) if self._state is State.OPEN else None

    def begin_probe(self, now: float) -> bool:
        """Take the probe on, if one is due; who does must end or abandon it."""
        if self.probe_in(now) != 0:
            return False
        self._fire(Event.PROBE)
        return True

    def end_probe(self, outcome: Outcome, now: float) -> None:
        """Draw the conclusion from a probe's outcome."""
        if self._is_passed_by(outcome):
            self._fire(Event.SUCCEED)
            self._closed_at = now
        else:
            self._fire(Event.FAIL)
            self._wait(now, outcome.answer.retry_after)

    def abandon_probe(self) -> None:
        """Let somebody else probe: this one was cancelled."""
        self._fire(Event.ABANDON)

    @abstractmethod
    def record(self, outcome: Outcome, sent_at: float, now: float) -> None:
        """Note what an attempt of a command came to, and when it began."""

    @abstractmethod
    def _is_passed_by(self, outcome: Outcome) -> bool:
        """Tell whether a probe with this outcome closes the gate."""

    def _counts(self, sent_at: float) -> bool:
        return self.is_closed and sent_at >= self._closed_at

    def _trip(self, now: float, retry_after: float | None) -> None:
        self._fire(Event.TRIP)
        self._wait(now, retry_after)

    def _wait(self, now: float, retry_after: float | None) -> None:
        self._waits += 1
        self._probe_at = now + self._backoff.delay(self._waits, retry_after)

    def _fire(self, event: Event) -> None:
        self._state = TRANSITIONS[self._state, event]

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self._state}, {self._waits} waits>"


class Circuit(Gate):
    """Viber is out of reach: opens after failures in a row, or at once by a 429.

    Args:
        failures: Connection errors, timeouts or 5xx in a row, over all commands of
            the bot; an attempt that brings anything else ends the row.
    """

    def __init__(self, failures: int, backoff: Backoff) -> None:
        super().__init__(backoff)
        self._limit = failures
        self._failures = 0

    def record(self, outcome: Outcome, sent_at: float, now: float) -> None:
        """Note what an attempt of a command came to, and when it began."""
        if isinstance(outcome, Throttled):
            self._throttle(outcome.answer.retry_after, now)
        elif self._counts(sent_at):
            self._count(outcome, now)

    def _throttle(self, retry_after: float | None, now: float) -> None:
        """Hold back, however old the attempt: the wait that Viber asks for is new."""
        if self.is_closed:
            self._failures = 0
            self._trip(now, retry_after)
        elif self._state is State.OPEN:
            self._probe_at = max(self._probe_at, now + (retry_after or 0.0))

    def _count(self, outcome: Outcome, now: float) -> None:
        if not isinstance(outcome, Retry) or not outcome.unreachable:
            self._failures = self._waits = 0
            return
        self._failures += 1
        if self._failures >= self._limit:
            self._failures = 0
            self._trip(now, outcome.answer.retry_after)

    def _is_passed_by(self, outcome: Outcome) -> bool:
        """Viber has answered with a verdict of its own, whichever."""
        return not isinstance(outcome, Retry | Throttled)


class Halt(Gate):
    """Viber refuses the bot itself: its token, its account, or it lacks a webhook."""

    def __init__(self, backoff: Backoff) -> None:
        super().__init__(backoff)
        self._needs_webhook = False
        self._is_hurried = False

    def record(self, outcome: Outcome, sent_at: float, now: float) -> None:
        """Note what an attempt of a command came to, and when it began."""
        if not self._counts(sent_at):
            return
        if isinstance(outcome, HaltBot):
            self._needs_webhook = outcome.needs_webhook
            self._trip(now, None)
        elif isinstance(outcome, Accepted):
            self._waits = 0

    def hurry(self, now: float) -> None:
        """Probe at once, or once more after the probe under way: the token changed."""
        self._probe_at = now
        self._is_hurried = self._state is State.HALF_OPEN

    def end_probe(self, outcome: Outcome, now: float) -> None:
        """Draw the conclusion from a probe's outcome."""
        super().end_probe(outcome, now)
        if self._is_hurried:
            self.hurry(now)

    def _is_passed_by(self, outcome: Outcome) -> bool:
        """Viber knows the bot, and has a webhook of it where it asked for one."""
        data = outcome.answer.data or {}
        has_webhook = bool(data.get("webhook"))
        return isinstance(outcome, Accepted) and (
            has_webhook or not self._needs_webhook
        )


class Credit:
    """Whether the bot can pay for messages outside of a session (status 23, 24).

    While it is short, its commands go one by one: messages in a session still pass.
    It is back once a command that was refused is accepted; short no longer, too, when
    none that was refused is left to tell.
    """

    def __init__(self) -> None:
        self._refused: set[Hashable] = set()

    @property
    def is_short(self) -> bool:
        """Commands go one by one."""
        return bool(self._refused)

    def record(self, command: Hashable, outcome: Outcome) -> bool:
        """Note what an attempt came to; True when credit is back: wake who waits."""
        if isinstance(outcome, WithoutCredit):
            self._refused.add(command)
            return False
        is_back = command in self._refused and isinstance(outcome, Accepted)
        if is_back:
            self._refused.clear()
        return is_back

    def forget(self, command: Hashable) -> None:
        """Drop a command that has ended otherwise, or went to another replica."""
        self._refused.discard(command)

    def __repr__(self) -> str:
        return f"<Credit {len(self._refused)} refused>"
