"""The CloudEvents SDKs of four languages read our events and write our commands.

Each runs really, with its own code for Kafka records; records travel to it and back as
JSON with the bytes in base64.  A language that is missing is skipped by name.
"""

import sys
from base64 import b64decode
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from gateway.bots import Bot
from gateway.contract.commands import TYPES
from gateway.contract.examples.commands import BODIES
from gateway.core.callback import parse
from gateway.core.command import Command, CommandDecoder
from gateway.core.event import EventEncoder
from gateway.core.record import NewRecord
from tests.contract.toolchain import BUILD_SECONDS, Project, answer_of
from tests.fakes.record import NOON, ReadRecord, content
from tests.fixtures import load, names, raw

FOLDER = Path(__file__).parents[1] / "contract" / "cloudevents"
SDKS = [
    Project(FOLDER / "python", (), (sys.executable, "probe.py")),
    Project(
        FOLDER / "javascript",
        (("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"),),
        ("node", "probe.js"),
    ),
    Project(
        FOLDER / "go", (("go", "build", "-trimpath", "-o", "probe"),), ("./probe",)
    ),
    Project(
        FOLDER / "java",
        (
            (
                *("mvn", "-q", "-B", "-ntp", "dependency:copy-dependencies"),
                *("-DincludeScope=runtime", "-DoutputDirectory=jars"),
            ),
        ),
        ("java", "-cp", "jars/*", "Probe.java"),
    ),
]
by_sdk = pytest.mark.parametrize("sdk", SDKS, ids=str)
pytestmark = pytest.mark.timeout(2 * BUILD_SECONDS)

CALLBACKS = names("callbacks")
COMMANDS = [example for example in BODIES if example.refused_by is None]
DECODER = CommandDecoder({"shop": Bot("shop", "t")})


def event(name: str) -> NewRecord:
    """Write the event of a callback."""
    body = raw(name)
    return EventEncoder("shop", "viber.inbound").record(parse(body), body, NOON)


def asked() -> bytes:
    """Write the question: our events to read, and commands to write."""
    events = [event(name) for name in CALLBACKS]
    return msgspec.json.encode(
        {
            "events": [
                {"headers": dict(record.headers), "value": record.value}
                for record in events
            ],
            "commands": [
                {"attributes": attributes(place), "data": example.value}
                for place, example in enumerate(COMMANDS)
            ],
        }
    )


def attributes(place: int) -> dict[str, str]:
    """Return the attributes of a command."""
    method = COMMANDS[place].schema.removeprefix("commands/")
    return {
        "specversion": "1.0",
        "id": f"command-{place}",
        "source": "/bots/shop",
        "type": f"com.viber.command.{method}",
        "bot": "shop",
        "expirytime": "2026-03-01T18:00:00Z",
    }


def told(sdk: Project) -> dict[str, Any]:
    """Return what an SDK made of it all."""
    answer: dict[str, Any] = msgspec.json.decode(answer_of(sdk, asked()))
    return answer


def said_by(record: NewRecord) -> dict[str, str]:
    """Name the attributes that an event of ours carries."""
    headers = content(record.headers)
    named = {
        n.removeprefix("ce_"): t for n, t in headers.items() if n != "content-type"
    }
    return named | {"datacontenttype": headers["content-type"]}


def without_token(data: dict[str, Any]) -> dict[str, Any]:
    """Leave out the numbers that JavaScript ruins."""
    return {k: v for k, v in data.items() if k not in {"message_token", "timestamp"}}


def same_instant(one: str, other: str) -> bool:
    """Tell whether two texts name the same moment; SDKs write it in their own way."""
    return datetime.fromisoformat(one) == datetime.fromisoformat(other)


@by_sdk
def test_an_sdk_reads_our_events(sdk: Project) -> None:
    """Every attribute as we wrote it, the message_token to the last digit, the data."""
    read = told(sdk)["events"]

    assert len(read) == len(CALLBACKS)
    for name, found in zip(CALLBACKS, read, strict=True):
        expected = said_by(event(name))
        time, found_time = expected.pop("time", ""), found["attributes"].pop("time", "")
        assert expected.items() <= found["attributes"].items()
        assert not time or same_instant(time, found_time)
        assert without_token(found["data"]) == without_token(load(name))


@by_sdk
@pytest.mark.parametrize("mode", ["binary", "structured"])
def test_we_accept_the_commands_that_an_sdk_writes(sdk: Project, mode: str) -> None:
    """Every method, every message: with its id, its bot, its time and its body."""
    written = told(sdk)[mode]

    assert len(written) == len(COMMANDS)
    for place, found in enumerate(written):
        headers = [(n, b64decode(v)) for n, v in found["headers"].items()]
        record = ReadRecord(b64decode(found["value"]), headers)
        command = DECODER.decode(record, NOON)
        assert isinstance(command, Command), command
        assert command.id == f"command-{place}"
        assert TYPES[command.method] == attributes(place)["type"]
        assert command.bot == "shop"
        assert command.expires_at == NOON + 6 * 3600
        assert msgspec.json.decode(command.body) == COMMANDS[place].value
