"""`viber-gateway topics` against Kafka."""

from pathlib import Path

import pytest

from tests.integration.command_line import Ended, viber_gateway
from tests.kafka.broker import Kafka

# Each command is a process of its own, and a test runs several.
pytestmark = pytest.mark.timeout(60)

SETTINGS = ("inbound", "outbound", "results", "dead_letters", "replies", "progress")


@pytest.fixture
def topics(kafka: Kafka) -> dict[str, str]:
    """Settings that name topics which nobody has created."""
    return {f"TOPIC_{s.upper()}": kafka.unique(s.replace("_", "-")) for s in SETTINGS}


def run(kafka: Kafka, topics: dict[str, str], *arguments: str) -> Ended:
    """Run a command of the group; who makes topics knows no bot's token."""
    servers = {
        "KAFKA_BOOTSTRAP_SERVERS": kafka.bootstrap_servers,
        "VIBER_AUTH_TOKEN": "",
    }
    return viber_gateway("topics", *arguments, settings=servers | topics)


@pytest.mark.real_kafka
def test_create_makes_every_topic_and_check_is_content(
    kafka: Kafka, topics: dict[str, str]
) -> None:
    """What was missing is there as asked; a single broker leaves only warnings."""
    missing = run(kafka, topics, "check", "--json")
    created = run(
        kafka, topics, "create", "--partitions", "3", "--replication", "1", "--json"
    )
    checked = run(kafka, topics, "check", "--partitions", "3", "--json")

    assert missing.code == 1
    assert "fault" in {finding["verdict"] for finding in missing.json()}
    assert created.code == 0, created.err
    made = created.json()
    assert [topic["name"] for topic in made] == list(topics.values())
    assert all(topic["created"] for topic in made)
    assert [topic["partitions"] for topic in made] == [3, 3, 3, 3, 3, 1]
    assert checked.code == 0, checked.out
    findings = checked.json()
    assert [finding["about"] for finding in findings] == [
        f"topic {name}" for name in topics.values()
    ]
    assert {finding["said"] for finding in findings} == {
        "one lost disk loses its records"
    }


@pytest.mark.real_kafka
def test_existing_topics_are_left_alone_and_said_so(
    kafka: Kafka, topics: dict[str, str]
) -> None:
    """A second run creates nothing, whatever it is asked for."""
    topics["TOPIC_INBOUND"] = kafka.create_topic("inbound", partitions=2)
    run(kafka, topics, "create")

    again = run(kafka, topics, "create", "--partitions", "9")

    assert again.code == 0
    assert [line.split()[0] for line in again.out.splitlines()] == ["exists"] * 6
    checked = run(kafka, topics, "check", "--partitions", "6")
    assert f"topic {topics['TOPIC_INBOUND']}: has 2 partitions" in checked.out
    assert checked.code == 1


@pytest.mark.real_kafka
def test_a_refusal_is_kafkas_own_words_in_one_line(
    kafka: Kafka, topics: dict[str, str]
) -> None:
    """More copies than brokers: exit code 1, and no traceback."""
    ended = run(kafka, topics, "create", "--replication", "7")

    assert ended.code == 1
    assert ended.out == ""
    (line,) = ended.err.splitlines()
    assert line.startswith(f"viber-gateway: topic {topics['TOPIC_INBOUND']}: Invalid")
    assert "replication factor of 7" in line


@pytest.mark.real_kafka
def test_each_bot_gets_its_own_topics(
    kafka: Kafka, topics: dict[str, str], tmp_path: Path
) -> None:
    """`{bot}` in a name stands for every bot of the bots file; tokens are elsewhere."""
    token, bots = tmp_path / "elsewhere", tmp_path / "bots.toml"
    tables = [f"[bots.{name}]\ntoken_file = '{token}'\n" for name in ("shop", "news")]
    bots.write_text("".join(tables))
    prefix = kafka.unique("out")
    topics |= {
        "TOPIC_OUTBOUND": f"{prefix}.{{bot}}",
        "VIBER_BOTS_FILE": str(bots),
    }

    created = run(kafka, topics, "create")

    assert created.code == 0, created.err
    assert f"{prefix}.shop " in created.out
    assert f"{prefix}.news " in created.out


def test_a_kafka_that_makes_no_topics_says_so_in_one_line(
    kafka: Kafka, topics: dict[str, str]
) -> None:
    """The broker that `dev` embeds is one."""
    if kafka.is_real:
        pytest.skip("this Kafka makes topics")

    ended = run(kafka, topics, "create")

    assert ended.code == 1
    (line,) = ended.err.splitlines()
    assert "no controller" in line


def test_no_kafka_is_one_line_that_says_where_to_look() -> None:
    """Exit code 1."""
    ended = viber_gateway(
        "topics", "check", settings={"KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:1"}
    )

    assert ended.code == 1
    (line,) = ended.err.splitlines()
    assert '"127.0.0.1:1"' in line
    assert "'doctor' tells why" in line
