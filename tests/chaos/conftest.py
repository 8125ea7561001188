"""The fixtures of the tests that break things."""

from collections.abc import Iterator

import pytest

from tests.chaos.flow import Flow
from tests.e2e.support.fixtures import (
    Enter,
    enter,
    gateways,
    note,
    simulator,
    topics,
    viber,
)
from tests.e2e.support.topics import Topics
from tests.e2e.support.viber import Viber
from tests.kafka.broker import Kafka
from tests.kafka.cluster import KafkaCluster

__all__ = [
    "enter",
    "gateways",
    "note",
    "simulator",
    "topics",
    "viber",
]


@pytest.fixture
def brokers(kafka_of_three: KafkaCluster) -> Iterator[KafkaCluster]:
    """Return three brokers that the test may break; they are mended afterwards."""
    yield kafka_of_three
    kafka_of_three.mend()


@pytest.fixture
def broker(brokers: KafkaCluster) -> Kafka:
    """Return them as the Kafka that the test runs on."""
    return Kafka("java", brokers.bootstrap_servers)


@pytest.fixture
def flow(topics: Topics, viber: Viber, enter: Enter) -> Flow:
    """Return five thousand commands that are not written yet."""
    return Flow(topics, viber, enter)
