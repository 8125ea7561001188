"""Publishes records: acknowledged by all in-sync replicas, in order, each once.

Per partition at most one batch is on its way; what arrives meanwhile waits and makes
up the next one.  So batches grow by themselves under load, and who waits with a time
limit waits for nothing else.  A batch that fails fails every record in it and no other.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from functools import lru_cache
from math import inf
from typing import Protocol, Self

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError, MessageSizeTooLargeError
from aiokafka.partitioner import murmur2
from aiokafka.producer.message_accumulator import BatchBuilder

from gateway.adapters.kafka.producers import Producers
from gateway.adapters.kafka.troubles import Troubles
from gateway.core.errors import (
    KafkaUnavailableError,
    PublishError,
    RecordTooLargeError,
)
from gateway.core.record import NewRecord, Place

PARTITIONS_KNOWN_FOR_SECONDS = 60.0
LINGER_SECONDS = 0.005  # what Kafka's own producers do since 4.0 (KIP-1030)
ASK_SECONDS = 5.0  # for a topic; aiokafka alone would not give up for 40


class Observe(Protocol):
    """Hears how a batch went: seconds until Kafka answered, or the error's name."""

    def __call__(
        self, topic: str, records: int, seconds: float, error: str | None
    ) -> None:
        """Take note of one batch."""


Pending = tuple[NewRecord, asyncio.Future[int]]


# How many partitions a topic has, and until when that is believed.
Partitions = tuple[int, float]
UNKNOWN: Partitions = (0, -inf)
NOT_TOLD = "Kafka does not tell of the topic in time"


@lru_cache(maxsize=65_536)
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
        on_trouble: Called when publishing to a topic begins to fail, with why, and
            when it works again, with None; not for each record.
        linger: Seconds that a record waits for company if nobody is in a hurry for it.
    """

    def __init__(
        self,
        producers: Producers,
        observe: Observe,
        max_waiting: int,
        on_trouble: Callable[[str, str | None], None],
        linger: float = LINGER_SECONDS,
    ) -> None:
        self._producers = producers
        self._observe = observe
        self._max_waiting = max_waiting
        self._on_trouble = on_trouble
        self._linger = linger
        self._waiting = 0
        self._lanes: dict[tuple[str, int], _Lane] = {}
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

    async def publish(self, record: NewRecord, timeout: float | None = None) -> Place:
        """Write a record; return where it stands, once Kafka has acknowledged it.

        Args:
            record: What to write.
            timeout: Seconds; after it the record is in doubt: it may still appear.
                None: nobody is in a hurry, so it lingers.

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
        lane = self._lane(record)
        acknowledged = lane.put(record, self._linger if until is None else 0.0)
        offset = await self._acknowledged(acknowledged, until)
        return Place(lane.partition, offset)

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
        """Ask Kafka how many partitions a topic has, which may not exist."""
        last = self._loop.time() + ASK_SECONDS
        until = last if until is None else min(until, last)
        try:
            async with asyncio.timeout_at(until), self._producers.lease() as producer:
                number = await _ask_partitions(producer, topic)
        except TimeoutError:
            raise KafkaUnavailableError(NOT_TOLD) from None
        until = self._loop.time() + PARTITIONS_KNOWN_FOR_SECONDS
        self._partitions[topic] = (number, until)

    def _lane(self, record: NewRecord) -> "_Lane":
        number, _ = self._partitions[record.topic]
        if record.key is None:
            self._turn += 1
            partition = self._turn % number
        else:
            partition = partition_of(record.key, number)
        place = (record.topic, partition)
        if place not in self._lanes:
            self._lanes[place] = _Lane(
                place, self._producers, self._observe, self._tasks
            )
        return self._lanes[place]


class _Lane:
    """The way to one partition: one batch at a time."""

    def __init__(
        self,
        place: tuple[str, int],
        producers: Producers,
        observe: Observe,
        tasks: asyncio.TaskGroup,
    ) -> None:
        self._topic, self.partition = place
        self._producers = producers
        self._observe = observe
        self._tasks = tasks
        self._loop = asyncio.get_running_loop()
        self._pending: deque[Pending] = deque()
        self._alone = 0  # so many records go one by one: their batch was too large
        self._is_sending = False
        self._linger = 0.0

    def put(self, record: NewRecord, linger: float) -> asyncio.Future[int]:
        """Queue a record; the future ends with its offset, once acknowledged.

        Who gives up cancels the future; the record is then left out, unless it is on
        its way already.
        """
        while self._pending and self._pending[0][1].done():
            self._pending.popleft()
        acknowledged = self._loop.create_future()
        self._pending.append((record, acknowledged))
        self._linger = linger
        if not self._is_sending:
            self._is_sending = True
            self._tasks.create_task(self._send_all())
        return acknowledged

    async def _send_all(self) -> None:
        try:
            while self._pending:
                if self._linger:
                    await asyncio.sleep(self._linger)
                async with self._producers.lease() as producer:
                    await self._send_batch(producer)
        finally:
            self._is_sending = False

    async def _send_batch(self, producer: AIOKafkaProducer) -> None:
        builder = producer.create_batch()
        batch = self._fill(builder)
        if not batch:
            return
        started = self._loop.time()
        error: KafkaError | None = None
        try:
            future = await producer.send_batch(
                builder, self._topic, partition=self.partition
            )
            _acknowledge(batch, (await future).offset)
        except KafkaError as refusal:
            error = refusal
            self._producers.retire(producer)
            self._refuse(batch, refusal)
        self._observe(
            self._topic,
            len(batch),
            self._loop.time() - started,
            type(error).__name__ if error else None,
        )

    def _fill(self, builder: BatchBuilder) -> list[Pending]:
        """Move what fits from the queue into the batch."""
        batch: list[Pending] = []
        most = 1 if self._alone else len(self._pending)
        while self._pending and len(batch) < most:
            record, acknowledged = self._pending[0]
            if not acknowledged.done():
                if not _append(builder, record):
                    break
                batch.append((record, acknowledged))
            self._pending.popleft()
        self._alone = max(0, self._alone - 1)
        return batch

    def _refuse(self, batch: Sequence[Pending], error: KafkaError) -> None:
        """Fail the batch; one that is too large as a whole goes again in pieces."""
        if isinstance(error, MessageSizeTooLargeError):
            if len(batch) > 1:
                self._alone = len(batch)
                self._pending.extendleft(reversed(batch))
                return
            problem: PublishError = RecordTooLargeError(str(error))
        else:
            problem = _unavailable(error)
        for _, acknowledged in batch:
            if not acknowledged.done():
                acknowledged.set_exception(problem)


def _give_up(acknowledged: asyncio.Future[int]) -> None:
    if not acknowledged.done():
        acknowledged.set_exception(KafkaUnavailableError("no acknowledgement in time"))


async def _ask_partitions(producer: AIOKafkaProducer, topic: str) -> int:
    try:
        return len(await producer.partitions_for(topic))
    except KafkaError as error:
        raise _unavailable(error) from error


def _unavailable(error: KafkaError) -> KafkaUnavailableError:
    return KafkaUnavailableError(f"{type(error).__name__}: {error}")


def _append(builder: BatchBuilder, record: NewRecord) -> bool:
    """Add a record to a batch, if it fits; the first one always does."""
    added = builder.append(
        key=record.key, value=record.value, headers=list(record.headers), timestamp=None
    )
    return added is not None


def _acknowledge(batch: Sequence[Pending], first: int) -> None:
    for offset, (_, acknowledged) in enumerate(batch, first):
        if not acknowledged.done():
            acknowledged.set_result(offset)
