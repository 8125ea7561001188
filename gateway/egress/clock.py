"""Time for what waits: monotonic seconds, the wall clock, and sleeping.

Waits and rates run on the monotonic clock, which never jumps; only what stands in
records is told by the wall clock.  Tests pass a clock of their own.
"""

import asyncio
import time
from typing import Protocol


class Clock(Protocol):
    """Tells the time and lets it pass."""

    def monotonic(self) -> float:
        """Seconds from some point in the past."""

    def wall(self) -> float:
        """Seconds since 1970."""

    async def sleep(self, seconds: float) -> None:
        """Return after so many seconds."""


class SystemClock:
    """The machine's own."""

    monotonic = staticmethod(time.monotonic)
    wall = staticmethod(time.time)  # noqa: TID251  here the time comes from
    sleep = staticmethod(asyncio.sleep)
