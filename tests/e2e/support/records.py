"""Kafka records, written and read by a client that is not the gateway's."""

import json
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final, Self

from confluent_kafka import (
    OFFSET_BEGINNING,
    OFFSET_END,
    Consumer,
    ElectionType,
    KafkaException,
    Message,
    Producer,
    TopicPartition,
)
from confluent_kafka.admin import AdminClient
from confluent_kafka.cimpl import NewTopic

from tests.e2e.support.waiting import wait_for

_SECONDS: Final = 20.0
_AT_ONCE: Final = 1000
_POLL_SECONDS: Final = 0.1


@dataclass(frozen=True, slots=True)
class Draft:
    """A record to be written."""

    topic: str
    value: bytes | None
    key: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Written:
    """A record as it stands in a topic; a repeated header counts once."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: Mapping[str, bytes]

    @property
    def place(self) -> str:
        """Its coordinates, in the form in which they are a plain command's id."""
        return f"{self.topic}/{self.partition}/{self.offset}"

    @property
    def json(self) -> Any:
        """What its value says."""
        return json.loads(self.value or b"null")

    def header(self, name: str) -> str:
        """Return a header's text; it must be there."""
        return self.headers[name].decode()


def create(servers: str, topics: Sequence[str]) -> None:
    """Create topics of these names."""
    admin = AdminClient({"bootstrap.servers": servers})
    for created in admin.create_topics([NewTopic(t, 2) for t in topics]).values():
        created.result(_SECONDS)


def delete(servers: str, topic: str) -> None:
    """Delete a topic."""
    admin = AdminClient({"bootstrap.servers": servers})
    admin.delete_topics([topic])[topic].result(_SECONDS)


def exists(servers: str, topic: str) -> bool:
    """Whether a topic is there."""
    admin = AdminClient({"bootstrap.servers": servers})
    return topic in admin.list_topics(timeout=_SECONDS).topics


def recreate(servers: str, topic: str) -> None:
    """Delete a topic, and create one of its name with one partition."""
    delete(servers, topic)
    admin, new = AdminClient({"bootstrap.servers": servers}), [NewTopic(topic, 1)]
    wait_for(f"a new {topic}", lambda: _is_done(admin.create_topics(new)[topic]))


def _is_done(request: Future[None]) -> bool:
    try:
        request.result(_SECONDS)
    except KafkaException:  # the old one is not gone yet
        return False
    return True


def empty(servers: str, topics: Sequence[str]) -> None:
    """Delete all records of topics."""
    admin = AdminClient({"bootstrap.servers": servers, "log_level": 4})
    ends = [
        TopicPartition(topic, number, OFFSET_END)
        for topic in topics
        for number in leaders(servers, topic)
    ]
    for deleted in admin.delete_records(ends).values():
        deleted.result(_SECONDS)


def leaders(servers: str, topic: str) -> dict[int, int]:
    """Tell which broker leads each partition."""
    admin = AdminClient({"bootstrap.servers": servers})
    found = admin.list_topics(topic, timeout=_SECONDS).topics[topic].partitions
    return {number: partition.leader for number, partition in sorted(found.items())}


def elect_preferred(servers: str, topic: str) -> dict[int, int]:
    """Let each partition be led by its first replica, if it can; return who leads."""
    admin = AdminClient({"bootstrap.servers": servers})
    partitions = [TopicPartition(topic, number) for number in leaders(servers, topic)]
    admin.elect_leaders(ElectionType.PREFERRED, partitions).result(_SECONDS)
    return leaders(servers, topic)


def coordinator(servers: str, group: str) -> int:
    """Tell which broker coordinates a group."""
    admin = AdminClient({"bootstrap.servers": servers})
    found = admin.describe_consumer_groups([group])[group].result(_SECONDS)
    return int(found.coordinator.id)


def committed(servers: str, group: str, topic: str) -> dict[int, int]:
    """Tell where a group has got to, by partition; negative: it has not begun."""
    wanted = [TopicPartition(topic, number) for number in leaders(servers, topic)]
    client = Consumer({"bootstrap.servers": servers, "group.id": group})
    found = client.committed(wanted, timeout=_SECONDS)
    client.close()
    return {each.partition: each.offset for each in found}


def commit(servers: str, group: str, place: TopicPartition) -> None:
    """Tell a group without members where it has got to, and a text beside it."""
    client = Consumer({"bootstrap.servers": servers, "group.id": group})
    client.commit(offsets=[place], asynchronous=False)
    client.close()


def write(servers: str, drafts: Sequence[Draft]) -> list[str]:
    """Write records, in order; return their coordinates, sorted."""
    places: list[str] = []
    # One at a time keeps the order; idempotence would, too, after half a second.
    producer = Producer({"bootstrap.servers": servers, "max.in.flight": 1})
    for draft in drafts:
        producer.produce(
            draft.topic,
            draft.value,
            draft.key,
            headers=dict(draft.headers),
            on_delivery=partial(_note, places),
        )
    producer.flush(_SECONDS)
    assert len(places) == len(drafts)
    return sorted(places)


class Reader:
    """Reads one topic; no group knows of it."""

    def __init__(self, servers: str, topic: str) -> None:
        self._consumer = Consumer(
            {
                "bootstrap.servers": servers,
                "group.id": "tests: none",
                "fetch.wait.max.ms": 10,
            }
        )
        found = self._consumer.list_topics(topic, timeout=_SECONDS).topics[topic]
        self._partitions = [
            TopicPartition(topic, number, OFFSET_BEGINNING)
            for number in sorted(found.partitions)
        ]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._consumer.close()

    def count(self) -> int:
        """How many records there are."""
        return sum(len(offsets) for offsets in self._offsets())

    def read(self) -> list[Written]:
        """Read to the present end; in order, partition by partition."""
        wanted = self._offsets()
        records: list[Written] = []
        self._consumer.assign(self._partitions)
        while left := sum(map(len, wanted)) - len(records):
            batch = self._consumer.consume(min(left, _AT_ONCE), _POLL_SECONDS)
            found = [_written(m) for m in batch if m.error() is None]
            records += [r for r in found if r.offset in wanted[r.partition]]
        return sorted(records, key=lambda r: (r.partition, r.offset))

    def _offsets(self) -> list[range]:
        """Tell which offsets each partition holds now."""
        return [
            range(*wait_for(f"the marks of {p}", partial(self._marks, p)))
            for p in self._partitions
        ]

    def _marks(self, partition: TopicPartition) -> tuple[int, ...]:
        """Tell where one begins and ends; nothing while no broker can tell."""
        try:
            low, high = self._consumer.get_watermark_offsets(
                partition, timeout=_SECONDS
            )
        except KafkaException:  # one comes or goes
            return ()
        return (low, high)


def _note(places: list[str], error: object, message: Message) -> None:
    assert error is None, error
    places.append(_written(message).place)


def _written(message: Message) -> Written:
    headers: Any = message.headers() or ()
    return Written(
        message.topic() or "",
        message.partition() or 0,
        message.offset() or 0,
        _raw(message.key()),
        _raw(message.value()),
        dict(headers),
    )


def _raw(content: str | bytes | None) -> bytes | None:
    return content.encode() if isinstance(content, str) else content
