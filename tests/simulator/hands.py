"""Hands for the simulator's parts: a clock, timers and a webhook that a test moves."""

import heapq
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import msgspec

from simulator.callbacks.callback import Reply

# 1 June 2025, 12:00:00 UTC, when the fixtures happen: the start of a clock hour.
START_MS = 1_748_779_200_000


@dataclass(slots=True)
class HandClock:
    """A clock that stands still; its timers fire only when it is moved."""

    now: int = START_MS
    timers: list[tuple[float, int, Callable[[], object]]] = field(default_factory=list)
    numbers: Iterator[int] = field(default_factory=count)
    slept: list[float] = field(default_factory=list)

    def now_ms(self) -> int:
        """Return the time."""
        return self.now

    def after(self, seconds: float, action: Callable[[], object]) -> None:
        """Keep an action until the clock gets there; at once for 0."""
        if seconds <= 0:
            action()
        else:
            due = self.now + seconds * 1000
            heapq.heappush(self.timers, (due, next(self.numbers), action))

    async def sleep(self, seconds: float) -> None:
        """Move the clock, so that nobody waits."""
        self.slept.append(seconds)
        self.advance(seconds)

    def advance(self, seconds: float) -> None:
        """Move the clock on; what falls due on the way happens in its order."""
        end = self.now + round(seconds * 1000)
        while self.timers and self.timers[0][0] <= end:
            due, _, action = heapq.heappop(self.timers)
            self.now = max(self.now, round(due))
            action()
        self.now = end


@dataclass(frozen=True, slots=True)
class Posted:
    """One callback as it arrived."""

    url: str
    raw: bytes
    header: str | None
    query: str | None

    @property
    def body(self) -> dict[str, Any]:
        """The callback."""
        decoded: dict[str, Any] = msgspec.json.decode(self.raw)
        return decoded

    @property
    def event(self) -> str:
        """Its kind."""
        name: str = self.body["event"]
        return name


OK_REPLY = Reply(200)


@dataclass(slots=True)
class HandWebhook:
    """A webhook that answers as it is told: first the ``script``, then ``answer``."""

    posted: list[Posted] = field(default_factory=list)
    answer: Reply = OK_REPLY
    script: list[Reply] = field(default_factory=list)

    async def __call__(
        self, url: str, body: bytes, header: str | None, query: str | None
    ) -> Reply:
        """Take a callback."""
        self.posted.append(Posted(url, body, header, query))
        return self.script.pop(0) if self.script else self.answer

    def take(self) -> list[Posted]:
        """Return what came since the last time."""
        taken, self.posted = self.posted, []
        return taken
