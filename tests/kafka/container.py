"""One broker from Apache Kafka's own image, by testcontainers.

The broker has the same port within and without, so that what it advertises is right
in both places; the port is free, and published on the loopback address only.
"""

import contextlib
import time
from collections.abc import Iterator, Mapping
from typing import Final

from testcontainers.core.container import DockerContainer
from testcontainers.core.docker_client import DockerClient

from tests.kafka.jars import KAFKA_VERSION
from tests.kafka.properties import PACE
from tests.kafka.wire import HOST, alive_brokers, free_ports

IMAGE: Final = f"apache/kafka:{KAFKA_VERSION}"
_PULL_SECONDS: Final = 60.0
_START_SECONDS: Final = 60.0


def pull_if_missing() -> None:
    """See to it that the engine has the image.

    Raises:
        TimeoutError: The pull takes longer than a test run should wait.
        Exception: No engine answers, or it cannot pull.
    """
    # The time-out is that of one read; the pull's own is kept by hand.
    engine = DockerClient(timeout=10).client
    with contextlib.closing(engine):
        engine.ping()
        if engine.images.list(IMAGE):
            return
        deadline = time.monotonic() + _PULL_SECONDS
        repository, tag = IMAGE.split(":")
        for step in engine.api.pull(repository, tag, stream=True, decode=True):
            if "error" in step:
                raise RuntimeError(step["error"])
            _keep(deadline, f"{IMAGE} is not pulled in {_PULL_SECONDS:.0f} s")


@contextlib.contextmanager
def broker(settings: Mapping[str, object]) -> Iterator[int]:
    """Run a broker and give the port at which it answers."""
    port = next(free_ports())
    container = DockerContainer(IMAGE, env=_environment(port, settings))
    # docker-py's form for one address of the host; testcontainers' type lacks it.
    container.ports[f"{port}/tcp"] = (HOST, port)  # type: ignore[assignment]
    with container:
        deadline = time.monotonic() + _START_SECONDS
        while not alive_brokers(port):
            _keep(deadline, f"no answer in {_START_SECONDS:.0f} s")
            time.sleep(0.05)
        yield port


def _keep(deadline: float, complaint: str) -> None:
    if time.monotonic() > deadline:
        raise TimeoutError(complaint)


def _environment(port: int, settings: Mapping[str, object]) -> dict[str, str]:
    """Return broker properties in the image's form: KAFKA_A_B is a.b."""
    properties: dict[str, object] = {
        "node.id": 1,
        "process.roles": "broker,controller",
        "controller.listener.names": "CONTROLLER",
        "controller.quorum.voters": "1@localhost:9093",
        "listeners": f"PLAINTEXT://:{port},CONTROLLER://localhost:9093",
        "advertised.listeners": f"PLAINTEXT://{HOST}:{port}",
        "listener.security.protocol.map": "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT",
        "offsets.topic.replication.factor": 1,
        "offsets.topic.num.partitions": 1,
        "transaction.state.log.replication.factor": 1,
        "transaction.state.log.min.isr": 1,
        **PACE,
        **settings,
    }
    return {
        f"KAFKA_{key.upper().replace('.', '_')}": str(value)
        for key, value in properties.items()
    }
