"""A bot's permits on this replica: its share of the rate, and of the broadcasts.

The rate is the adaptive limit's, so it falls and rises; the share follows from the
partitions that this replica owns.  A broadcast takes two permits, one of each kind.
"""

from gateway.core.rate import AdaptiveLimit, TokenBucket, broadcast_pace, pace, share


class Allowance:
    """The permits of one bot; empty until `set_share`.

    Args:
        rate: The bot's calls per second, over all replicas.
        now: Seconds, of any clock that does not jump.
    """

    def __init__(self, rate: float, now: float) -> None:
        self._limit = AdaptiveLimit(rate, now)
        self.set_share(0, 0, now)

    def set_share(self, owned: int, total: int, now: float) -> None:
        """Begin anew, with empty buckets, as owner of so many of all partitions."""
        self._share = share(1.0, owned, total)
        self._rate = self._limit.rate(now)
        self._calls = TokenBucket(pace(self._rate * self._share), now)
        self._broadcasts = TokenBucket(broadcast_pace(owned, total), now)
        self._has_broadcast = False  # taken, while the call's own permit is awaited

    def take(self, now: float) -> float:
        """Take a permit and return 0, or take none and return the seconds until one."""
        rate = self._limit.rate(now)
        if rate != self._rate:
            self._rate = rate
            self._calls.set_pace(now, pace(rate * self._share))
        return self._calls.take(now)

    def take_broadcast(self, now: float) -> float:
        """Take both permits of a broadcast and return 0, or return the seconds."""
        if not self._has_broadcast:
            seconds = self._broadcasts.take(now)
            if seconds:
                return seconds
            self._has_broadcast = True
        seconds = self.take(now)
        self._has_broadcast = seconds > 0
        return seconds

    @property
    def permits(self) -> float:
        """How many permits this replica had left when it was last asked."""
        return self._calls.permits

    def slow_down(self, now: float) -> None:
        """Halve the rate: Viber finds this bot too fast."""
        self._limit.slow_down(now)

    def set_rate(self, rate: float, now: float) -> None:
        """Change the bot's calls per second, over all replicas."""
        self._limit.set_setting(now, rate)

    def rate(self, now: float) -> float:
        """Return the bot's present rate, over all replicas."""
        return self._limit.rate(now)
