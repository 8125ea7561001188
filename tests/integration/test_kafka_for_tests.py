"""The Kafka that tests get does what the product relies on.

Few and quick: each is a fact whose loss would make other tests fail in a way that is
hard to read.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import OffsetMetadataTooLargeError, UnknownTopicOrPartitionError
from aiokafka.helpers import create_ssl_context
from aiokafka.structs import OffsetAndMetadata

from tests.kafka.broker import Kafka
from tests.kafka.plugin import StartCluster
from tests.kafka.properties import ClusterShape

METADATA_LIMIT = 4096  # offset.metadata.max.bytes, counted in characters


@asynccontextmanager
async def running_producer(kafka: Kafka) -> AsyncIterator[AIOKafkaProducer]:
    """An idempotent producer, as the product has one."""
    producer = AIOKafkaProducer(
        bootstrap_servers=kafka.bootstrap_servers, acks="all", enable_idempotence=True
    )
    async with producer:
        yield producer


@asynccontextmanager
async def running_admin(kafka: Kafka) -> AsyncIterator[AIOKafkaAdminClient]:
    """A client for the questions that consumers cannot ask."""
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka.bootstrap_servers)
    await admin.start()
    try:
        yield admin
    finally:
        await admin.close()


async def commit_and_read_back(kafka: Kafka, metadata: str) -> OffsetAndMetadata:
    """Commit offset 7 of a new topic as a new group, and ask the broker for it."""
    partition = TopicPartition(kafka.create_topic("commit"), 0)
    group = kafka.unique("group")
    async with AIOKafkaConsumer(
        bootstrap_servers=kafka.bootstrap_servers,
        group_id=group,
        enable_auto_commit=False,
    ) as consumer:
        consumer.assign([partition])
        await consumer.commit({partition: OffsetAndMetadata(7, metadata)})

    async with running_admin(kafka) as admin:
        offsets: dict[
            TopicPartition, OffsetAndMetadata
        ] = await admin.list_consumer_group_offsets(group, partitions=[partition])
    return offsets[partition]


async def test_a_record_comes_back_as_it_was_sent(kafka: Kafka) -> None:
    """Key, value, headers (repeated ones too) and timestamp survive."""
    topic = kafka.create_topic("round-trip")
    headers = [("ce_id", b"1"), ("ce_id", b"2"), ("empty", b"")]

    async with running_producer(kafka) as producer:
        await producer.send_and_wait(
            topic, b"value", key=b"key", headers=headers, timestamp_ms=1_700_000_000_123
        )
    async with AIOKafkaConsumer(
        topic, bootstrap_servers=kafka.bootstrap_servers, auto_offset_reset="earliest"
    ) as consumer:
        record = await consumer.getone()

    assert (record.key, record.value) == (b"key", b"value")
    assert list(record.headers) == headers
    assert record.timestamp == 1_700_000_000_123


async def test_an_idempotent_producer_keeps_order_without_gaps(kafka: Kafka) -> None:
    """Records sent without waiting take neighbouring offsets in the order sent."""
    topic = kafka.create_topic("idempotent")

    async with running_producer(kafka) as producer:
        sent = [
            await producer.send(topic, b"%d" % number, partition=0)
            for number in range(500)
        ]
        offsets = [(await acknowledgement).offset for acknowledgement in sent]

    assert offsets == list(range(500))


async def test_commit_metadata_is_kept_to_its_limit(kafka: Kafka) -> None:
    """What is committed beside an offset is read back, all 4,096 characters."""
    metadata = "m" * METADATA_LIMIT

    assert await commit_and_read_back(kafka, metadata) == OffsetAndMetadata(7, metadata)


@pytest.mark.real_kafka
async def test_commit_metadata_beyond_its_limit_is_refused(kafka: Kafka) -> None:
    """One character more is an error, not a cut."""
    with pytest.raises(OffsetMetadataTooLargeError):
        await commit_and_read_back(kafka, "m" * (METADATA_LIMIT + 1))


@pytest.mark.real_kafka
async def test_a_topic_nobody_created_is_not_there(kafka: Kafka) -> None:
    """The broker makes no topic by itself, so a forgotten one is noticed."""
    async with running_admin(kafka) as admin:
        (answer,) = await admin.describe_topics([kafka.unique("nobody")])

    assert answer["error_code"] == UnknownTopicOrPartitionError.errno


async def test_every_topic_is_new_and_has_its_partitions(kafka: Kafka) -> None:
    """Two topics of one name do not share records with each other."""
    first, second = kafka.create_topic("topic"), kafka.create_topic("topic")

    async with running_producer(kafka) as producer:
        partitions = await producer.partitions_for(second)

    assert first != second
    assert partitions == {0, 1, 2, 3}


@pytest.mark.real_kafka
async def test_two_members_of_a_group_share_the_partitions(kafka: Kafka) -> None:
    """The second member takes half of what the first one had."""
    topic, group = kafka.create_topic("shared"), kafka.unique("group")

    def member() -> AIOKafkaConsumer:
        return AIOKafkaConsumer(
            topic,
            bootstrap_servers=kafka.bootstrap_servers,
            group_id=group,
            heartbeat_interval_ms=100,
        )

    async with asyncio.timeout(20), member() as first, member() as second:
        while len(first.assignment()) != 2 or len(second.assignment()) != 2:
            await first.getmany(timeout_ms=20)

        assert not first.assignment() & second.assignment()


async def test_a_cluster_survives_the_death_of_one_broker(
    kafka_cluster: StartCluster,
) -> None:
    """With one of three brokers killed, an acknowledged record is still taken."""
    cluster = kafka_cluster(ClusterShape(brokers=3))
    servers = cluster.bootstrap_servers

    cluster.kill_broker(2)

    async with AIOKafkaProducer(bootstrap_servers=servers, acks="all") as producer:
        metadata = await producer.send_and_wait("auto-created", b"value")
    assert metadata.offset == 0


async def test_a_cluster_takes_clients_by_password_over_tls(
    kafka_cluster: StartCluster,
) -> None:
    """Broker listeners for SASL over TLS work with the users that a shape names."""
    shape = ClusterShape(sasl=True, tls=True, users={"bob": "secret"})
    cluster = kafka_cluster(shape)

    producer = AIOKafkaProducer(
        bootstrap_servers=cluster.servers("SASL_SSL"),
        security_protocol="SASL_SSL",
        sasl_mechanism="SCRAM-SHA-512",
        sasl_plain_username="bob",
        sasl_plain_password="secret",
        ssl_context=create_ssl_context(cafile=str(cluster.tls_directory / "ca.pem")),
    )
    async with producer:
        metadata = await producer.send_and_wait("auto-created", b"value")

    assert metadata.offset == 0
