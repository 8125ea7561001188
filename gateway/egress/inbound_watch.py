"""Wakes parked commands when their user writes.

The inbound topic tells who has written.  It is read while, and only while, something
is parked, beginning a little before: what the user wrote meanwhile counts too.
"""

from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Protocol

import structlog

from gateway.core.errors import KafkaUnavailableError
from gateway.core.event import TYPE_PREFIX
from gateway.core.record import Record
from gateway.egress.clock import Clock
from gateway.egress.parking import Parking

BEFORE_SECONDS = 15.0  # longer than an attempt takes
POLL_SECONDS = 0.5
RETRY_SECONDS = 1.0
MESSAGE = (TYPE_PREFIX + "message").encode()

log = structlog.get_logger(__name__)


class Follow(Protocol):
    """Reads a topic from some point in time on."""

    async def poll(self, seconds: float, /) -> Sequence[Record]:
        """Wait for records, at most so long."""


class InboundWatch:
    """Follows the inbound topic while something is parked.

    Args:
        open_topic: Begins to read it, from so many seconds since 1970 on.
        parking: What is to be woken.
        clock: Tells the time.
    """

    def __init__(
        self,
        open_topic: Callable[[float], AbstractAsyncContextManager[Follow]],
        parking: Parking,
        clock: Clock,
    ) -> None:
        self._open_topic = open_topic
        self._parking = parking
        self._clock = clock

    async def run(self) -> None:
        """Watch; never returns."""
        while True:
            await self._parking.is_occupied.wait()
            try:
                await self._follow()
            except KafkaUnavailableError as error:
                log.warning("inbound_watch_interrupted", error=str(error))
                await self._clock.sleep(RETRY_SECONDS)

    async def _follow(self) -> None:
        since = self._clock.wall() - BEFORE_SECONDS
        async with self._open_topic(since) as topic:
            while self._parking.is_occupied.is_set():
                for record in await topic.poll(POLL_SECONDS):
                    self._look_at(record)

    def _look_at(self, record: Record) -> None:
        headers = dict(record.headers)
        if headers.get("ce_type") == MESSAGE and record.key is not None:
            bot = headers.get("ce_bot", b"").decode(errors="replace")
            self._parking.wake(bot, record.key.decode(errors="replace"))
