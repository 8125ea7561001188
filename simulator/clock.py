"""Time, handed in from outside, so that tests need not wait for it.

The wall clock is what Viber's timestamps, tokens and quotas are made of; timers are
how anything happens later.  Both can be replaced by hands that a test moves.
"""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

NS_PER_MS = 1_000_000


class Clock(Protocol):
    """The wall clock."""

    def now_ms(self) -> int:
        """Return the Unix time in ms."""
        ...


class Timers(Protocol):
    """Lets something happen later."""

    def after(self, seconds: float, action: Callable[[], object]) -> None:
        """Call ``action`` once so many seconds have passed; at once for 0."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Return once so many seconds have passed."""
        ...


@dataclass(slots=True)
class WallClock:
    """The machine's clock, moved by an offset: a test can reach the next hour."""

    offset_ms: int = 0

    def now_ms(self) -> int:
        """Return the Unix time in ms, moved by the offset."""
        return time.time_ns() // NS_PER_MS + self.offset_ms


class LoopTimers:
    """Timers of the running event loop."""

    def after(self, seconds: float, action: Callable[[], object]) -> None:
        """Call ``action`` from the loop after so many seconds; at once for 0."""
        if seconds <= 0:
            action()
        else:
            asyncio.get_running_loop().call_later(seconds, action)

    async def sleep(self, seconds: float) -> None:
        """Wait on the loop."""
        await asyncio.sleep(seconds)
