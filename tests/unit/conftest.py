"""What every unit test starts with: nothing of this machine's settings or speed."""

import os

import pytest
from hypothesis import settings

from gateway.environment import groups

PREFIXES = tuple(str(kind.model_config["env_prefix"]) for kind in groups().values())

# How long an example takes is the machine's affair; a test as a whole has 30 seconds.
settings.register_profile("unit", deadline=None)
settings.load_profile("unit")


@pytest.fixture(autouse=True)
def _no_settings_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in os.environ:
        if name.upper().startswith(PREFIXES):
            monkeypatch.delenv(name)
