"""What a test is given: a Kafka that answers, and topics of its own.

Rule: every name made here is unique over all runs, since a broker may be shared
with other runs, and holds the run's id, by which `forget` finds it again.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

import pytest
from confluent_kafka import Producer
from confluent_kafka.admin import AdminClient
from confluent_kafka.cimpl import NewTopic

Kind = Literal["given", "docker", "java", "mock"]

PARTITIONS: Final = 4  # of every topic on librdkafka's mock cluster
FOR_WANT: Final = "for want of a real Kafka"
_TIMEOUT_SECONDS: Final = 20.0


@dataclass(frozen=True, slots=True)
class Kafka:
    """A broker of one of the four kinds.

    Attributes:
        note: What it is and why the kinds before it were not taken, for people.
    """

    kind: Kind
    bootstrap_servers: str
    note: str = ""
    run_id: str = field(default_factory=lambda: uuid.uuid4().hex[:8])

    @property
    def is_real(self) -> bool:
        """Whether it is Apache Kafka, or was given as such."""
        return self.kind != "mock"

    def describe(self) -> str:
        """Return one line for people."""
        return f"{self.kind} at {self.bootstrap_servers}: {self.note}"

    def unique(self, prefix: str) -> str:
        """Return a name for a topic, a group or a client that nobody else has."""
        return f"{prefix}-{self.run_id}-{uuid.uuid4().hex[:8]}"

    def create_topic(
        self,
        prefix: str,
        partitions: int = PARTITIONS,
        config: Mapping[str, str] | None = None,
    ) -> str:
        """Create a topic and return its name; this blocks for some milliseconds.

        The mock cluster has topics of four partitions and no configuration: there a
        test that wants others is skipped.
        """
        name = self.unique(prefix)
        if self.is_real:
            self._create(NewTopic(name, partitions, config=dict(config or {})))
        elif partitions == PARTITIONS and not config:
            client = Producer({"bootstrap.servers": self.bootstrap_servers})
            client.list_topics(name, _TIMEOUT_SECONDS)  # the question makes the topic
        else:
            pytest.skip(f"{FOR_WANT}: {partitions} partitions, configuration {config}")
        return name

    def forget(self) -> None:
        """Delete the topics of this run."""
        admin = self._admin()
        topics = admin.list_topics(timeout=_TIMEOUT_SECONDS).topics
        if own := [name for name in topics if f"-{self.run_id}-" in name]:
            for deleted in admin.delete_topics(own).values():
                deleted.result(_TIMEOUT_SECONDS)

    def _create(self, topic: NewTopic) -> None:
        admin = self._admin()  # must outlive its futures
        created = admin.create_topics([topic], operation_timeout=_TIMEOUT_SECONDS)
        created[topic.topic].result(_TIMEOUT_SECONDS)

    def _admin(self) -> AdminClient:
        return AdminClient(
            {"bootstrap.servers": self.bootstrap_servers, "log_level": 4}
        )
