"""Publishes records: acknowledged by all in-sync replicas, in order, each once.

Per partition at most one batch is on its way; what arrives meanwhile waits and makes
up the next one.  So batches grow by themselves under load, and who waits with a time
limit waits for nothing else.
"""

import asyncio
from collections.abc import Callable, Iterable
from functools import lru_cache, partial
from math import inf
from typing import Self

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError
from aiokafka.partitioner import murmur2

from gateway.adapters.kafka.partition_queue import (
    Observe,
    PartitionQueue,
    unavailable,
)
from gateway.adapters.kafka.producers import Producers
from gateway.adapters.kafka.troubles import Troubles
from gateway.core.errors import KafkaUnavailableError
from gateway.core.record import NewRecord, Place, TopicPartition

PARTITIONS_KNOWN_FOR_SECONDS = 60.0
LINGER_SECONDS = 0.005  # what Kafka's own producers do since 4.0 (KIP-1030)
ASK_SECONDS = 5.0  # for a topic; aiokafka alone would not give up for 40

# How many partitions a topic has, and until when that is believed.
Partitions = tuple[int, float]
UNKNOWN: Partitions = (0, -inf)
LATE_SECONDS = 10.0  # for an acknowledgement; the library alone would ask for ever
NOT_ANSWERED = "no acknowledgement yet, such as for want of in-sync replicas"
NO_ANSWER = "Kafka does not answer in time"
NO_TOPIC = "no such topic, or no right to see it ('topics create' makes it)"


@lru_cache(maxsize=16_384)
def partition_of(key: bytes, partitions: int) -> int:
    """Return the partition of a key, as every Kafka client's default does it."""
    return int(murmur2(key) & 0x7FFF_FFFF) % partitions


class Publisher:
    """Writes records to any topic.

    Resource handling: an `async with` owns the sending tasks; leaving it waits for
    what is on its way, so the caller sets the time limit.

    Args:
        producers: Where to lease a producer.
        observe: Called once per batch.
        max_waiting: Records that may wait at once; further ones are refused.
        on_trouble: Called when publishing to a topic begins to fail, or fails for one
            more reason, with why, and when it works again, with None; not for each
            record.
        linger: Seconds that records which come close together, and which nobody is in a
            hurry for, wait for each other.
        late: Seconds without an answer that are a trouble, too.
    """

    def __init__(
        self,
        producers: Producers,
        observe: Observe,
        max_waiting: int,
        on_trouble: Callable[[str, str | None], None],
        linger: float = LINGER_SECONDS,
        late: float = LATE_SECONDS,
    ) -> None:
        self._producers = producers
        self._observe = observe
        self._max_waiting = max_waiting
        self._on_trouble = on_trouble
        self._linger = linger
        self._late = late
        self._waiting = 0
        self._queues: dict[tuple[str, int], PartitionQueue] = {}
        self._partitions: dict[str, Partitions] = {}
        self._turn = 0
        self._tasks = asyncio.TaskGroup()

    async def __aenter__(self) -> Self:
        self._loop = asyncio.get_running_loop()
        self._troubles = Troubles(self._loop.time, self._on_trouble)
        await self._tasks.__aenter__()
        return self

    async def __aexit__(self, *error: object) -> None:
        await self._tasks.__aexit__(None, None, None)

    @property
    def waiting(self) -> int:
        """How many records wait for their acknowledgement."""
        return self._waiting

    @property
    def is_full(self) -> bool:
        """Whether a further record would be refused."""
        return self._waiting >= self._max_waiting

    def is_silent(self, topics: Iterable[str]) -> bool:
        """Whether Kafka has not answered for long what was written to any of these."""
        return self._troubles.is_silent(topics)

    async def publish(self, record: NewRecord, timeout: float | None = None) -> Place:
        """Write a record; return where it stands, once Kafka has acknowledged it.

        Args:
            record: What to write.
            timeout: Seconds; after it the record is in doubt: it may still appear.
                None: nobody is in a hurry, so it may linger.

        Raises:
            KafkaUnavailableError: Not acknowledged in time, refused, or too many wait.
            RecordTooLargeError: The topic takes no record of this size.
        """
        if self.is_full:
            raise KafkaUnavailableError("too many records wait for Kafka")
        self._waiting += 1
        try:
            place = await self._write(record, timeout)
        except KafkaUnavailableError as error:
            self._troubles.failed(record.topic, str(error))
            raise
        finally:
            self._waiting -= 1
        self._troubles.worked(record.topic)
        return place

    async def _write(self, record: NewRecord, timeout: float | None) -> Place:
        until = None if timeout is None else self._loop.time() + timeout
        if self._loop.time() >= self._partitions.get(record.topic, UNKNOWN)[1]:
            await self._learn(record.topic, until)
        queue = self._queue(record)
        acknowledged = queue.put(record, self._linger if until is None else 0.0)
        offset = await self._acknowledged(acknowledged, until)
        return Place(queue.partition, offset)

    async def _acknowledged(
        self, acknowledged: asyncio.Future[int], until: float | None
    ) -> int:
        """Wait for an acknowledgement; a timer costs a third of `asyncio.timeout`."""
        if until is None:
            return await acknowledged
        timer = self._loop.call_at(until, _give_up, acknowledged)
        try:
            return await acknowledged
        finally:
            timer.cancel()

    async def _learn(self, topic: str, until: float | None) -> None:
        """Ask Kafka how many partitions a topic has, which may not exist.

        Of a missing topic the library asks again and again; what it hears tells that
        Kafka is there.
        """
        last = self._loop.time() + ASK_SECONDS
        until = last if until is None else min(until, last)
        heard: list[object] = []
        try:
            async with asyncio.timeout_at(until), self._producers.lease() as producer:
                number = await _ask_partitions(producer, topic, heard.append)
        except TimeoutError:
            raise KafkaUnavailableError(NO_TOPIC if heard else NO_ANSWER) from None
        until = self._loop.time() + PARTITIONS_KNOWN_FOR_SECONDS
        self._partitions[topic] = (number, until)

    def _queue(self, record: NewRecord) -> PartitionQueue:
        number, _ = self._partitions[record.topic]
        if record.key is None:
            self._turn += 1
            partition = self._turn % number
        else:
            partition = partition_of(record.key, number)
        where = (record.topic, partition)
        if where not in self._queues:
            tell = partial(self._troubles.unanswered, record.topic, NOT_ANSWERED)
            self._queues[where] = PartitionQueue(
                TopicPartition(*where),
                self._producers,
                self._observe,
                self._tasks,
                (self._late, tell),
            )
        return self._queues[where]


def _give_up(acknowledged: asyncio.Future[int]) -> None:
    if not acknowledged.done():
        acknowledged.set_exception(KafkaUnavailableError("no acknowledgement in time"))


async def _ask_partitions(
    producer: AIOKafkaProducer, topic: str, hear: Callable[[object], None]
) -> int:
    """Wait until a topic is known; `hear` each answer of Kafka."""
    cluster = producer.client.cluster
    cluster.add_listener(hear)
    try:
        return len(await producer.partitions_for(topic))
    except KafkaError as error:
        raise unavailable(error) from error
    finally:
        cluster.remove_listener(hear)
