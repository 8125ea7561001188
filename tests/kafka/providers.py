"""How each kind of Kafka is started, and taken away afterwards.

Each provider is a context manager that gives a `Kafka` which has answered, or
raises `UnavailableError` with a reason that fits in one line.
"""

import contextlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from typing import Final

from confluent_kafka import KafkaException, Producer
from confluent_kafka.admin import AdminClient

from tests.kafka import jars
from tests.kafka.broker import Kafka, Kind
from tests.kafka.cluster import KafkaCluster
from tests.kafka.jars import KafkaClusterError
from tests.kafka.properties import ClusterShape
from tests.kafka.wire import HOST, is_listening

# A topic that nobody created is a fault that only a strict broker shows.
_STRICT: Final[Mapping[str, object]] = {"auto.create.topics.enable": "false"}


Provider = Callable[[], AbstractContextManager[Kafka]]


class UnavailableError(Exception):
    """This kind of Kafka is not to be had here."""


@contextlib.contextmanager
def given(servers: str) -> Iterator[Kafka]:
    """Use a Kafka that somebody else runs; this run's topics are deleted."""
    if not any(map(is_listening, servers.split(","))):
        raise UnavailableError(f"nothing listens at {servers}")
    admin = AdminClient({"bootstrap.servers": servers, "log_level": 0})
    try:
        cluster_id = admin.list_topics(timeout=10).cluster_id
    except KafkaException as error:
        raise UnavailableError(f"{servers} does not answer: {error}") from error
    kafka = Kafka("given", servers, f"cluster {cluster_id}")
    yield kafka
    kafka.forget()


@contextlib.contextmanager
def java() -> Iterator[Kafka]:
    """Run Apache Kafka from its jars."""
    if missing := jars.what_is_missing():
        raise UnavailableError(missing)
    with contextlib.ExitStack() as stack:
        try:
            cluster = KafkaCluster(ClusterShape(settings=_STRICT))
            stack.enter_context(cluster)
        except KafkaClusterError as error:
            raise UnavailableError(str(error).splitlines()[0]) from error
        note = f"Apache Kafka {jars.KAFKA_VERSION} from its jars"
        yield Kafka("java", cluster.bootstrap_servers, note)


@contextlib.contextmanager
def docker() -> Iterator[Kafka]:
    """Run Apache Kafka's image by testcontainers."""
    from tests.kafka import container  # noqa: PLC0415 -- 0.3 s that few runs need

    with contextlib.ExitStack() as stack:
        try:
            container.pull_if_missing()
            port = stack.enter_context(container.broker(_STRICT))
        except Exception as error:  # docker, requests and urllib3 raise what they like
            words = str(error).splitlines() or [type(error).__name__]
            raise UnavailableError(words[0][:200]) from error
        yield Kafka("docker", f"{HOST}:{port}", container.IMAGE)


@contextlib.contextmanager
def mock() -> Iterator[Kafka]:
    """Run librdkafka's mock cluster; it lives as long as the client that has it."""
    host = Producer(
        {
            "bootstrap.servers": "nowhere:1",
            "test.mock.num.brokers": 1,
            "log_level": 4,
        }
    )
    brokers = host.list_topics(timeout=10).brokers.values()
    servers = ",".join(f"{broker.host}:{broker.port}" for broker in brokers)
    yield Kafka("mock", servers, "librdkafka's mock cluster")
    host.flush(0)


STARTED: Final[Mapping[Kind, Provider]] = {
    "docker": docker,
    "java": java,
    "mock": mock,
}
