"""Which Kafka a test run takes, and what it says when it takes none."""

import socket

import pytest

from tests.kafka.choice import (
    NoKafkaError,
    candidates,
    is_real_required,
    running_kafka,
)
from tests.kafka.cluster import KafkaCluster
from tests.kafka.jars import KafkaClusterError
from tests.kafka.properties import ClusterShape


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({}, ["docker", "java", "mock"]),
        ({"TEST_KAFKA": "java"}, ["java"]),
        ({"TEST_KAFKA_BOOTSTRAP_SERVERS": "kafka:9092"}, ["given"]),
        (
            {"TEST_KAFKA": "mock", "TEST_KAFKA_BOOTSTRAP_SERVERS": "kafka:9092"},
            ["mock"],
        ),
        ({"KAFKA_BOOTSTRAP_SERVERS": "production:9092"}, ["docker", "java", "mock"]),
    ],
    ids=["nothing-said", "forced", "given", "forced-over-given", "production"],
)
def test_the_order_follows_the_environment(
    environ: dict[str, str], expected: list[str]
) -> None:
    """What is tried depends on the test variables alone, in the documented order."""
    assert list(candidates(environ)) == expected


def test_an_unknown_kind_is_a_fault() -> None:
    """A misspelt kind names the right ones instead of being ignored."""
    with pytest.raises(NoKafkaError, match="jawa is none of docker, java, mock"):
        candidates({"TEST_KAFKA": "jawa"})


@pytest.mark.parametrize("variable", ["CI=true", "TEST_REQUIRE_REAL_KAFKA=1"])
def test_the_mock_cluster_is_refused_where_a_real_kafka_is_required(
    variable: str,
) -> None:
    """CI cannot pass on a Kafka that is none."""
    name, value = variable.split("=")
    environ = {"TEST_KAFKA": "mock", name: value}

    with (
        pytest.raises(NoKafkaError, match="a real one is required, not mock"),
        running_kafka(environ),
    ):
        pass


def test_the_mock_cluster_is_enough_where_nothing_is_required() -> None:
    """A machine with neither Docker nor Java still runs what it can."""
    assert not is_real_required({"CI": "false"})
    with running_kafka({"TEST_KAFKA": "mock"}) as kafka:
        assert not kafka.is_real
        assert kafka.bootstrap_servers.startswith("127.0.0.1:")


def test_a_given_kafka_that_is_away_is_a_fault() -> None:
    """A run that was told which Kafka to use does not take another one."""
    with (
        pytest.raises(NoKafkaError, match="nothing listens at 127"),
        running_kafka({"TEST_KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:1"}),
    ):
        pass


def test_a_port_that_is_taken_is_a_fault() -> None:
    """Else the Kafka that has it would be taken for the new one, and be played with."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]

        with pytest.raises(KafkaClusterError, match=f"port {port} is taken"):
            KafkaCluster(ClusterShape(port=port))
