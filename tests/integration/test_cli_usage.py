"""What holds for the command line as a whole: help, exit codes, faults."""

import shlex
from importlib.metadata import version

import pytest

from gateway.cli.command_line import COMMANDS, GROUPS
from tests.integration.command_line import TOKEN, viber_gateway

KAFKA = {"KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:1"}
HELP = "see 'python -m gateway{} --help'"
WRONG_USAGE = {
    "sned": f"no such command 'sned'. Did you mean 'send'?; {HELP.format('')}",
    "run --rule all": (
        "no such option: --rule (Possible options: --role); " + HELP.format(" run")
    ),
    "tail": (
        "missing argument 'topic'. Choose from: inbound, results, dlq; "
        + HELP.format(" tail")
    ),
    "run --role x": "--role: 'x' is not one of 'all', 'receiver', 'sender'",
    "tail dlq -n 0": "--limit / -n: must be at least 1",
    "dev --port high": "--port: must be a whole number",
    "dev --port 65536": "--port: must be at most 65535",
    "dlq list --since x": (
        "--since: 'x' is no moment such as 2026-03-01T12:00:00Z, or 2h (ago)"
    ),
    "topics create --replication 0": (
        "--replication: must be at least 1, or -1: as the brokers have it"
    ),
    'conformance --command "\'"': "--command: a quote is left open (is ')",
}
WRONG_FOLDERS = {
    "schemas --check --folder /nowhere": "there is no folder /nowhere",
    "schemas --folder /dev/null/x": "/dev/null/x: Not a directory",
}
PATHS = [
    *((name,) for name in COMMANDS),
    *((group, name.rstrip("_")) for group, names in GROUPS.items() for name in names),
]


@pytest.mark.parametrize("path", PATHS, ids=" ".join)
def test_every_command_has_help_with_an_example(path: tuple[str, ...]) -> None:
    """The example is one that could be typed."""
    ended = viber_gateway(*path, "--help")

    assert ended.code == 0
    said = " ".join(ended.out.split())
    assert "Example: " in said
    assert f"viber-gateway {' '.join(path)}" in said.partition("Example: ")[2]


def test_the_help_lists_every_command() -> None:
    """Also those whose modules are imported only when they are asked for."""
    said = viber_gateway("--help").out

    assert {*COMMANDS, *GROUPS} <= set(said.split())


def test_it_tells_its_version() -> None:
    """Without settings, and in one line."""
    ended = viber_gateway("--version")

    assert (ended.code, ended.out) == (0, f"viber-gateway {version('viber-gateway')}\n")


@pytest.mark.parametrize(("typed", "said"), WRONG_USAGE.items())
def test_wrong_usage_is_one_line(typed: str, said: str) -> None:
    """What, where and what is allowed; exit code 2, nothing on standard output."""
    ended = viber_gateway(*shlex.split(typed))

    assert (ended.code, ended.out) == (2, "")
    assert ended.err == f"viber-gateway: {said}\n"


@pytest.mark.parametrize(("typed", "said"), WRONG_FOLDERS.items())
def test_a_folder_that_cannot_be_is_one_line(typed: str, said: str) -> None:
    """Exit code 1, and no list of all that is missing in it."""
    ended = viber_gateway(*shlex.split(typed))

    assert (ended.code, ended.out) == (1, "")
    assert ended.err == f"viber-gateway: --folder: {said}\n"


def test_wrong_settings_are_one_line_each() -> None:
    """Exit code 2; all faults at once, each with its name."""
    ended = viber_gateway("topics", "check", settings={"HTTP_PORT": "high"})

    assert ended.code == 2
    first, second = ended.err.splitlines()
    assert first.startswith("viber-gateway: KAFKA_BOOTSTRAP_SERVERS: is required")
    assert second.startswith("viber-gateway: HTTP_PORT: ")


def test_settings_are_shown_without_secrets_but_with_strangers() -> None:
    """A name that means nothing is told on standard error."""
    ended = viber_gateway(
        "settings", "--json", settings=KAFKA | {"KAFKA_PORT_9092_TCP": "tcp://x"}
    )

    assert ended.code == 0
    assert TOKEN not in ended.out
    found = {setting["name"]: setting for setting in ended.json()}
    assert found["KAFKA_BOOTSTRAP_SERVERS"]["source"] == "environment"
    assert ended.err == (
        "viber-gateway: KAFKA_PORT_9092_TCP: no such setting; it is ignored\n"
    )
