"""How long `docker run` takes until the probe that the chart asks first is good."""

import sys
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from pathlib import Path
from statistics import median

import pytest

from tests.docker.engine import LOCKED_DOWN, docker
from tests.e2e.support.child import Child
from tests.e2e.support.waiting import wait_for
from tests.e2e.support.web import get
from tests.kafka.broker import Kafka
from tests.kafka.wire import free_ports

ROUNDS = 5
ROLE = ("run", "--role", "receiver")

Settings = Mapping[str, str]
Start = Callable[[Settings], AbstractContextManager[None]]


@contextmanager
def contained(image: str, settings: Settings) -> Iterator[None]:
    """Run the receiver in a container."""
    name = f"viber-{uuid.uuid4().hex[:8]}"
    env = (f"--env={key}={value}" for key, value in settings.items())
    options = ("--detach", "--network=host", f"--name={name}", *LOCKED_DOWN, *env)
    try:
        assert docker("run", *options, image, *ROLE).returncode == 0
        yield
    finally:
        docker("rm", "--force", name)


@contextmanager
def bare(folder: Path, settings: Settings) -> Iterator[None]:
    """Run the receiver out of this checkout."""
    child = Child(("gateway", *ROLE), settings, folder / uuid.uuid4().hex)
    try:
        yield
    finally:
        child.close()


def seconds(start: Start, kafka: Kafka) -> float:
    """Return how long one start takes."""
    public, management = map(str, (next(free_ports()), next(free_ports())))
    began = time.monotonic()
    with start(
        {
            "HTTP_PORT": public,
            "MANAGEMENT_PORT": management,
            "KAFKA_BOOTSTRAP_SERVERS": kafka.bootstrap_servers,
            "VIBER_AUTH_TOKEN": "a-token-0123456789",
        }
    ):
        wait_for("it has started", partial(is_good, int(management)))
        return time.monotonic() - began


def is_good(port: int) -> bool:
    """Ask the startup probe; at first nobody listens."""
    try:
        return get(f"http://127.0.0.1:{port}/startupz").status == 200
    except ConnectionError:
        return False


@pytest.mark.docker
@pytest.mark.timeout(600)
def test_a_container_starts_about_as_fast_as_the_program(
    image: str, kafka: Kafka, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its own part is small: nothing is compiled or unpacked at the start."""
    starts: dict[str, Start] = {
        "container": partial(contained, image),
        "program": partial(bare, tmp_path),
    }
    rounds = [[seconds(s, kafka) for s in starts.values()] for _ in range(ROUNDS)]
    inside, outside = map(median, zip(*rounds, strict=True))
    with capsys.disabled():
        sys.stdout.write(f"\nstarts in {inside:.2f} s; outside in {outside:.2f} s\n")

    assert inside < 2 * outside
