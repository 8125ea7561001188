"""What is written may be compressed, by each of the codecs that the settings name."""

from typing import Any

import pytest

from gateway.adapters.kafka.clients import KafkaClients
from gateway.adapters.kafka.producers import Producers
from gateway.adapters.kafka.publisher import Publisher
from gateway.core.errors import RecordTooLargeError
from gateway.core.record import NewRecord
from gateway.settings import KafkaSettings
from tests.e2e.support.records import Reader
from tests.kafka.broker import Kafka

pytestmark = pytest.mark.real_kafka  # which says how large a record may be

VALUE = b"a" * 2_000_000  # twice what a topic takes, unless it is compressed


async def publish(kafka: Kafka, topic: str, codec: Any) -> None:
    """Publish the value."""
    servers = kafka.bootstrap_servers
    settings = KafkaSettings(bootstrap_servers=servers, compression=codec)
    async with (
        Producers(KafkaClients(settings).producer, str, lambda _: None) as producers,
        Publisher(
            producers, lambda *_: None, max_waiting=10, on_trouble=lambda *_: None
        ) as publisher,
    ):
        await publisher.publish(NewRecord(topic, b"key", VALUE, ()))


@pytest.mark.parametrize("codec", ["gzip", "snappy", "lz4", "zstd"])
async def test_what_compresses_well_takes_little_room(kafka: Kafka, codec: str) -> None:
    """It fits where it would not, and any client reads it."""
    topic = kafka.create_topic("compressed")

    await publish(kafka, topic, codec)

    with Reader(kafka.bootstrap_servers, topic) as reader:
        assert [record.value for record in reader.read()] == [VALUE]


async def test_nothing_is_compressed_unless_somebody_says_so(kafka: Kafka) -> None:
    """It costs time, and most records are small."""
    topic = kafka.create_topic("plain")

    with pytest.raises(RecordTooLargeError):
        await publish(kafka, topic, "none")
