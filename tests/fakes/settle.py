"""Lets tasks go on until all of them wait for something outside.

A few turns of the loop would do for most tests, but a chain of a hundred commands
takes more.  So the loop is asked whether anything is left to do: CPython's own has no
public way to tell.
"""

import asyncio
from typing import Any

MOST_TURNS = 100_000  # whoever never waits is an endless loop


async def settle() -> None:
    """Return once nothing can go on by itself."""
    loop: Any = asyncio.get_running_loop()
    for _ in range(MOST_TURNS):
        await asyncio.sleep(0)
        if not loop._ready:  # noqa: SLF001  see above
            return
    raise AssertionError("some task never waits")
