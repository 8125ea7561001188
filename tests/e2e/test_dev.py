"""`viber-gateway dev`: the first thing that anybody runs."""

import json
import re
import shlex
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import count
from pathlib import Path

import pytest
from confluent_kafka import Consumer, TopicPartition

from tests.e2e.support.dev import Dev
from tests.e2e.support.records import Reader
from tests.e2e.support.waiting import wait_for
from tests.e2e.support.web import get
from tests.kafka.plugin import StartCluster
from tests.kafka.properties import ClusterShape
from tests.kafka.wire import free_ports

pytestmark = pytest.mark.timeout(120)

Start = Callable[..., Dev]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Return what starts the product, with options."""
    numbers = count(1)
    with ExitStack() as stack:

        def start(*options: str) -> Dev:
            dev = Dev(tmp_path / f"dev-{next(numbers)}", options)
            stack.callback(dev.close)
            return dev

        yield start


def test_the_lines_that_it_prints_work(start: Start) -> None:
    """One lets a user write, one shows the chat with the answer; Ctrl-C ends it all."""
    dev = start()
    lines = dev.introduction()
    (write,) = [line for line in lines if line.lstrip().startswith("python3")]
    (look,) = [line for line in lines if "/sim/chat" in line]

    subprocess.run(shlex.split(write), check=True, capture_output=True)

    (url,) = re.findall(r"http://[^']+", look)
    wait_for("the answer", lambda: b'"out"' in get(url).body)
    assert dev.answers() == ["hello"]
    assert dev.end(signal.SIGINT) == 0


def test_the_bot_reads_when_it_says_that_all_runs(start: Start) -> None:
    """It has committed the webhook's event, so nobody waits for its group to form."""
    lines = start().introduction()
    (servers,) = re.findall(r"KAFKA_BOOTSTRAP_SERVERS=(\S+)", "\n".join(lines))

    bot = Consumer({"bootstrap.servers": servers, "group.id": "echo-bot"})
    partitions = bot.list_topics("viber.inbound").topics["viber.inbound"].partitions
    asked = [TopicPartition("viber.inbound", number) for number in partitions]

    assert max(partition.offset for partition in bot.committed(asked)) > 0


def test_the_other_commands_look_at_it(start: Start) -> None:
    """With the settings that it prints: what was written, and where a command is."""
    dev = start()
    (export,) = [line for line in dev.introduction() if "export" in line]
    program = f"{export} && {sys.executable} -m gateway"
    dev.talk("look at me")

    def says(arguments: str) -> str:
        shell = ["sh", "-c", f"{program} {arguments}"]
        return subprocess.run(shell, check=True, capture_output=True, text=True).stdout

    assert "  message  " in says("tail inbound")
    wait_for("the result", lambda: "accepted" in says("tail results"))
    (result,) = says("tail results --json").splitlines()
    command_id = json.loads(result)["value"]["command_id"]
    assert "ended: accepted" in says(f"explain {command_id}")
    assert dev.end() == 0


def test_doctor_finds_no_fault_in_it_and_changes_nothing(start: Start) -> None:
    """It tries whether it may write, and the bot sees nothing of that."""
    dev = start()
    (export,) = [line for line in dev.introduction() if "export" in line]
    program = f"{export} && {sys.executable} -m gateway"

    def count(topic: str) -> int:
        shell = ["sh", "-c", f"{program} tail {topic} --from-beginning"]
        told = subprocess.run(shell, check=True, capture_output=True, text=True)
        return len(told.stdout.splitlines())

    before = count("inbound")
    doctor = subprocess.run(
        ["sh", "-c", f"{program} doctor"], check=False, capture_output=True, text=True
    )

    assert doctor.returncode == 0, doctor.stdout
    assert "we may WRITE" in doctor.stdout
    assert (count("inbound"), count("results"), count("dlq")) == (before, 0, 0)
    dev.talk("still well")
    assert dev.end() == 0


def test_two_run_side_by_side(start: Start) -> None:
    """Each has a Kafka of its own, and ends however it is told to."""
    first, second = start(), start()
    first.introduction()
    second.introduction()

    first.talk("I am the first")
    second.talk("I am the second")

    assert first.answers() == ["I am the first"]
    assert second.answers() == ["I am the second"]
    assert first.end(signal.SIGTERM) == 0
    second.talk("still here")
    assert second.end(signal.SIGHUP) == 0


def test_it_uses_a_kafka_that_is_there(
    start: Start, kafka_cluster: StartCluster
) -> None:
    """The conversation can be read there afterwards."""
    servers = kafka_cluster(ClusterShape()).bootstrap_servers
    dev = start("--kafka", servers)
    dev.introduction()

    dev.talk("over a real Kafka")

    assert dev.end() == 0
    with Reader(servers, "viber.results") as results:
        assert [r.json["outcome"] for r in results.read()] == ["accepted"]


def test_no_kafka_at_the_address_is_one_clear_line(start: Start) -> None:
    """Exit code 1, and nothing was started."""
    code, lines = start("--kafka", "127.0.0.1:1").outcome()

    assert code == 1
    assert lines == ["viber-gateway: no Kafka answers at 127.0.0.1:1"]


@pytest.mark.parametrize("option", ["--port", "--simulator-port", "--management-port"])
def test_a_taken_port_is_one_clear_line(start: Start, option: str) -> None:
    """It names the option that takes another one; exit code 1."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        code, lines = start(option, port).outcome()

    assert code == 1
    (line,) = lines
    assert port in line
    assert f"name another one with {option}" in line


def test_the_same_port_twice_is_one_clear_line(start: Start) -> None:
    """Before anything is started; exit code 1."""
    port = f"{next(free_ports())}"
    code, lines = start("--port", port, "--management-port", port).outcome()

    assert code == 1
    (line,) = lines
    assert "name another one with --management-port" in line
