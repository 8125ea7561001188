"""Records to and from Kafka, as a program that is not ours writes and reads them."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRecord

from gateway.core.record import Header
from tests.kafka.broker import Kafka

DEADLINE_SECONDS = 20
ReadRecord = ConsumerRecord[bytes | None, bytes | None]


async def write(
    kafka: Kafka,
    topic: str,
    *records: tuple[bytes | None, bytes | None, Sequence[Header]],
) -> None:
    """Write records (key, value, headers), each a millisecond later than the last."""
    now = round(datetime.now(UTC).timestamp() * 1000)
    async with AIOKafkaProducer(bootstrap_servers=kafka.bootstrap_servers) as producer:
        for at, (key, value, headers) in enumerate(records, now):
            await producer.send_and_wait(
                topic, value, key=key, headers=list(headers), timestamp_ms=at
            )


async def read(kafka: Kafka, topic: str, count: int) -> list[ReadRecord]:
    """Wait until a topic has so many records, and return them by partition."""
    found: list[ReadRecord] = []
    async with (
        asyncio.timeout(DEADLINE_SECONDS),
        AIOKafkaConsumer(
            topic,
            bootstrap_servers=kafka.bootstrap_servers,
            auto_offset_reset="earliest",
        ) as consumer,
    ):
        while len(found) < count:
            batches = await consumer.getmany(timeout_ms=100)
            found += [record for batch in batches.values() for record in batch]
    return sorted(found, key=lambda record: (record.partition, record.offset))


async def count(kafka: Kafka, topic: str) -> int:
    """Count the records of a topic."""
    async with AIOKafkaConsumer(
        topic, bootstrap_servers=kafka.bootstrap_servers
    ) as consumer:
        ends = await consumer.end_offsets(consumer.assignment())
    return sum(ends.values())
