"""What publishing means, told by one suite to the fake and to the real publisher.

So whatever a unit test sees of `FakePublish` is what Kafka does.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import NamedTuple, Protocol

import pytest
from aiokafka import AIOKafkaConsumer

from gateway.adapters.kafka.clients import KafkaClients
from gateway.adapters.kafka.producers import Producers
from gateway.adapters.kafka.publisher import Publisher
from gateway.core.errors import (
    KafkaUnavailableError,
    PublishError,
    RecordTooLargeError,
)
from gateway.core.record import Header, NewRecord, Place
from gateway.settings import KafkaSettings
from tests.fakes.publish import FakePublish
from tests.fakes.settle import settle
from tests.kafka.broker import Kafka

MOST_BYTES = 20_000
NOBODY = "127.0.0.1:1"


class Written(NamedTuple):
    """A record as somebody else reads it."""

    where: Place
    key: bytes | None
    value: bytes | None
    headers: tuple[Header, ...]


class Publish(Protocol):
    """Writes a record, or raises."""

    async def __call__(
        self, record: NewRecord, /, timeout: float | None = None
    ) -> Place:
        """Write a record, and tell where it stands."""


class Topic(Protocol):
    """Where a suite writes, and what it sees there."""

    publish: Publish
    topic: str

    async def read(self, count: int) -> Sequence[Written]:
        """Return what stands in the topic."""

    async def go_down(self) -> Publish:
        """Return what writes to a Kafka that does not answer."""


class PublishContract:
    """The suite."""

    @pytest.mark.parametrize(
        ("key", "value", "headers"),
        [
            (b"key", b"value", (("ce_id", b"1"), ("ce_id", b"2"), ("empty", b""))),
            (b"", b"", ()),
            (None, b"\xff\x00", (("\u00e9", b"\xff"),)),
            (b"tombstone", None, ()),
        ],
    )
    async def test_what_was_acknowledged_can_be_read(
        self,
        place: Topic,
        key: bytes | None,
        value: bytes | None,
        headers: tuple[Header, ...],
    ) -> None:
        """Key, value and headers, repeated and empty ones too, as they were."""
        where = await place.publish(NewRecord(place.topic, key, value, headers))

        assert await place.read(1) == [Written(where, key, value, headers)]

    async def test_records_of_one_key_stay_in_order(self, place: Topic) -> None:
        """As they were handed over, however many wait at once."""
        records = [NewRecord(place.topic, b"k", b"%d" % n, ()) for n in range(50)]

        async with asyncio.TaskGroup() as tasks:
            for record in records:
                tasks.create_task(place.publish(record))

        values = [written.value for written in await place.read(50)]
        assert values == [record.value for record in records]

    async def test_a_record_too_large_is_refused_alone(self, place: Topic) -> None:
        """Its neighbours are written, and so is what comes after it."""
        sizes = [1, MOST_BYTES * 2, 2]
        records = [NewRecord(place.topic, b"k", b"x" * size, ()) for size in sizes]
        refused: list[type[Exception]] = []

        async def publish(record: NewRecord) -> None:
            try:
                await place.publish(record, timeout=20.0)
            except PublishError as error:
                refused.append(type(error))

        async with asyncio.TaskGroup() as tasks:
            for record in records:
                tasks.create_task(publish(record))
        await place.publish(NewRecord(place.topic, b"k", b"after", ()))

        assert refused == [RecordTooLargeError]
        values = [written.value for written in await place.read(3)]
        assert values == [b"x", b"xx", b"after"]

    @pytest.mark.parametrize("timeout", [0.05, 0.0, -1.0])
    async def test_a_kafka_that_does_not_answer_is_unavailable(
        self, place: Topic, timeout: float
    ) -> None:
        """Once the time is over, or at once where none is left."""
        publish = await place.go_down()

        with pytest.raises(KafkaUnavailableError):
            await publish(NewRecord(place.topic, b"k", b"v", ()), timeout=timeout)


class FakePlace:
    """Records in memory."""

    topic = "topic"

    def __init__(self) -> None:
        self._fake = FakePublish(most_bytes=MOST_BYTES)
        self.publish: Publish = self._fake

    async def read(self, count: int) -> Sequence[Written]:
        """Return what was acknowledged."""
        assert len(self._fake.records) == count
        return [
            Written(Place(0, offset), r.key, r.value, r.headers)
            for offset, r in enumerate(self._fake.of(self.topic))
        ]

    async def go_down(self) -> Publish:
        """Let the same Kafka answer nobody."""
        self._fake.go_down()
        return self.publish


class TestFakePublish(PublishContract):
    """The fake."""

    @pytest.fixture
    def place(self) -> Topic:
        """Return a place in memory."""
        return FakePlace()


class RealPlace:
    """A topic of a Kafka."""

    def __init__(self, kafka: Kafka, stack: AsyncExitStack, publish: Publish) -> None:
        self._kafka = kafka
        self._stack = stack
        self.publish = publish
        config = {"max.message.bytes": str(MOST_BYTES)}
        self.topic = kafka.create_topic("publish", config=config)

    async def read(self, count: int) -> Sequence[Written]:
        """Read from the beginning until so many are there."""
        async with AIOKafkaConsumer(
            self.topic,
            bootstrap_servers=self._kafka.bootstrap_servers,
            auto_offset_reset="earliest",
        ) as consumer:
            found = [await consumer.getone() for _ in range(count)]
        return [
            Written(Place(r.partition, r.offset), r.key, r.value, tuple(r.headers))
            for r in found
        ]

    async def go_down(self) -> Publish:
        """Look for Kafka where there is none."""
        return await self._stack.enter_async_context(publishing_to(NOBODY))


@asynccontextmanager
async def publishing_to(servers: str) -> AsyncIterator[Publish]:
    """Run the product's own publisher."""
    clients = KafkaClients(KafkaSettings(bootstrap_servers=servers))
    is_decided = asyncio.Event()  # whether Kafka answers
    async with (
        Producers(clients.producer, str, lambda _: is_decided.set()) as producers,
        Publisher(
            producers, lambda *_: None, max_waiting=1000, on_trouble=lambda *_: None
        ) as publisher,
    ):
        await is_decided.wait()
        await settle()
        yield publisher.publish


@pytest.mark.real_kafka
class TestRealPublisher(PublishContract):
    """The publisher on a Kafka that minds the size of records."""

    @pytest.fixture
    async def place(self, kafka: Kafka) -> AsyncIterator[Topic]:
        """Return a topic of its own."""
        async with AsyncExitStack() as stack:
            publish = await stack.enter_async_context(
                publishing_to(kafka.bootstrap_servers)
            )
            yield RealPlace(kafka, stack, publish)
