"""`viber-gateway conformance`, and the four bots that it finds nothing to say against.

Each plays with the simulator, the gateway and a real Kafka.  A language whose tools
are missing is skipped by name.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

import pytest

from tests.contract.toolchain import BUILD_SECONDS, Project, built
from tests.kafka.broker import Kafka

ROOT: Final = Path(__file__).parents[2]
SCHEMAS: Final = (ROOT / "schemas",)
CARELESS: Final = str(Path(__file__).with_name("careless_bot.py"))
EXAM_SECONDS: Final = 150

BOTS: Final = [
    Project(ROOT / "bots" / "python", (), (sys.executable, "echo_bot.py")),
    Project(
        ROOT / "bots" / "node",
        (("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"),),
        ("node", "echo_bot.js"),
    ),
    Project(
        ROOT / "bots" / "go",
        (("go", "generate"), ("go", "build", "-trimpath", "-o", "echobot")),
        ("./echobot",),
        SCHEMAS,
    ),
    Project(
        ROOT / "bots" / "java",
        (("mvn", "-q", "-B", "-ntp", "compile"),),
        ("java", "-cp", "target/classes:target/lib/*", "EchoBot"),
        SCHEMAS,
    ),
]
pytestmark = [
    # Whether offsets are committed too early shows in the groups of a real one only.
    pytest.mark.real_kafka,
    pytest.mark.timeout(2 * BUILD_SECONDS + EXAM_SECONDS),
]


def conformance(
    kafka: Kafka, *options: str, folder: Path
) -> subprocess.CompletedProcess[str]:
    """Run the command in a folder, with topics that nobody else has."""
    name = kafka.unique("bot")
    where = ("--kafka", kafka.bootstrap_servers, "--prefix", f"{name}-")
    return run(*where, *options, folder=folder, bot=name)


def run(
    *options: str, folder: Path, bot: str = "echo-bot"
) -> subprocess.CompletedProcess[str]:
    """Run the command in a folder."""
    return subprocess.run(
        [sys.executable, "-m", "gateway", "conformance", *options],
        cwd=folder,
        env={**os.environ, "BOT_NAME": bot, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=EXAM_SECONDS,
        check=False,
    )


def faults(findings: list[dict[str, Any]]) -> dict[str, str]:
    """Return what did not hold."""
    return {f["about"]: f["said"] for f in findings if f["verdict"] != "ok"}


@pytest.mark.parametrize("bot", BOTS, ids=str)
def test_the_bot_holds_the_whole_dialogue(bot: Project, kafka: Kafka) -> None:
    """Greetings, echo, order, pictures, repeats, failures, and a kill -9 or two."""
    command = " ".join(bot.run)

    ended = conformance(kafka, "--command", command, "--json", folder=built(bot))

    assert ended.stdout, ended.stderr
    findings = json.loads(ended.stdout)
    assert faults(findings) == {}
    assert len(findings) == 13
    assert ended.returncode == 0


def test_a_careless_bot_is_found_out(kafka: Kafka, tmp_path: Path) -> None:
    """Each mistake is a fault; what it does right is not held against it."""
    mistakes = {
        "order",
        "keyboard",
        "carousel",
        "picture",
        "duplicate",
        "trace",
        "commit",
    }
    options = [part for check in {"echo", *mistakes} for part in ("--only", check)]
    command = f"{sys.executable} {CARELESS}"

    ended = conformance(
        kafka, "--command", command, *options, "--json", folder=tmp_path
    )

    assert ended.stdout, ended.stderr
    assert faults(json.loads(ended.stdout)).keys() == mistakes
    assert ended.returncode == 1


def test_an_embedded_kafka_does_where_nothing_need_be_known_of_groups() -> None:
    """What cannot be tried there is told, and is no fault."""
    command = ("--command", f"{sys.executable} echo_bot.py")
    checks = ("--only", "echo", "--only", "commit")

    ended = run(*command, *checks, "--json", folder=BOTS[0].folder)

    assert ended.stdout, ended.stderr
    verdicts = {f["about"]: f["verdict"] for f in json.loads(ended.stdout)}
    assert verdicts == {"echo": "ok", "commit": "warning"}
    assert ended.returncode == 0


def test_a_bot_that_stays_away_is_one_clear_line(kafka: Kafka, tmp_path: Path) -> None:
    """It says what was seen, and how to start a bot; exit code 1."""
    ended = conformance(kafka, "--timeout", "1", folder=tmp_path)

    assert ended.returncode == 1
    assert ended.stdout == ""
    assert f"  KAFKA_BOOTSTRAP_SERVERS={kafka.bootstrap_servers}\n" in ended.stderr
    last = ended.stderr.splitlines()[-1]
    assert last.startswith("viber-gateway: no bot answered within 1 s: no consumer")


def test_a_bot_that_ends_is_one_clear_line(kafka: Kafka, tmp_path: Path) -> None:
    """With its exit code, rather than a wait for what will not come."""
    ended = conformance(kafka, "--command", "sh -c 'exit 3'", folder=tmp_path)

    assert ended.returncode == 1
    last = ended.stderr.splitlines()[-1]
    assert last == "viber-gateway: the bot ended by itself, exit code 3"


def test_a_signal_ends_all_that_was_started(tmp_path: Path) -> None:
    """Standard error, which every process inherits, ends when the last of them has."""
    with subprocess.Popen(
        [sys.executable, "-m", "gateway", "conformance"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stderr=subprocess.PIPE,
        text=True,
    ) as command:
        assert command.stderr
        while not command.stderr.readline().startswith("  TOPIC_RESULTS="):
            assert command.poll() is None
        command.terminate()
        _, complaints = command.communicate(timeout=EXAM_SECONDS)

    assert command.returncode == 1
    assert complaints.splitlines()[-1] == "viber-gateway: stopped by a signal"


def test_an_unknown_check_is_wrong_usage(kafka: Kafka, tmp_path: Path) -> None:
    """Exit code 2, before anything is started."""
    ended = conformance(kafka, "--only", "telepathy", folder=tmp_path)

    assert ended.returncode == 2
    assert "telepathy" in ended.stderr
