"""Follows topics without a group: every follower sees all records.

Which topics may change while it runs; one that does not exist holds no other, and is
read from when it does.  Nothing is passed over or told twice by such changes, nor by
Kafka being away.
Resource handling: it holds a consumer while, and only while, following is wanted.
Error handling: when Kafka cannot be read it begins anew after a second, and goes on
where it was; troubles are logged when they change.
"""

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.errors import KafkaError

from gateway.core.record import Record
from gateway.log import get_logger

POLL_MS = 100
RETRY_SECONDS = 1.0
MISSING_SECONDS = 5.0  # without which a topic counts as missing

log = get_logger(__name__)


class Follower:
    """Hands on what is written to topics.

    Args:
        make_reader: Makes a consumer of topics, without a group, not started yet.
        topics: Tells which; asked again and again.
        take: Takes each record.
        since: Tells from where on a partition is read first, in seconds since 1970.
        on_reading: Called each time all topics have begun to be read.
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
        self._positions: dict[TopicPartition, int] = {}
        self._trouble = ""

    async def run(self, wanted: asyncio.Event) -> None:
        """Follow whenever it is wanted; never returns."""
        while True:
            await wanted.wait()
            try:
                await self._follow(wanted)
                self._positions.clear()
            except (KafkaError, OSError) as error:
                self._tell(f"{type(error).__name__}: {error}")
                await asyncio.sleep(RETRY_SECONDS)

    async def _follow(self, wanted: asyncio.Event) -> None:
        # Not made with the topics: to start, it would wait for all of them.
        consumer = self._make_reader(())
        try:
            await consumer.start()
            while wanted.is_set():
                await self._read(consumer, set(self._topics()), wanted)
        finally:
            await consumer.stop()

    async def _read(
        self, consumer: AIOKafkaConsumer, topics: set[str], wanted: asyncio.Event
    ) -> None:
        """Read topics for as long as they are the ones."""
        clock = asyncio.get_running_loop().time
        begun, missing = clock(), topics
        placed: frozenset[TopicPartition] | None = None
        consumer.subscribe(topics)
        while wanted.is_set() and topics == set(self._topics()):
            batches = await consumer.getmany(timeout_ms=POLL_MS)
            if consumer.assignment() == placed:
                self._hand_on(batches)
            else:  # what came by now is read again, from the right place
                placed = await self._place(consumer)
                missing = topics - {partition.topic for partition in placed}
                if not missing:
                    self._on_reading()
            self._note(missing, clock() - begun)

    def _hand_on(
        self, batches: Mapping[TopicPartition, Sequence[ConsumerRecord[Any, Any]]]
    ) -> None:
        for partition, records in batches.items():
            for record in records:
                self._take(record)
                self._positions[partition] = record.offset + 1

    async def _place(self, consumer: AIOKafkaConsumer) -> frozenset[TopicPartition]:
        """Go to where each partition is to be read from; return the partitions."""
        placed = frozenset[TopicPartition](consumer.assignment())
        if new := placed - self._positions.keys():
            self._positions |= await self._beginnings(consumer, new)
        for partition in placed:
            consumer.seek(partition, self._positions[partition])
        return placed

    async def _beginnings(
        self, consumer: AIOKafkaConsumer, partitions: frozenset[TopicPartition]
    ) -> Mapping[TopicPartition, int]:
        """Find the first records that are not older than `since`, else the ends."""
        # Asked first: what is written from here on is not passed over.
        ends = await consumer.end_offsets(partitions)
        times = dict.fromkeys(partitions, round(self._since() * 1000))
        found = await consumer.offsets_for_times(times)
        return {p: found[p].offset if found[p] else ends[p] for p in partitions}

    def _note(self, missing: Collection[str], seconds: float) -> None:
        """Take note of which topics are not there, so long after they were wanted."""
        if not missing:
            self._tell("")
        elif seconds >= MISSING_SECONDS:
            names = ", ".join(sorted(missing))
            self._tell(f"no such topic, or no right to read it: {names}")

    def _tell(self, trouble: str) -> None:
        """Log a trouble, or its end, when it is news."""
        if trouble and trouble != self._trouble:
            log.warning("following_interrupted", error=trouble)
        elif self._trouble and not trouble:
            log.info("following_resumed")
        self._trouble = trouble
