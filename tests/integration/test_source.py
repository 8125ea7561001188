"""A member of the consumer group, when the topics under it change."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Collection, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Literal, get_args

import pytest

from gateway.adapters.kafka.clients import KafkaClients
from gateway.adapters.kafka.group import GroupOffsets
from gateway.adapters.kafka.source import CommandSource
from gateway.core.record import Commit, Record, TopicPartition
from gateway.settings import KafkaSettings
from tests.e2e.support.records import Draft, delete, empty, exists, write
from tests.e2e.support.waiting import wait_for
from tests.kafka.broker import Kafka

pytestmark = pytest.mark.real_kafka

SECONDS = 20.0
Reset = Literal["earliest", "latest"]


@dataclass(slots=True)
class Owner:
    """Is told what the group gives and takes."""

    ours: dict[TopicPartition, Commit] = field(default_factory=dict)
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    async def assigned(self, committed: Mapping[TopicPartition, Commit]) -> None:
        """Begin with these."""
        self.ours |= committed
        self.changed.set()

    async def revoked(self, partitions: Iterable[TopicPartition]) -> None:
        """End with these."""
        for partition in partitions:
            self.ours.pop(partition, None)


def group_of(kafka: Kafka, begin: Reset = "earliest") -> KafkaSettings:
    """Return the settings of a new group."""
    return KafkaSettings(
        bootstrap_servers=kafka.bootstrap_servers,
        consumer_group=kafka.unique("group"),
        auto_offset_reset=begin,
    )


@asynccontextmanager
async def joined(
    settings: KafkaSettings, topics: list[str], owner: Owner
) -> AsyncIterator[CommandSource]:
    """Join a group, and have its partitions."""
    clients = KafkaClients(settings)
    committed = GroupOffsets(clients.admin, settings.consumer_group).read
    source = CommandSource(clients, committed, topics, lambda *_: None, lambda *_: None)
    await source.start(owner)
    try:
        async with asyncio.timeout(SECONDS):
            await owner.changed.wait()
        yield source
    finally:
        await source.stop()


def put(kafka: Kafka, topic: str, *values: bytes) -> None:
    """Write records."""
    write(kafka.bootstrap_servers, [Draft(topic, value) for value in values])


async def poll(
    source: CommandSource, count: int, paused: Collection[TopicPartition] = ()
) -> list[Record]:
    """Wait for so many records, of partitions that are not paused."""
    found: list[Record] = []
    async with asyncio.timeout(SECONDS):
        while len(found) < count:
            found += await source.poll(0.1, count - len(found), paused)
    return found


async def read(source: CommandSource, count: int) -> list[bytes | None]:
    """Wait for so many records, and return their values."""
    return [record.value for record in await poll(source, count)]


async def test_a_new_group_begins_at_the_start(kafka: Kafka) -> None:
    """By default it reads what is there."""
    topic, owner = kafka.create_topic("out", 1), Owner()
    put(kafka, topic, b"old")
    async with joined(group_of(kafka), [topic], owner) as source:
        put(kafka, topic, b"new")

        assert await read(source, 2) == [b"old", b"new"]
        assert owner.ours == {TopicPartition(topic, 0): Commit(0)}


async def test_a_new_group_can_begin_at_the_end(kafka: Kafka) -> None:
    """It reads what is written from then on, also while nobody of it is there."""
    topic, settings = kafka.create_topic("out", 1), group_of(kafka, "latest")
    put(kafka, topic, b"old")
    async with joined(settings, [topic], owner := Owner()):
        assert owner.ours == {TopicPartition(topic, 0): Commit(1)}
    put(kafka, topic, b"between")

    async with joined(settings, [topic], owner := Owner()) as source:
        put(kafka, topic, b"new")

        assert await read(source, 2) == [b"between", b"new"]
        assert owner.ours == {TopicPartition(topic, 0): Commit(1)}


@pytest.mark.parametrize("begin", get_args(Reset))
async def test_what_retention_leaves_is_read(kafka: Kafka, begin: Reset) -> None:
    """The group stands before it, since nobody read for long."""
    topic, settings = kafka.create_topic("out", 1), group_of(kafka, begin)
    here = TopicPartition(topic, 0)
    async with joined(settings, [topic], Owner()) as source:
        assert await source.commit({here: Commit(0)})
    put(kafka, topic, b"removed")
    empty(kafka.bootstrap_servers, [topic])
    put(kafka, topic, b"kept")

    async with joined(settings, [topic], Owner()) as source:
        assert await read(source, 1) == [b"kept"]


async def test_a_commit_does_not_outlive_its_topic(kafka: Kafka) -> None:
    """The library would repeat it for ever, and the other topics' offsets with it."""
    stays, goes = (kafka.create_topic(n, 1) for n in ("stays", "goes"))
    owner, servers = Owner(), kafka.bootstrap_servers
    async with joined(group_of(kafka), [stays, goes], owner) as source:
        commits = {p: Commit(7) for p in owner.ours}
        # Nothing else happens meanwhile: the source does not know yet.
        delete(servers, goes)
        wait_for("its end", lambda: not exists(servers, goes))

        async with asyncio.timeout(SECONDS):
            assert not await source.commit(commits)
            while len(owner.ours) != 1:
                await owner.changed.wait()
                owner.changed.clear()

    assert owner.ours == {TopicPartition(stays, 0): Commit(7)}


def place(record: Record) -> TopicPartition:
    """Tell where a record was read."""
    return TopicPartition(record.topic, record.partition)


async def test_a_paused_partition_is_read_on_where_it_was_left(kafka: Kafka) -> None:
    """Others are read meanwhile, and nothing at all once all are paused."""
    topic = kafka.create_topic("out", 2)
    drafts = [Draft(topic, b"{}", f"user-{n % 10}") for n in range(100)]
    places = write(kafka.bootstrap_servers, drafts)
    count = Counter(TopicPartition(topic, int(p.split("/")[1])) for p in places)
    async with joined(group_of(kafka), [topic], Owner()) as source:
        first = await poll(source, 5)
        (begun,) = {place(record) for record in first}
        (other,) = count.keys() - {begun}

        others = await poll(source, count[other], {begun})
        of_none = await source.poll(0.1, 1, count.keys())
        rest = await poll(source, count[begun] - 5)

    assert {place(record) for record in others} == {other}
    assert not of_none
    assert [record.offset for record in first + rest] == list(range(count[begun]))
