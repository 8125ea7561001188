"""Kafka for `viber-gateway dev`: embedded, or one that is there already.

The embedded one is librdkafka's mock cluster, in this process: it keeps records in
memory, speaks the real protocol, and needs nothing but the `confluent-kafka` wheel.
It has one member per consumer group and no administration: enough to try things.
"""

from collections.abc import Sequence
from typing import Protocol

from gateway.core.errors import GatewayError

try:
    from confluent_kafka import KafkaError, KafkaException, Producer
    from confluent_kafka.admin import AdminClient
    from confluent_kafka.cimpl import NewTopic
except ImportError:  # the extra is not installed
    IS_INSTALLED = False
else:
    IS_INSTALLED = True

ANSWER_SECONDS = 10.0
PARTITIONS = 6
COMPACTED = {"cleanup.policy": "compact"}


class KafkaMissingError(GatewayError):
    """There is no Kafka to work with."""


class Kafka(Protocol):
    """A Kafka to work with; it lives as long as this object."""

    @property
    def address(self) -> str:
        """Where a broker listens: host:port."""

    @property
    def kind(self) -> str:
        """What it is, for people."""

    def create_topics(self, names: Sequence[str], compacted: Sequence[str]) -> None:
        """Make sure that these exist, some of them compacted."""


def open_kafka(address: str | None) -> Kafka:
    """Return the Kafka at an address; without one, an embedded one.

    Raises:
        KafkaMissingError: The `dev` extra is not installed, or nothing answers.
    """
    if not IS_INSTALLED:
        raise KafkaMissingError(
            "'dev' needs the extra of that name: pip install 'viber-gateway[dev]'"
        )
    return EmbeddedKafka() if address is None else ExistingKafka(address)


class EmbeddedKafka:
    """The mock cluster."""

    kind = "embedded, in memory"

    def __init__(self) -> None:
        self._cluster = Producer(
            {
                "bootstrap.servers": "127.0.0.1:1",
                "test.mock.num.brokers": 1,
                "log_level": 0,
            }
        )
        brokers = self._cluster.list_topics(timeout=ANSWER_SECONDS).brokers
        broker = next(iter(brokers.values()))
        self.address = f"{broker.host}:{broker.port}"

    def create_topics(self, names: Sequence[str], compacted: Sequence[str]) -> None:
        """Ask for each topic: the mock cluster makes what it is asked for."""
        for name in (*names, *compacted):
            self._cluster.list_topics(name, timeout=ANSWER_SECONDS)


class ExistingKafka:
    """A Kafka that somebody else runs."""

    kind = "yours"

    def __init__(self, address: str) -> None:
        self.address = address
        self._admin = AdminClient({"bootstrap.servers": address, "log_level": 0})
        try:
            self._admin.list_topics(timeout=ANSWER_SECONDS)
        except KafkaException as error:
            raise KafkaMissingError(f"no Kafka answers at {address}") from error

    def create_topics(self, names: Sequence[str], compacted: Sequence[str]) -> None:
        """Create the topics that are missing."""
        topics = [NewTopic(name, PARTITIONS, -1) for name in names]
        topics += [NewTopic(name, 1, -1, config=COMPACTED) for name in compacted]
        for name, created in self._admin.create_topics(topics).items():
            try:
                created.result(ANSWER_SECONDS)
            except KafkaException as error:
                if error.args[0].code() != KafkaError.TOPIC_ALREADY_EXISTS:
                    raise KafkaMissingError(f"topic {name}: {error}") from error
