"""The way to one partition: one batch at a time, and what waits for the next one.

A batch lingers where the one before it had company: records that come one by one do
not wait in vain.  A batch that fails fails every record in it and no other.  One that
is too large as a whole goes again record by record, so only the record that is too
large is refused.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from typing import Protocol

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError, MessageSizeTooLargeError
from aiokafka.producer.message_accumulator import BatchBuilder

from gateway.adapters.kafka.complaints import in_words
from gateway.adapters.kafka.producers import Producers
from gateway.core.errors import (
    KafkaUnavailableError,
    PublishError,
    RecordTooLargeError,
)
from gateway.core.record import NewRecord, TopicPartition

Pending = tuple[NewRecord, asyncio.Future[int]]


class Observe(Protocol):
    """Hears how a batch went: seconds until Kafka answered, or the error's name."""

    def __call__(
        self, topic: str, records: int, seconds: float, error: str | None
    ) -> None:
        """Take note of one batch."""


class PartitionQueue:
    """The records that wait for one partition, and the batch on its way.

    Args:
        where: Which partition.
        producers: Where to lease a producer.
        observe: Called once per batch.
        tasks: Owns the sending task.
        late: Called when a batch is not answered for so long; seconds and what to call.
    """

    def __init__(
        self,
        where: TopicPartition,
        producers: Producers,
        observe: Observe,
        tasks: asyncio.TaskGroup,
        late: tuple[float, Callable[[], None]],
    ) -> None:
        self._topic, self.partition = where
        self._producers = producers
        self._observe = observe
        self._tasks = tasks
        self._late = late
        self._loop = asyncio.get_running_loop()
        self._pending: deque[Pending] = deque()
        self._alone = 0  # so many records go one by one: their batch was too large
        self._is_sending = False
        self._linger = 0.0
        self._has_company = False

    def put(self, record: NewRecord, linger: float) -> asyncio.Future[int]:
        """Queue a record; the future ends with its offset, once acknowledged.

        Who gives up cancels the future; the record is then left out, unless it is on
        its way already.

        Args:
            record: What to write.
            linger: Seconds that the next batch waits for company, where there is some.
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
                if self._linger and self._has_company:
                    await asyncio.sleep(self._linger)
                async with self._producers.lease() as producer:
                    await self._send_batch(producer)
        finally:
            self._is_sending = False

    async def _send_batch(self, producer: AIOKafkaProducer) -> None:
        builder = producer.create_batch()
        batch = self._fill(builder)
        self._has_company = len(batch) > 1
        if not batch:
            return
        started = self._loop.time()
        error: KafkaError | None = None
        late = self._loop.call_later(*self._late)
        try:
            future = await producer.send_batch(
                builder, self._topic, partition=self.partition
            )
            _acknowledge(batch, (await future).offset)
        except KafkaError as refusal:
            error = refusal
            self._producers.retire(producer)
            self._refuse(batch, refusal)
        finally:
            late.cancel()
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
            problem = unavailable(error)
        for _, acknowledged in batch:
            if not acknowledged.done():
                acknowledged.set_exception(problem)


def unavailable(error: KafkaError) -> KafkaUnavailableError:
    """Say that Kafka cannot be written to now, and why."""
    return KafkaUnavailableError(in_words(error))


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
