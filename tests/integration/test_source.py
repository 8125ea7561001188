"""A member of the consumer group, when the topics under it change."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest

from gateway.adapters.kafka.clients import KafkaClients
from gateway.adapters.kafka.group import GroupOffsets
from gateway.adapters.kafka.source import CommandSource
from gateway.core.record import Commit, TopicPartition
from gateway.settings import KafkaSettings
from tests.e2e.support.records import delete, exists
from tests.e2e.support.waiting import wait_for
from tests.kafka.broker import Kafka

pytestmark = pytest.mark.real_kafka

SECONDS = 20.0


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


@asynccontextmanager
async def joined(
    kafka: Kafka, topics: list[str], owner: Owner
) -> AsyncIterator[CommandSource]:
    """Join a group, and have its partitions."""
    settings = KafkaSettings(
        bootstrap_servers=kafka.bootstrap_servers, consumer_group=kafka.unique("group")
    )
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


async def test_a_commit_does_not_outlive_its_topic(kafka: Kafka) -> None:
    """The library would repeat it for ever, and the other topics' offsets with it."""
    stays, goes = (kafka.create_topic(n, 1) for n in ("stays", "goes"))
    owner, servers = Owner(), kafka.bootstrap_servers
    async with joined(kafka, [stays, goes], owner) as source:
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
