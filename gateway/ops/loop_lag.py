"""How much later than asked for the event loop goes on.

What blocks the loop delays every callback and command of the process; a sleep that
comes back late shows it, whatever the cause.
"""

from collections.abc import Awaitable, Callable

LOOK_SECONDS = 0.5


async def watch_loop(
    observe: Callable[[float], None],
    sleep: Callable[[float], Awaitable[None]],
    monotonic: Callable[[], float],
) -> None:
    """Measure every half second; never returns.

    Args:
        observe: Hears of each delay, in seconds.
        sleep: Waits so many seconds.
        monotonic: Seconds of a clock that never goes back.
    """
    while True:
        asked_at = monotonic()
        await sleep(LOOK_SECONDS)
        observe(max(monotonic() - asked_at - LOOK_SECONDS, 0.0))
