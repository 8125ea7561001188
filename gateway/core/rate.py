"""How fast a bot may send, without a store that replicas share.

Every replica knows which part of the outbound topic's partitions it owns, and takes
that part of the bot's rate: the parts add up to the whole, however many replicas.
Rule: over any window the permits of all replicas are at most rate x window plus the
sum of the bursts, for any assignment.  So buckets start empty, and a clock that
jumps ahead gives no more than a burst.
Sources: developers.viber.com, "Broadcast": 500 requests in 10 seconds; the rate of
other calls is not published, a 429 or a status 12 tells when it is too high.
"""

from math import inf
from typing import NamedTuple

BURST_SECONDS = 0.1
BROADCASTS = 500
BROADCAST_WINDOW_SECONDS = 10.0
RECOVERY_SECONDS = 20.0  # from nothing to the setting: a twentieth of it every second
HALVING_INTERVAL_SECONDS = 1.0
LOWEST_RATE = 1.0
# The clock must move between two tries, or a rounding error would be a busy loop.
SHORTEST_WAIT = 1e-6


class Pace(NamedTuple):
    """Permits per second, and how many may be taken at once after a pause."""

    rate: float
    burst: float


def share(rate: float, owned: int, total: int) -> float:
    """Return a replica's part of a bot's rate, by partitions of the outbound topic."""
    return rate * owned / total if total else 0.0


def pace(rate: float) -> Pace:
    """Return the pace of a replica's share of a rate."""
    return Pace(rate, max(1.0, rate * BURST_SECONDS))


def broadcast_pace(owned: int, total: int) -> Pace:
    """Return the pace of a replica's share of broadcasts.

    Burst and refill together stay within the share of Viber's limit.  A share of
    less than two requests a window (more than 250 replicas) is not kept exactly:
    half of it is refilled, so that nobody waits for ever.
    """
    permits = share(BROADCASTS, owned, total)
    burst = pace(permits / BROADCAST_WINDOW_SECONDS).burst
    return Pace(max(permits - burst, permits / 2) / BROADCAST_WINDOW_SECONDS, burst)


class TokenBucket:
    """Permits that trickle in; empty at first.  `now` is in seconds, of any clock."""

    def __init__(self, pace: Pace, now: float) -> None:
        self._pace = pace
        self._permits = 0.0
        self._updated = now

    def take(self, now: float) -> float:
        """Take a permit and return 0, or take none and return the seconds until one."""
        self._refill(now)
        if self._permits >= 1:
            self._permits -= 1
            return 0.0
        if not self._pace.rate:
            return inf
        return max((1 - self._permits) / self._pace.rate, SHORTEST_WAIT)

    @property
    def permits(self) -> float:
        """How many were left when it was last looked at."""
        return self._permits

    def set_pace(self, now: float, pace: Pace) -> None:
        """Change the pace from now on; what was earned stays, up to the new burst."""
        self._refill(now)
        self._pace = pace
        self._permits = min(self._permits, pace.burst)

    def _refill(self, now: float) -> None:
        """Add what the time since the last call has earned.

        A clock that jumps back earns nothing, and earns on from there.
        """
        earned = max(now - self._updated, 0.0) * self._pace.rate
        self._permits = min(self._permits + earned, self._pace.burst)
        self._updated = now

    def __repr__(self) -> str:
        return (
            f"<TokenBucket {self._permits:.2f} of {self._pace.burst:g} permits, "
            f"{self._pace.rate:g}/s>"
        )


class AdaptiveLimit:
    """A bot's rate: halved when Viber finds it too fast, then rising to its setting.

    Additive increase, multiplicative decrease, as in RFC 5681 3.1.
    """

    def __init__(self, setting: float, now: float) -> None:
        self._setting = self._rate = setting
        self._updated = now
        self._halved = -inf

    def rate(self, now: float) -> float:
        """Return the permits per second of the whole bot at this moment."""
        passed = max(now - self._updated, 0.0)
        risen = self._rate + passed * self._setting / RECOVERY_SECONDS
        self._rate = min(risen, self._setting)
        self._updated = now
        return self._rate

    def slow_down(self, now: float) -> None:
        """Halve the rate after a 429, or a status 12 that no single user caused.

        What was under way meanwhile brings the same complaint: it halves once.
        """
        if 0 <= now - self._halved < HALVING_INTERVAL_SECONDS:
            return
        lowest = min(LOWEST_RATE, self._setting)
        self._rate = max(self.rate(now) / 2, lowest)
        self._halved = now

    def set_setting(self, now: float, setting: float) -> None:
        """Change the setting; a rate below it keeps rising to the new one."""
        is_full = self.rate(now) == self._setting
        self._rate = setting if is_full else min(self._rate, setting)
        self._setting = setting

    def __repr__(self) -> str:
        return f"<AdaptiveLimit {self._rate:g} of {self._setting:g}/s>"
