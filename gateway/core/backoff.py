"""How long to wait before the next attempt.

Exponential with jitter: before retry n between initial x 2^(n-1) and twice that,
never below the initial nor above the longest wait.  Jitter keeps commands that failed
together from coming back together.  A server's Retry-After is never undercut.
"""

from collections.abc import Callable
from dataclasses import dataclass

LONG_FACTOR = 10
# Beyond this many doublings every sensible wait has reached its longest.
_MAX_DOUBLINGS = 64


@dataclass(frozen=True, slots=True)
class Backoff:
    """The waits between attempts, in seconds.

    Attributes:
        initial: Before the second attempt, at least.
        longest: Between any two, at most; a Retry-After may be longer.
        random: Returns a number from 0 up to 1.
    """

    initial: float
    longest: float
    random: Callable[[], float]

    def delay(self, retry: int, retry_after: float | None = None) -> float:
        """Return the wait before a retry; the first one is 1."""
        high = min(self.longest, self.initial * 2.0 ** min(retry, _MAX_DOUBLINGS))
        low = min(high, max(self.initial, high / 2))
        return max(low + (high - low) * self.random(), retry_after or 0.0)

    @property
    def slow(self) -> "Backoff":
        """The waits of what money or people must mend: up to ten times the longest."""
        return Backoff(self.longest, LONG_FACTOR * self.longest, self.random)
