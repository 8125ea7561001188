"""The topics of one test: written to as bots do, and read from beginning to end."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Self

from confluent_kafka import (
    OFFSET_BEGINNING,
    Consumer,
    Message,
    Producer,
    TopicPartition,
)

from tests.e2e.support.waiting import PATIENCE_SECONDS, wait_for
from tests.kafka.broker import Kafka

_SECONDS: Final = 20.0
_AT_ONCE: Final = 1000
_POLL_SECONDS: Final = 0.1


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
        """Its coordinates, as the gateway writes them."""
        return f"{self.topic}/{self.partition}/{self.offset}"

    @property
    def json(self) -> Any:
        """Its value."""
        return json.loads(self.value or b"null")

    def header(self, name: str) -> str:
        """One header as text; it must be there."""
        return self.headers[name].decode()


@dataclass(frozen=True, slots=True)
class Draft:
    """A record to be written."""

    value: bytes | None
    key: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Topics:
    """Topics that nobody else has, and a consumer group for them."""

    servers: str
    group: str
    inbound: str
    outbound: str
    results: str
    dead_letters: str

    @classmethod
    def create(cls, kafka: Kafka) -> "Topics":
        """Make them."""
        names = [kafka.create_topic(n) for n in ("in", "out", "results", "dlq")]
        return cls(kafka.bootstrap_servers, kafka.unique("gateway"), *names)

    @property
    def settings(self) -> Mapping[str, str]:
        """How the gateway and bots find them."""
        return {
            "KAFKA_BOOTSTRAP_SERVERS": self.servers,
            "KAFKA_CONSUMER_GROUP": self.group,
            "TOPIC_INBOUND": self.inbound,
            "TOPIC_OUTBOUND": self.outbound,
            "TOPIC_RESULTS": self.results,
            "TOPIC_DEAD_LETTERS": self.dead_letters,
        }

    def write(self, drafts: Sequence[Draft], topic: str = "") -> None:
        """Write records, to the outbound topic unless told otherwise, in order."""
        errors: list[object] = []
        options = {"bootstrap.servers": self.servers, "enable.idempotence": True}
        producer = Producer(options)
        for draft in drafts:
            producer.produce(
                topic or self.outbound,
                draft.value,
                draft.key,
                headers=dict(draft.headers),
                on_delivery=lambda error, _: errors.append(error),
            )
        producer.flush(_SECONDS)
        assert errors == [None] * len(drafts)

    def count(self, topic: str) -> int:
        """How many records a topic holds."""
        with _Reader(self.servers, topic) as reader:
            return reader.count()

    def wait_for(
        self, topic: str, count: int, seconds: float = PATIENCE_SECONDS
    ) -> None:
        """Wait until a topic holds so many records."""
        with _Reader(self.servers, topic) as reader:
            what = f"{topic} holds {count} records"
            wait_for(what, reader.count, lambda held: held >= count, seconds)

    def read(self, topic: str) -> list[Written]:
        """Read a topic to its present end, partition by partition."""
        with _Reader(self.servers, topic) as reader:
            return sorted(reader.read(), key=lambda r: (r.partition, r.offset))

    def events(self) -> list[Written]:
        """Read the events that are about a user."""
        return [event for event in self.read(self.inbound) if event.key is not None]

    def read_after(self, topic: str, count: int) -> list[Written]:
        """Read a topic once it holds so many records."""
        self.wait_for(topic, count)
        return self.read(topic)


class _Reader:
    """Reads one topic and leaves no trace in any group."""

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
        return sum(self._ends())

    def read(self) -> list[Written]:
        ends = self._ends()
        records: list[Written] = []
        self._consumer.assign(self._partitions)
        while left := sum(ends) - len(records):
            batch = self._consumer.consume(min(left, _AT_ONCE), _POLL_SECONDS)
            found = [_written(m) for m in batch if m.error() is None]
            records += [r for r in found if r.offset < ends[r.partition]]
        return records

    def _ends(self) -> list[int]:
        """Tell where each partition ends now; they all begin at 0."""
        ask = self._consumer.get_watermark_offsets
        return [ask(p, timeout=_SECONDS)[1] for p in self._partitions]


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
