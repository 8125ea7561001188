"""Waiting for a public URL."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

from gateway.cli.reachable import (
    LOOK_AGAIN_SECONDS,
    NotReachableError,
    wait_until_reachable,
)
from gateway.core.answer import FailureKind, Reply, TransportFailure
from gateway.egress.clock import SystemClock

URL = "https://gw.example/webhooks/shop"
AWAY = TransportFailure(FailureKind.NAME, "no such host")
READY = Reply(200, b"")


@dataclass(slots=True)
class Site:
    """Answers one after another, the last one again and again; time passes by sleep."""

    answers: Sequence[Reply | TransportFailure]
    now: float = 0.0
    asked: list[str] = field(default_factory=list)

    async def rehearse(self, url: str) -> Reply | TransportFailure:
        """Give the next answer."""
        self.asked.append(url)
        return self.answers[min(len(self.asked), len(self.answers)) - 1]

    def monotonic(self) -> float:
        """Tell the time."""
        return self.now

    async def sleep(self, seconds: float) -> None:
        """Let time pass."""
        self.now += seconds

    wall = SystemClock.wall
    call_later = SystemClock.call_later


async def test_it_is_asked_until_it_answers_200() -> None:
    """Nothing else will do: Viber takes nothing else."""
    site = Site([AWAY, Reply(503, b""), Reply(204, b""), READY])

    await wait_until_reachable(URL, site.rehearse, 60, site)

    assert site.asked == [URL] * 4
    assert site.now == 3 * LOOK_AGAIN_SECONDS


@pytest.mark.parametrize(
    ("answer", "reason"),
    [(AWAY, "host's name cannot be found"), (Reply(404, b""), "the URL answers 404")],
)
async def test_the_limit_ends_it_with_the_last_reason(
    answer: Reply | TransportFailure, reason: str
) -> None:
    """The operator learns what to look at."""
    site = Site([answer])

    with pytest.raises(NotReachableError, match=f"not ready after 10 s: .*{reason}"):
        await wait_until_reachable(URL, site.rehearse, 10, site)

    assert site.now == 10


async def test_no_time_to_wait_still_asks_once() -> None:
    """A limit of 0 is a check."""
    site = Site([READY])

    await wait_until_reachable(URL, site.rehearse, 0, site)

    assert site.asked == [URL]
