"""Follows topics without a group: every follower sees all records.

Resource handling: it holds a consumer while, and only while, following is wanted.
Error handling: when Kafka cannot be read it begins anew after a second.
"""

import asyncio
from collections.abc import Callable, Collection

import structlog
from aiokafka import AIOKafkaConsumer
from aiokafka.errors import KafkaError

from gateway.core.record import Record

POLL_MS = 500
RETRY_SECONDS = 1.0

log = structlog.get_logger(__name__)


class Follower:
    """Hands on what is written to topics.

    Args:
        make_reader: Makes a consumer of topics, without a group, not started yet.
        topics: Tells which, each time reading begins.
        take: Takes each record.
        since: Tells from where on, in seconds since 1970, each time reading begins.
        on_reading: Called each time reading has begun.
    """

    def __init__(
        self,
        make_reader: Callable[[Collection[str]], AIOKafkaConsumer],
        topics: Callable[[], Collection[str]],
        take: Callable[[Record], None],
        since: Callable[[], float],
        on_reading: Callable[[], None] = lambda: None,
    ) -> None:
        self._make_reader = make_reader
        self._topics = topics
        self._take = take
        self._since = since
        self._on_reading = on_reading

    async def run(self, wanted: asyncio.Event) -> None:
        """Follow whenever it is wanted; never returns."""
        while True:
            await wanted.wait()
            try:
                await self._follow(wanted)
            except (KafkaError, OSError) as error:
                log.warning("following_interrupted", error=str(error))
                await asyncio.sleep(RETRY_SECONDS)

    async def _follow(self, wanted: asyncio.Event) -> None:
        consumer = self._make_reader(self._topics())
        try:
            await consumer.start()
            await self._seek(consumer)
            self._on_reading()
            while wanted.is_set():
                batches = await consumer.getmany(timeout_ms=POLL_MS)
                for records in batches.values():
                    for record in records:
                        self._take(record)
        finally:
            await consumer.stop()

    async def _seek(self, consumer: AIOKafkaConsumer) -> None:
        """Begin at the first record that is not older than `since`, else at the end."""
        partitions = consumer.assignment()
        # Asked first: what is written from here on is not passed over.
        ends = await consumer.end_offsets(partitions)
        times = dict.fromkeys(partitions, round(self._since() * 1000))
        for partition, found in (await consumer.offsets_for_times(times)).items():
            consumer.seek(partition, found.offset if found else ends[partition])
