"""The fixtures: a Prometheus, and what the black-box tests run on."""

from pathlib import Path

import pytest

from tests.chart import programs
from tests.chart.conftest import fetched, promtool
from tests.e2e.support.fixtures import broker, gateways, simulator, topics, viber

__all__ = [
    "broker",
    "gateways",
    "prometheus_program",
    "promtool",
    "simulator",
    "topics",
    "viber",
]


@pytest.fixture(scope="session")
def prometheus_program() -> Path:
    """Prometheus itself."""
    return fetched("Prometheus", programs.prometheus)
