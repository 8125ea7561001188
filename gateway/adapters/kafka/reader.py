"""Reads topics beside every group: all partitions are seen and nothing is committed.

For people who want to look at what stands in a topic, up to its end or as it comes.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from aiokafka import AIOKafkaConsumer
from aiokafka.errors import KafkaError

from gateway.adapters.kafka.clients import KafkaClients
from gateway.adapters.kafka.topics import require_topics
from gateway.core.record import Record

POLL_MS = 500


class Reader:
    """Reads on from where it was put."""

    def __init__(self, consumer: AIOKafkaConsumer) -> None:
        self._consumer = consumer
        self._partitions = frozenset(consumer.assignment())

    async def seek(
        self, *, since: float | None = None, last: int | None = None
    ) -> None:
        """Go to the beginning of each partition, or to a later place.

        Args:
            since: The first record of this moment or later, seconds since 1970.
            last: So many records before the end; 0 is the end.
        """
        starts = await self._consumer.beginning_offsets(self._partitions)
        ends = await self._consumer.end_offsets(self._partitions)
        if last is not None:
            starts = {p: max(at, ends[p] - last) for p, at in starts.items()}
        if since is not None:
            times = dict.fromkeys(self._partitions, round(since * 1000))
            found = await self._consumer.offsets_for_times(times)
            starts = {p: at.offset if at else ends[p] for p, at in found.items()}
        for partition, offset in starts.items():
            self._consumer.seek(partition, offset)

    async def ahead(self) -> int:
        """Count the records up to the end, those that were removed included."""
        ends = await self._consumer.end_offsets(self._partitions)
        return sum([end - await self._consumer.position(p) for p, end in ends.items()])

    async def to_end(self) -> AsyncIterator[Record]:
        """Read up to where the topics end now."""
        ends = await self._consumer.end_offsets(self._partitions)
        left = set(self._partitions)
        while left := {p for p in left if await self._consumer.position(p) < ends[p]}:
            batches = await self._consumer.getmany(*left, timeout_ms=POLL_MS)
            for partition, records in batches.items():
                for record in records:
                    if record.offset < ends[partition]:
                        yield record

    async def on(self) -> AsyncIterator[Record]:
        """Read what is there and what comes, without an end."""
        while True:
            batches = await self._consumer.getmany(timeout_ms=POLL_MS)
            for records in batches.values():
                for record in records:
                    yield record


@asynccontextmanager
async def open_reader(
    clients: KafkaClients, topics: Sequence[str]
) -> AsyncIterator[Reader]:
    """Connect; with the block the connection ends.

    Raises:
        KafkaUnavailableError: Kafka does not answer, or a topic may not be read.
        TopicMissingError: A topic is not there.
    """
    await require_topics(clients, topics)
    consumer = clients.reader(topics)
    try:
        await consumer.start()
        yield Reader(consumer)
    except (KafkaError, OSError) as error:
        raise clients.unavailable(error) from error
    finally:
        await consumer.stop()
