"""What every unit test starts with: nothing of this machine's settings."""

import os

import pytest

from gateway.environment import groups

PREFIXES = tuple(str(kind.model_config["env_prefix"]) for kind in groups().values())


@pytest.fixture(autouse=True)
def _no_settings_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in os.environ:
        if name.upper().startswith(PREFIXES):
            monkeypatch.delenv(name)
