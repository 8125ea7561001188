"""What every unit test starts with: nothing of this machine's settings or speed."""

import os

import pytest
from hypothesis import settings

from gateway.environment import groups

PREFIXES = tuple(str(kind.model_config["env_prefix"]) for kind in groups().values())

# How long an example takes is the machine's affair; a test as a whole has 30 seconds.
# Few examples keep the tests a reflex; HYPOTHESIS_PROFILE=thorough looks further.
settings.register_profile("quick", deadline=None, max_examples=40)
settings.register_profile("thorough", deadline=None, max_examples=1000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))


@pytest.fixture(autouse=True)
def _no_settings_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in os.environ:
        if name.upper().startswith(PREFIXES):
            monkeypatch.delenv(name)
