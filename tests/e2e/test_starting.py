"""How a process starts: what stops it at once, and what it waits for."""

import socket
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.e2e.support.child import Child
from tests.e2e.support.gateway import IMPATIENT, Gateways
from tests.e2e.support.metrics import metric
from tests.e2e.support.records import create
from tests.e2e.support.topics import Topics
from tests.e2e.support.viber import Viber
from tests.kafka.broker import Kafka

pytestmark = pytest.mark.timeout(60)

HOST = "127.0.0.1"
TOKEN = "4d3a1c9be0f25768-8a61b2c3d4e5f607-0f1e2d3c4b5a6978"
RIGHT = {
    **IMPATIENT,
    "KAFKA_BOOTSTRAP_SERVERS": f"{HOST}:1",
    "VIBER_AUTH_TOKEN": TOKEN,
}


def run(settings: Mapping[str, str], folder: Path) -> tuple[int, list[str]]:
    """Run a process that should end by itself; return exit code and complaints."""
    child = Child(["gateway", "run"], settings, folder / "gateway")
    try:
        return child.wait(), child.complaints.splitlines()
    finally:
        child.close()


def test_nothing_configured_is_told_in_whole(tmp_path: Path) -> None:
    """Everything that is missing is named at once, one line each; exit code 2."""
    code, lines = run({}, tmp_path)

    assert code == 2
    assert len(lines) == 2
    assert all(line.startswith("viber-gateway: ") for line in lines)
    told = "\n".join(lines)
    assert "KAFKA_BOOTSTRAP_SERVERS" in told
    assert "VIBER_AUTH_TOKEN" in told


def test_every_fault_is_told_at_once(tmp_path: Path) -> None:
    """Name, what is wrong, what is allowed; no traceback, no secret; exit code 2."""
    wrong = {
        "HTTP_PORT": "eighty",
        "KAFKA_SECURITY_PROTOCOL": "SSH",
        "LOG_LEVEL": "LOUD",
        "SENDER_MAX_ATEMPTS": "3",
        "TOPIC_OUTBOUND": "no spaces",
        "VIBER_API_URL": "http://viber.example/pa",
    }

    code, lines = run({**RIGHT, **wrong}, tmp_path)

    assert code == 2
    told = "\n".join(lines)
    for name in wrong:
        assert name in told
    assert "did you mean SENDER_MAX_ATTEMPTS?" in told
    assert "eighty" in told
    assert len(lines) == len(wrong)
    assert TOKEN not in told


@pytest.mark.parametrize(
    ("content", "hint"),
    [
        ("", "names no bot"),
        ("[bots.main]\ncolour = 1\ntoken_file = 'x'", "colour"),
        ("[bots.main]\ntoken_file = 'nowhere'", "token_file"),
        ("[bots.Main]\ntoken_file = 'x'", "Main"),
        ("bots", "bots.toml"),
    ],
    ids=["empty", "unknown member", "no token file", "bad name", "no TOML"],
)
def test_a_faulty_bots_file_ends_it(tmp_path: Path, content: str, hint: str) -> None:
    """A bot that would not work is not waited for; exit code 2."""
    file = tmp_path / "bots.toml"
    file.write_text(content)
    settings = {**RIGHT, "VIBER_BOTS_FILE": str(file)}
    del settings["VIBER_AUTH_TOKEN"]

    code, lines = run(settings, tmp_path)

    assert code == 2
    assert hint in "\n".join(lines)


@pytest.mark.parametrize("name", ["HTTP_PORT", "MANAGEMENT_PORT"])
def test_a_taken_port_ends_it(tmp_path: Path, name: str) -> None:
    """It is told by its setting; exit code 2."""
    with socket.create_server((HOST, 0)) as taken:
        port = str(taken.getsockname()[1])
        code, lines = run({**RIGHT, name: port}, tmp_path)

    assert code == 2
    told = [line for line in lines if not line.startswith("{")]
    assert len(told) == 1
    why = "the port is taken, by another process or our other port"
    assert told[0] == f"viber-gateway: {name}: {HOST}:{port}: {why}"


def test_an_address_of_another_machine_ends_it(tmp_path: Path) -> None:
    """Such as one that only documentation may use; exit code 2."""
    foreign = {"HTTP_HOST": "192.0.2.1", "HTTP_PORT": "18080"}
    code, lines = run({**RIGHT, **foreign}, tmp_path)

    assert code == 2
    why = "this machine knows no such address"
    assert lines == [f"viber-gateway: HTTP_PORT: 192.0.2.1:18080: {why}"]


@pytest.fixture
def nowhere() -> Topics:
    """Return topics of a Kafka that is away."""
    return Topics(f"{HOST}:1", "group", "in", "out", "results", "dlq")


@pytest.mark.real_kafka
def test_a_missing_topic_of_commands_is_told_and_waited_for(
    gateways: Gateways, topics: Topics, broker: Kafka
) -> None:
    """The library alone would wait for it without a word."""
    missing = broker.unique("later")
    gateway = gateways.launch("sender", {"TOPIC_OUTBOUND": missing})
    told = gateway.wait_for_log("kafka_unavailable", client="consumer")
    assert missing in told["error"]
    assert "topics create" in told["error"]

    create(topics.servers, [missing])

    gateway.wait_until_ready()
    assert len(gateway.logged("kafka_unavailable")) == 1


@pytest.mark.parametrize(
    ("role", "connected"),
    [
        ("receiver", {"producer": 0, "consumer": None}),
        ("sender", {"producer": 0, "consumer": 0}),
        ("all", {"producer": 0, "consumer": 0}),
    ],
)
def test_metrics_are_told_while_kafka_is_away(
    viber: Viber, nowhere: Topics, tmp_path: Path, role: str, connected: dict[str, int]
) -> None:
    """Alerts see each client that does not reach Kafka, and none that there is not."""
    with Gateways(nowhere, viber, tmp_path) as gateways:
        gateway = gateways.launch(role)

        assert gateway.probe("metrics").status == 200
        name = "viber_kafka_connected"
        assert connected == {c: metric(gateway, name, client=c) for c in connected}


def test_kafka_away_at_the_start_is_no_fault(
    viber: Viber, nowhere: Topics, tmp_path: Path
) -> None:
    """It lives, says that it has not started, and refuses callbacks for a while."""
    patience = {"HTTP_PUBLISH_TIMEOUT_SECONDS": "0.2"}
    with Gateways(nowhere, viber, tmp_path) as gateways:
        gateway = gateways.launch("all", patience)

        assert gateway.probe("livez").status == 200
        assert gateway.probe("startupz").status == 503
        assert gateway.probe("readyz").status == 503
        answer = gateway.call_back(viber, b'{"event": "seen", "user_id": "u"}')
        assert answer.status == 503
        assert int(answer.headers["retry-after"]) > 0
        assert gateway.stop() == 0
