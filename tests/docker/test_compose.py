"""compose.yaml agrees with the rest of the project and opens nothing to others."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from gateway.environment import known_names
from tests.kafka.container import IMAGE

COMPOSE = Path(__file__).parents[2] / "deploy" / "compose.yaml"


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
