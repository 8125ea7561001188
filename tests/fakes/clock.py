"""A clock that stands still until a test lets time pass; nobody waits for real.

`pass_time` goes from one thing that was to happen to the next, and lets the tasks run
in between: so an hour takes a moment, and every wait ends exactly when it should.
"""

import asyncio
import heapq
from collections.abc import Callable
from functools import partial
from itertools import count

from tests.fakes.record import NOON
from tests.fakes.settle import settle

BOOTED = 1000.0  # what the monotonic clock says at noon


class Timer:
    """Something that will happen, unless it is cancelled."""

    def __init__(self, callback: Callable[[], object]) -> None:
        self.callback = callback
        self.is_cancelled = False

    def cancel(self) -> None:
        """Let it not happen."""
        self.is_cancelled = True


class FakeClock:
    """Noon of the 1st of March 2026, until time passes."""

    def __init__(self) -> None:
        self.passed = 0.0
        self._timers: list[tuple[float, int, Timer]] = []
        self._number = count()

    def monotonic(self) -> float:
        """Seconds since some point in the past."""
        return BOOTED + self.passed

    def wall(self) -> float:
        """Seconds since 1970."""
        return NOON + self.passed

    def call_later(self, seconds: float, callback: Callable[[], object]) -> Timer:
        """Call back once so much time has passed."""
        timer = Timer(callback)
        when = self.passed + max(seconds, 0.0)
        heapq.heappush(self._timers, (when, next(self._number), timer))
        return timer

    async def sleep(self, seconds: float) -> None:
        """Return once so much time has passed."""
        over: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        timer = self.call_later(seconds, partial(over.set_result, None))
        try:
            await over
        finally:
            timer.cancel()

    async def pass_time(self, seconds: float) -> None:
        """Let so much time pass."""
        end = self.passed + seconds
        await settle()
        while self._timers and self._timers[0][0] <= end:
            await self._next()
        self.passed = end

    async def pass_until(self, is_so: Callable[[], object], most: float = 1e6) -> None:
        """Let time pass until something is so; it must become so in time."""
        end = self.passed + most
        await settle()
        while not is_so():
            assert self._timers, "nothing more will happen"
            assert self._timers[0][0] <= end, "it takes too long"
            await self._next()

    async def _next(self) -> None:
        when, _, timer = heapq.heappop(self._timers)
        if not timer.is_cancelled:
            self.passed = max(self.passed, when)
            timer.callback()
            await settle()
