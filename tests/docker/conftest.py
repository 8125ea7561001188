"""Fixtures: an engine, and the images as `make image` builds them."""

import os
import shutil

import pytest

from tests.docker.engine import REVISION, build, docker
from tests.kafka.choice import is_real_required


@pytest.fixture(scope="session")
def engine() -> None:
    """A Docker engine that answers."""
    if not shutil.which("docker") or docker("version").returncode:
        end = pytest.fail if is_real_required(os.environ) else pytest.skip
        end("for want of a Docker engine")


@pytest.fixture(scope="session")
def image(engine: None) -> str:
    """The image as `make image` builds it."""
    del engine  # must answer
    return build("viber-gateway:test", ("--build-arg", f"REVISION={REVISION}"))


@pytest.fixture(scope="session")
def dev_image(engine: None) -> str:
    """The image with the extra for developers."""
    del engine  # must answer
    return build("viber-gateway-dev:test", ("--target", "dev"))
