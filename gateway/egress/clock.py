"""Time for what waits.

Waits and rates run on the monotonic clock, which never jumps; only what stands in
records is told by the wall clock.  Tests pass a clock of their own.
"""

import asyncio
import time
from collections.abc import Callable
from typing import Protocol


class Timer(Protocol):
    """Something that will happen."""

    def cancel(self) -> None:
        """Let it not happen."""


class Clock(Protocol):
    """Tells the time and lets it pass."""

    def monotonic(self) -> float:
        """Seconds from some point in the past."""

    def wall(self) -> float:
        """Seconds since 1970."""

    def call_later(self, seconds: float, callback: Callable[[], object], /) -> Timer:
        """Call back after so many seconds."""

    async def sleep(self, seconds: float) -> None:
        """Return after so many seconds."""


class SystemClock:
    """The machine's own."""

    monotonic = staticmethod(time.monotonic)
    wall = staticmethod(time.time)  # noqa: TID251  here the time comes from
    sleep = staticmethod(asyncio.sleep)

    def call_later(self, seconds: float, callback: Callable[[], object]) -> Timer:
        """Call back from the running loop."""
        return asyncio.get_running_loop().call_later(seconds, callback)


async def wait(clock: Clock, waker: asyncio.Future[None], seconds: float) -> bool:
    """Wait for the waker, at most so many seconds; tell whether it came.

    One that did not come is cancelled.
    """
    if waker.done():
        return True
    timer = clock.call_later(seconds, waker.cancel)
    try:
        await waker
    except asyncio.CancelledError:
        if not waker.cancelled() or _is_cancelled_itself():
            waker.cancel()
            raise
        return False
    finally:
        timer.cancel()
    return True


def _is_cancelled_itself() -> bool:
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
