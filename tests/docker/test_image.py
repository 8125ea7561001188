"""The image runs as locked down as a cluster can make it, and holds nothing to spare.

Built with the host's network, so that it also builds where containers have none.
"""

import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.kafka.choice import is_real_required

ROOT = Path(__file__).parents[2]
LOCKED_DOWN = (
    *("--rm", "--read-only", "--cap-drop=ALL", "--security-opt=no-new-privileges"),
    *("--user=10001:10001", "--network=none", "--memory=256m"),
)

pytestmark = [pytest.mark.docker, pytest.mark.timeout(600)]


def docker(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the Docker client to its end."""
    return subprocess.run(
        ["docker", *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )


def run(image: str, *command: str, options: Sequence[str] = ()) -> tuple[int, str, str]:
    """Run a command in a locked-down container: exit code, output, errors."""
    done = docker("run", *LOCKED_DOWN, *options, image, *command)
    return done.returncode, done.stdout, done.stderr


def build(tag: str, target: Sequence[str] = ()) -> str:
    """Build an image and return its tag."""
    place = ("-f", "deploy/Dockerfile", "--network=host", ".")
    built = docker("build", "-t", tag, *target, *place)
    assert built.returncode == 0, built.stdout[-4000:] + built.stderr[-4000:]
    return tag


@pytest.fixture(scope="module", autouse=True)
def engine() -> None:
    """A Docker engine that answers."""
    if not shutil.which("docker") or docker("version").returncode:
        end = pytest.fail if is_real_required(os.environ) else pytest.skip
        end("for want of a Docker engine")


@pytest.fixture(scope="module")
def image() -> str:
    """The image as `make image` builds it."""
    return build("viber-gateway:test")


@pytest.fixture(scope="module")
def dev_image() -> str:
    """The image with the extra for developers."""
    return build("viber-gateway-dev:test", target=("--target", "dev"))


def test_the_gateway_starts_locked_down(image: str) -> None:
    """No write access, no capability, no user of the system: it still runs."""
    code, output, _ = run(image, "--help")

    assert code == 0
    assert "run" in output


def test_missing_settings_are_named(image: str) -> None:
    """Without settings the container ends with code 2 and says what it wants."""
    code, _, errors = run(image)

    assert code == 2
    assert "KAFKA_BOOTSTRAP_SERVERS" in errors


def test_the_simulator_ships_in_the_same_image(image: str) -> None:
    """The one image runs the whole demonstration."""
    entry = ("--entrypoint", "viber-simulator")

    code, output, _ = run(image, "--help", options=entry)

    assert code == 0
    assert "viber-simulator" in output


@pytest.mark.parametrize("tool", ["pip", "cc", "gcc", "make", "uv"])
def test_nothing_that_builds_or_installs_is_left(image: str, tool: str) -> None:
    """What gets in finds no tool to bring in more."""
    shell = ("--entrypoint", "sh")

    code, output, _ = run(image, "-c", f"command -v {tool}", options=shell)

    assert (code, output) == (127, "")


def test_modules_are_compiled_beforehand(image: str) -> None:
    """A read-only container compiles nothing at each start."""
    python = ("--entrypoint", "python")
    script = "import gateway.__main__ as m; print(m.__cached__)"

    _, cached, _ = run(image, "-c", script, options=python)
    code, _, _ = run(
        image, "-c", f"open({cached.strip()!r}, 'rb').read()", options=python
    )

    assert cached.startswith("/opt/venv/")
    assert code == 0


def test_the_echo_bot_ships_in_the_dev_image(dev_image: str) -> None:
    """The dev image has the bot and the client that it needs."""
    script = (
        "import confluent_kafka, importlib.util as found;"
        "print(found.find_spec('bots.python.echo_bot').name)"
    )
    python = ("--entrypoint", "python")

    assert run(dev_image, "-c", script, options=python) == (
        0,
        "bots.python.echo_bot\n",
        "",
    )
