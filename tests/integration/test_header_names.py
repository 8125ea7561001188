"""Headers with names that are no text: Kafka takes them, and so must every reader."""

import asyncio

import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition
from confluent_kafka import Producer

from gateway.adapters.kafka.clients import KafkaClients
from gateway.core.record import Record
from gateway.settings import KafkaSettings
from tests.kafka.broker import Kafka
from tests.kafka.odd_names import CODECS, Header, OddName, write_batch

pytestmark = pytest.mark.timeout(60)

SECONDS = 20.0
RECORDS: list[tuple[bytes, list[Header]]] = [
    (b"first", [("bot", b"shop")]),
    (b"odd", [(OddName("x"), b"1"), ("bot", b"shop")]),
    (b"between", [("bot", b"shop")]),
    (b"odd again", [(OddName("y"), b"2")]),
    (b"last", [("bot", b"shop")]),
]


async def read(kafka: Kafka, topic: str, count: int) -> list[Record]:
    """Read so many records from a topic's beginning."""
    clients = KafkaClients(KafkaSettings(bootstrap_servers=kafka.bootstrap_servers))
    consumer = clients.reader(())
    await consumer.start()
    found: list[Record] = []
    try:
        partition = TopicPartition(topic, 0)
        consumer.assign([partition])
        consumer.seek(partition, 0)
        async with asyncio.timeout(SECONDS):
            while len(found) < count:
                found += await _next(consumer)
    finally:
        await consumer.stop()
    return found


async def _next(consumer: AIOKafkaConsumer) -> list[Record]:
    batches = await consumer.getmany(timeout_ms=200, max_records=2)
    return [record for batch in batches.values() for record in batch]


def write_in_transaction(kafka: Kafka, topic: str, value: bytes, end: str) -> None:
    """Write a value and commit or abort it."""
    producer = Producer(
        {
            "bootstrap.servers": kafka.bootstrap_servers,
            "transactional.id": kafka.unique("transaction"),
        }
    )
    producer.init_transactions()
    producer.begin_transaction()
    producer.produce(topic, value, partition=0)
    producer.flush()
    getattr(producer, f"{end}_transaction")()


@pytest.mark.parametrize("codec", CODECS)
async def test_a_name_that_is_no_text_stops_no_reader(kafka: Kafka, codec: str) -> None:
    """All records come, once and in order; what is no text in a name is replaced."""
    topic = kafka.create_topic("odd")
    await write_batch(kafka.bootstrap_servers, topic, RECORDS, codec)
    await write_batch(kafka.bootstrap_servers, topic, [(b"next batch", [])], codec)

    found = await read(kafka, topic, 6)

    values = [record.value for record in found]
    assert values == [*(value for value, _ in RECORDS), b"next batch"]
    assert [record.offset for record in found] == list(range(6))
    names = [[name for name, _ in record.headers][:-1] for record in found]
    assert names == [["bot"], ["\ufffdx", "bot"], ["bot"], ["\ufffdy"], ["bot"], []]


@pytest.mark.real_kafka
async def test_what_a_transaction_took_back_is_not_read(kafka: Kafka) -> None:
    """Batches read otherwise than by the library alone keep to transactions, too."""
    topic = kafka.create_topic("transactions")
    for number, end in enumerate(("commit", "abort", "commit")):
        value = f"{number} {end}".encode()
        await asyncio.to_thread(write_in_transaction, kafka, topic, value, end)

    found = await read(kafka, topic, 2)

    assert [record.value for record in found] == [b"0 commit", b"2 commit"]
