"""Reads single records again, by partition and offset, outside of any group.

One reader serves all partitions, one after another; it reads on in order and seeks
only over wide gaps, since a seek throws away what was fetched ahead.  A batch has
hundreds of records and few of them are wanted at a time, so the last one is kept: what
a busy key asks for next stands in it, mostly.

Resource handling: the consumer is made at first use; `async with` stops it.
"""

import asyncio
from collections.abc import Callable, Collection, Sequence
from typing import Self

from aiokafka import AIOKafkaConsumer
from aiokafka import TopicPartition as ClientPartition
from aiokafka.errors import KafkaError

from gateway.core.record import Record, TopicPartition
from gateway.log import get_logger

WIDE_GAP = 5000
POLL_MS = 1000
RETRY_SECONDS = 1.0

log = get_logger(__name__)


class Rereader:
    """Reads records again.

    Args:
        make_reader: Makes a consumer of topics, without a group, not started yet.
    """

    def __init__(
        self, make_reader: Callable[[Collection[str]], AIOKafkaConsumer]
    ) -> None:
        self._make_reader = make_reader
        self._consumer: AIOKafkaConsumer | None = None
        self._turn = asyncio.Lock()
        self._kept: Sequence[Record] = ()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *error: object) -> None:
        await self._close()

    async def read(
        self, partition: TopicPartition, offsets: Sequence[int]
    ) -> Sequence[Record]:
        """Return the records of ascending offsets; those that are gone are left out.

        It goes on trying while Kafka does not answer.
        """
        async with self._turn:
            if self._keeps(partition, offsets):
                return _of(self._kept, offsets)
            while True:
                try:
                    return await self._read(ClientPartition(*partition), offsets)
                except (KafkaError, OSError) as error:
                    log.warning("rereading_interrupted", error=str(error))
                    await self._close()
                    await asyncio.sleep(RETRY_SECONDS)

    async def _read(
        self, partition: ClientPartition, offsets: Sequence[int]
    ) -> Sequence[Record]:
        consumer = await self._open()
        consumer.assign([partition])
        found: list[Record] = []
        position = -WIDE_GAP
        for offset in offsets:
            if offset < position:
                continue  # it came with the last batch, or is gone
            if offset - position >= WIDE_GAP:
                consumer.seek(partition, offset)
            position = offset
            while position <= offset:
                batch = await self._batch(consumer, partition)
                if not batch:
                    return found  # nothing there any more
                found += _of(batch, offsets)
                position = batch[-1].offset + 1
                self._kept = batch
        return found

    def _keeps(self, partition: TopicPartition, offsets: Sequence[int]) -> bool:
        """Whether all that is left of these offsets stands in the last batch."""
        if not self._kept:
            return False
        first, last = self._kept[0], self._kept[-1]
        is_within = first.offset <= offsets[0] and offsets[-1] <= last.offset
        return is_within and (first.topic, first.partition) == partition

    async def _batch(
        self, consumer: AIOKafkaConsumer, partition: ClientPartition
    ) -> Sequence[Record]:
        """Return what comes next; nothing when the end is reached."""
        batches = await consumer.getmany(partition, timeout_ms=POLL_MS)
        return batches.get(partition, ())

    async def _open(self) -> AIOKafkaConsumer:
        if self._consumer is None:
            consumer = self._make_reader(())
            await consumer.start()
            self._consumer = consumer
        return self._consumer

    async def _close(self) -> None:
        consumer, self._consumer = self._consumer, None
        if consumer is not None:
            await consumer.stop()


def _of(records: Sequence[Record], offsets: Sequence[int]) -> list[Record]:
    wanted = frozenset(offsets)
    return [record for record in records if record.offset in wanted]
