"""The image runs as locked down as a cluster can make it, with nothing to spare."""

import pytest

from tests.docker.engine import REVISION, docker, run, size_of

pytestmark = [pytest.mark.docker, pytest.mark.timeout(600)]


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


def test_it_is_little_above_its_base(image: str) -> None:
    """Nodes that start a pod for the first time have less than 120 MB to fetch."""
    assert size_of(image) - size_of("python:3.13-slim") < 120e6


def test_it_tells_what_it_was_built_from(image: str) -> None:
    """The gateway by its environment, a registry by the label."""
    label = '{{index .Config.Labels "org.opencontainers.image.revision"}}'
    python = ("--entrypoint", "python")
    script = "import os; print(os.environ['BUILD_REVISION'])"

    labelled = docker("image", "inspect", "--format", label, image).stdout
    _, told, _ = run(image, "-c", script, options=python)

    assert (labelled.strip(), told.strip()) == (REVISION, REVISION)


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
