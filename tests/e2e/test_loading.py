"""Which modules a role loads: memory and start-up time are spent on what it does."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from tests.e2e.support.child import Child
from tests.e2e.support.gateway import IMPATIENT
from tests.e2e.support.waiting import wait_for
from tests.e2e.support.web import get

pytestmark = pytest.mark.timeout(60)

# CPython, "PYTHONPROFILEIMPORTTIME": `import time: SELF | TOTAL |  MODULE`.
IMPORTED: Final = re.compile(r"^import time: +\d+ \| +\d+ \| +(\S+)$", re.MULTILINE)
MANAGEMENT: Final = re.compile(r'"port": "management", "url": "([^"]+)"')
ASKED: Final = ("livez", "startupz", "readyz", "health", "metrics")

# Terminals in colour, schemas, documents, traces, models of an earlier pydantic.
NOBODY_S: Final = {"opentelemetry.sdk", "pydantic.v1", "rich", "yaml"}
EACH_OTHER_S: Final = {
    "receiver": {"gateway.egress.sender", "pyreqwest", "tenacity"},
    "sender": {"gateway.ingress.webhook"},
}


@pytest.fixture(params=["receiver", "sender"])
def role(request: pytest.FixtureRequest) -> str:
    """Return the role that is looked at."""
    return str(request.param)


@pytest.fixture
def loaded(role: str, tmp_path: Path) -> Iterator[set[str]]:
    """Return what a process of a role loads until all its probes have answered."""
    settings = {
        **IMPATIENT,
        "KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:1",
        "VIBER_AUTH_TOKEN": "4d3a1c9be0f25768-8a61b2c3d4e5f607",
        "PYTHONPROFILEIMPORTTIME": "1",
    }
    child = Child(["gateway", "run", "--role", role], settings, tmp_path / role)
    try:
        url = wait_for("it listens", lambda: MANAGEMENT.findall(child.complaints))[0]
        for name in ASKED:
            assert get(f"{url}/{name}").status in {200, 503}
        child.stop()
        yield set(IMPORTED.findall(child.complaints))
    finally:
        child.close()


def test_a_role_loads_what_it_uses(role: str, loaded: set[str]) -> None:
    """Neither what the other role needs, nor what nobody has asked for."""
    assert f"gateway.roles.{role}" in loaded
    assert loaded & (NOBODY_S | EACH_OTHER_S[role]) == set()
