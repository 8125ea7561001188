"""Topics that every replica follows: they come, go and are missing while it reads."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, MutableSequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Literal

import pytest

from gateway.adapters.kafka.clients import KafkaClients
from gateway.adapters.kafka.follower import Follower
from gateway.core.record import Record
from gateway.egress.clock import SystemClock
from gateway.settings import KafkaSettings
from tests.e2e.support.records import Draft, create, write
from tests.fakes.logbook import capture_logs
from tests.kafka.broker import Kafka
from tests.kafka.plugin import StartCluster
from tests.kafka.properties import ClusterShape

pytestmark = [
    pytest.mark.real_kafka,  # where a topic that nobody made is missing
    pytest.mark.timeout(60),
]

SECONDS = 30.0


class Wanted(asyncio.Event):
    """Whether following is wanted, and whether somebody waits for that."""

    is_awaited = False

    async def wait(self) -> Literal[True]:
        """Wait until it is wanted."""
        self.is_awaited = True
        return await super().wait()


@dataclass(slots=True)
class Following:
    """What is followed, and what came of it."""

    topics: MutableSequence[str]
    taken: list[bytes | None] = field(default_factory=list)
    is_reading: bool = False
    wanted: Wanted = field(default_factory=Wanted)

    def take(self, record: Record) -> None:
        """Keep a record's value."""
        self.taken.append(record.value)

    def note_reading(self) -> None:
        """Hear that all topics are read."""
        self.is_reading = True

    async def reads(self) -> None:
        """Wait until all topics are read."""
        await until(lambda: self.is_reading)

    async def has(self, *values: bytes) -> None:
        """Wait until these, and only these, were taken."""
        await until(lambda: len(self.taken) >= len(values))
        assert self.taken == list(values)


async def until(is_so: Any) -> None:
    """Wait until something is so; it must become so in time."""
    async with asyncio.timeout(SECONDS):
        while not is_so():  # noqa: ASYNC110  it may be so in Kafka's own time
            await asyncio.sleep(0.02)


@asynccontextmanager
async def following(
    servers: str, *topics: str, since: Callable[[], float] = SystemClock.wall
) -> AsyncIterator[Following]:
    """Follow topics for a while."""
    clients = KafkaClients(KafkaSettings(bootstrap_servers=servers))
    state = Following(list(topics))
    state.wanted.set()
    follower = Follower(
        clients.reader,
        lambda: state.topics,
        state.take,
        since,
        state.note_reading,
    )
    async with asyncio.TaskGroup() as tasks:
        running = tasks.create_task(follower.run(state.wanted))
        yield state
        running.cancel()


@pytest.fixture
def logs() -> Iterator[list[Any]]:
    """Return what is logged."""
    with capture_logs() as logs:
        yield logs


async def say(kafka: Kafka, topic: str, value: bytes) -> None:
    """Write a record."""
    await asyncio.to_thread(write, kafka.bootstrap_servers, [Draft(topic, value, "k")])


async def test_a_topic_that_is_named_later_is_read_too(
    kafka: Kafka, logs: list[Any]
) -> None:
    """What was read before goes on where it was: no record twice, none left out."""
    one, other = kafka.create_topic("one"), kafka.create_topic("other")
    async with following(kafka.bootstrap_servers, one) as state:
        await state.reads()
        await say(kafka, one, b"1")
        await state.has(b"1")

        state.is_reading = False
        state.topics.append(other)
        await say(kafka, one, b"2")
        await state.reads()
        await say(kafka, other, b"3")

        await state.has(b"1", b"2", b"3")
    assert logs == []


async def test_a_topic_that_is_not_named_any_more_is_left(kafka: Kafka) -> None:
    """The others are read on."""
    one, other = kafka.create_topic("one"), kafka.create_topic("other")
    async with following(kafka.bootstrap_servers, one, other) as state:
        await state.reads()

        state.is_reading = False
        state.topics.remove(other)
        await state.reads()
        await say(kafka, other, b"unheard")
        await say(kafka, one, b"heard")

        await state.has(b"heard")


async def test_a_missing_topic_holds_no_other(kafka: Kafka, logs: list[Any]) -> None:
    """It is told once, and read as soon as it is there."""
    there, missing = kafka.create_topic("there"), kafka.unique("missing")
    async with following(kafka.bootstrap_servers, there, missing) as state:
        await until(lambda: logs)
        await say(kafka, there, b"1")
        await state.has(b"1")
        assert not state.is_reading

        await asyncio.to_thread(create, kafka.bootstrap_servers, [missing])
        await state.reads()
        await say(kafka, missing, b"2")

        await state.has(b"1", b"2")
    assert [line["event"] for line in logs] == [
        "following_interrupted",
        "following_resumed",
    ]
    assert missing in logs[0]["error"]
    assert there not in logs[0]["error"]


async def test_what_was_written_since_is_read_too(kafka: Kafka) -> None:
    """Such as what a user said just before a command was parked."""
    topic = kafka.create_topic("one")
    await say(kafka, topic, b"before")
    async with following(kafka.bootstrap_servers, topic, since=lambda: 0.0) as state:
        await state.reads()
        await say(kafka, topic, b"after")

        await state.has(b"before", b"after")


async def test_while_nothing_is_wanted_nothing_is_followed(kafka: Kafka) -> None:
    """What is wanted later begins anew, at the time that is asked for then."""
    topic = kafka.create_topic("one")
    async with following(kafka.bootstrap_servers, topic) as state:
        await state.reads()
        await say(kafka, topic, b"1")
        await state.has(b"1")

        state.is_reading = state.wanted.is_awaited = False
        state.wanted.clear()
        await until(lambda: state.wanted.is_awaited)
        await say(kafka, topic, b"unheard")
        state.wanted.set()
        await state.reads()
        await say(kafka, topic, b"2")

        await state.has(b"1", b"2")


async def test_an_outage_of_kafka_is_told_once(
    kafka_cluster: StartCluster, logs: list[Any]
) -> None:
    """Not with every attempt to reach it, and its end is told too."""
    cluster = kafka_cluster(ClusterShape())
    kafka = Kafka("java", cluster.bootstrap_servers)
    topic = kafka.create_topic("one")
    cluster.kill_broker(1)

    async with following(kafka.bootstrap_servers, topic) as state:
        await until(lambda: logs)
        await asyncio.to_thread(cluster.start_broker, 1)
        await state.reads()
        await say(kafka, topic, b"1")
        await state.has(b"1")

    assert [line["event"] for line in logs] == [
        "following_interrupted",
        "following_resumed",
    ]
