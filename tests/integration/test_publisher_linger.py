"""Records that nobody is in a hurry for wait a moment for each other."""

import asyncio

import pytest

from gateway.adapters.kafka.clients import KafkaClients
from gateway.adapters.kafka.producers import Producers
from gateway.adapters.kafka.publisher import Publisher
from gateway.core.record import NewRecord
from gateway.settings import KafkaSettings
from tests.fakes.settle import settle
from tests.kafka.broker import Kafka

MOMENT = 0.5


async def batches(kafka: Kafka, before: int, timeout: float | None) -> list[int]:
    """Publish two records, the second when the first goes or waits; tell the sizes.

    Args:
        kafka: Where to.
        before: How many are published before, together.
        timeout: The time limit of the two.
    """
    clients = KafkaClients(KafkaSettings(bootstrap_servers=kafka.bootstrap_servers))
    record = NewRecord(kafka.create_topic("linger"), b"key", b"value", ())
    sizes: list[int] = []
    async with (
        Producers(clients.producer, str, lambda _: None) as producers,
        Publisher(
            producers,
            lambda _topic, records, *_: sizes.append(records),
            max_waiting=10,
            on_trouble=lambda *_: None,
            linger=MOMENT,
        ) as publisher,
        asyncio.TaskGroup() as tasks,
    ):
        await publisher.publish(record)  # now it knows the topic
        async with asyncio.TaskGroup() as together:
            for _ in range(before):
                together.create_task(publisher.publish(record))
        sizes.clear()
        for _ in range(2):
            tasks.create_task(publisher.publish(record, timeout))
            await settle()
    return sizes


@pytest.mark.real_kafka
async def test_records_without_a_time_limit_share_a_batch(kafka: Kafka) -> None:
    """The result of a command can wait for the next one."""
    assert await batches(kafka, 2, None) == [2]


@pytest.mark.real_kafka
async def test_who_comes_alone_waits_for_nobody(kafka: Kafka) -> None:
    """A user's messages, one after another, are not held up."""
    assert await batches(kafka, 1, None) == [1, 1]


@pytest.mark.real_kafka
async def test_who_has_a_time_limit_waits_for_nobody(kafka: Kafka) -> None:
    """Viber waits for the answer to a callback."""
    assert await batches(kafka, 2, 30.0) == [1, 1]
