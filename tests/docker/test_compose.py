"""compose.yaml shows the whole product, and opens nothing to others."""

import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from gateway.environment import known_names
from tests.docker.project import COMPOSE, Project, compose, started
from tests.e2e.support.viber import Viber
from tests.e2e.support.waiting import wait_for
from tests.kafka.container import IMAGE


@pytest.fixture
def services() -> dict[str, Any]:
    """The services by name."""
    loaded: dict[str, dict[str, Any]] = yaml.safe_load(COMPOSE.read_text())
    return loaded["services"]


def test_every_port_is_published_on_loopback_only(services: dict[str, Any]) -> None:
    """A demonstration with an invented token is nobody else's business."""
    ports = [port for service in services.values() for port in service.get("ports", [])]

    assert len(ports) == 4
    assert all(port.startswith("127.0.0.1:") for port in ports)


def test_kafka_is_the_one_that_is_tested(services: dict[str, Any]) -> None:
    """What people try is what the tests ran against."""
    assert services["kafka"]["image"] == IMAGE


def test_the_gateway_gets_settings_that_exist(services: dict[str, Any]) -> None:
    """No name in its environment is a slip."""
    assert services["gateway"]["environment"].keys() <= known_names().keys()


def test_simulator_and_gateway_know_the_same_token(services: dict[str, Any]) -> None:
    """Else every callback would be answered 403."""
    token = services["gateway"]["environment"]["VIBER_AUTH_TOKEN"]

    assert f"--bot=main={token}" in services["simulator"]["command"]


def test_our_containers_are_locked_down(services: dict[str, Any]) -> None:
    """The demonstration shows how it is meant to run."""
    ours = [name for name, service in services.items() if "cap_drop" in service]

    assert set(services) - set(ours) == {"kafka"}
    assert all(services[name]["cap_drop"] == ["ALL"] for name in ours)
    assert all(services[name]["read_only"] for name in ours)


@pytest.fixture
def project(image: str, dev_image: str, tmp_path: Path) -> Iterator[Project]:
    """All of it in containers of its own."""
    command = compose()
    if command is None:
        pytest.skip("for want of Docker Compose")
    ours = {"viber-gateway:dev": image, "viber-gateway-dev:dev": dev_image}
    folder = tmp_path / f"viber-{uuid.uuid4().hex[:8]}"
    folder.mkdir()
    with started(command, ours, folder) as running:
        yield running


@pytest.mark.docker
@pytest.mark.timeout(600)
def test_a_user_writes_and_gets_the_answer(
    project: Project, services: dict[str, Any]
) -> None:
    """With one command and nothing set by hand; and the gateway stops when told to."""
    token = services["gateway"]["environment"]["VIBER_AUTH_TOKEN"]
    viber = Viber(project.url("simulator", 8081), "main", token)
    wait_for(
        "the webhook is set", lambda: project.exit_code("webhook") == 0, seconds=60
    )
    (user,) = viber.add_users(1)

    viber.write(user, "hello")
    wait_for("an answer", lambda: viber.texts(user), lambda said: said == ["hello"], 60)
    project.ask("stop", "gateway")

    assert project.exit_code("topics") == 0
    assert project.exit_code("gateway") == 0
