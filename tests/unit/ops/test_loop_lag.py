"""How much later than asked for the event loop goes on."""

from collections.abc import Iterator

import pytest

from gateway.ops.loop_lag import watch_loop


class Loop:
    """A loop whose sleeps come back late by what it is told, and then no more."""

    def __init__(self, *late: float) -> None:
        self._late: Iterator[float] = iter(late)
        self.now = 100.0

    async def sleep(self, seconds: float) -> None:
        """Let time pass."""
        self.now += seconds + next(self._late)

    def monotonic(self) -> float:
        """Tell the time."""
        return self.now


async def test_each_delay_is_measured() -> None:
    """Also none at all; a clock that runs behind makes it 0 and never less."""
    found: list[float] = []
    loop = Loop(0.0, 0.25, -0.001)

    with pytest.raises(RuntimeError, match="StopIteration"):
        await watch_loop(found.append, loop.sleep, loop.monotonic)

    assert found == [0.0, 0.25, 0.0]
