"""Fixtures: Helm in both versions, promtool, definitions of other projects' objects.

Where a program cannot be had, its tests are skipped by name, or fail in CI.
"""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.chart import definitions, programs
from tests.chart.definitions import Definitions
from tests.chart.programs import UnavailableError
from tests.chart.rendering import CHART, Helm

HERE = Path(__file__).parent
FETCH_SECONDS = 600  # the first test that needs a program waits for its download


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave time for downloads."""
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.timeout(FETCH_SECONDS))


def fetched(what: str, fetch: Callable[[], Path]) -> Path:
    """Return a program; without it the test is skipped, or fails in CI."""
    try:
        return fetch()
    except UnavailableError as error:
        end = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
        end(f"for want of {what}: {error}")


def _helm(version: str) -> Helm:
    return Helm(fetched(f"Helm {version}", lambda: programs.helm(version)), version)


@pytest.fixture(scope="session")
def helm() -> Helm:
    """Helm 3; what it renders, Helm 4 renders too: test_objects proves it."""
    return _helm(programs.HELM_VERSIONS[0])


@pytest.fixture(scope="session", params=programs.HELM_VERSIONS)
def each_helm(request: pytest.FixtureRequest) -> Helm:
    """Each version of Helm."""
    return _helm(request.param)


@pytest.fixture(scope="session")
def promtool() -> Path:
    """Prometheus's checker."""
    return fetched("promtool", programs.promtool)


@pytest.fixture(scope="session")
def checkov() -> Path:
    """A checker of good practice."""
    return fetched("checkov", programs.checkov)


@pytest.fixture(scope="session")
def go_definitions() -> Definitions:
    """Definitions out of Go modules."""
    return Definitions(fetched("definitions", definitions.go_definitions))


@pytest.fixture(scope="session")
def strimzi_definitions() -> Definitions:
    """Strimzi's definitions."""
    found = fetched("Strimzi's definitions", definitions.strimzi_definitions)
    return Definitions(found)


@pytest.fixture(scope="session")
def templates() -> dict[str, str]:
    """Every template's text by its name."""
    return {
        str(path.relative_to(CHART)): path.read_text()
        for path in sorted((CHART / "templates").rglob("*"))
        if path.is_file()
    }
