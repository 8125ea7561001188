"""When a bot's commands may go to Viber at all, and how that is found out again.

    CLOSED --TRIP--> OPEN --PROBE--> HALF_OPEN --PASS--> CLOSED
                      ^------FAIL, ABANDON------'

Rule 1: commands go while closed; otherwise only a probe (`get_account_info`) does,
one at a time, after a backoff.  Rule 2: only attempts that began in the present
spell count, so late results neither close nor open it.  Rule 3: the backoff starts
anew only when a command, not a probe, got through.
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
    Rejected,
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
    PASS = "pass"
    FAIL = "fail"
    ABANDON = "abandon"


TRANSITIONS: Mapping[tuple[State, Event], State] = MappingProxyType(
    {
        (State.CLOSED, Event.TRIP): State.OPEN,
        (State.OPEN, Event.PROBE): State.HALF_OPEN,
        (State.HALF_OPEN, Event.PASS): State.CLOSED,
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
        """Return the seconds until a probe is due; None: closed, or one is under way."""
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
            self._fire(Event.PASS)
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
            the bot; an attempt that brings an answer ends the row.
    """

    def __init__(self, failures: int, backoff: Backoff) -> None:
        super().__init__(backoff)
        self._limit = failures
        self._failures = 0

    def record(self, outcome: Outcome, sent_at: float, now: float) -> None:
        """Note what an attempt of a command came to, and when it began."""
        if isinstance(outcome, Throttled) and self._state is State.OPEN:
            self._probe_at = max(self._probe_at, now + (outcome.answer.retry_after or 0))
        if not self._counts(sent_at):
            return
        ...
