"""The scenarios of the CloudEvents conformance suite for Kafka, and what they rest on.

The suite (github.com/cloudevents/conformance, Kafka protocol binding) has a binary
record, and a structured one under each of two content types: here with records of our
own, against encoder and decoder.  Section numbers are those of "Kafka Protocol Binding
for CloudEvents" 1.0.2.
"""

from typing import Any

import msgspec
import pytest

from gateway.bots import Bot
from gateway.core.callback import parse
from gateway.core.command import Command, CommandDecoder, InvalidCommand
from gateway.core.envelope import open_envelope
from gateway.core.event import EventEncoder
from tests.contract.validators import faults
from tests.fakes.record import NOON, ReadRecord, content

USER = "8WxcSDq9eq+IzDQ1sS0mPA=="
DATA = {"receiver": USER, "type": "text", "text": "Вітаю 👋"}
ATTRIBUTES = {
    "specversion": "1.0",
    "id": "замовлення-1",
    "source": "/bots/shop",
    "type": "com.viber.command.send_message",
    "time": "2026-03-01T11:59:58Z",
    "subject": USER,
    "bot": "shop",
    "expirytime": "2026-03-01T18:00:00Z",
    "notbefore": "2026-03-01T12:30:00Z",
}
FOREIGN = ATTRIBUTES | {"type": "org.example.something"}
CALLBACK = msgspec.json.encode(
    {
        "event": "message",
        "timestamp": 1_772_366_398_000,
        "message_token": 6_208_897_543_413_694_468,
        "sender": {"id": USER},
        "message": {"type": "text", "text": "Вітаю 👋"},
    }
)
CONTENT_TYPES = [
    "application/cloudevents+json",
    "application/cloudevents+json; charset=utf-8",
    "application/cloudevents+json;charset=UTF-8",
    "Application/CloudEvents+JSON",
]
by_content_type = pytest.mark.parametrize("content_type", CONTENT_TYPES)
DECODER = CommandDecoder({"shop": Bot("shop", "t")})


def binary(attributes: dict[str, str], data: Any = DATA) -> ReadRecord:
    """Write a record in binary mode."""
    headers = [(f"ce_{name}", text.encode()) for name, text in attributes.items()]
    kind = ("content-type", b"application/json")
    return ReadRecord(msgspec.json.encode(data), [*headers, kind])


def structured(
    attributes: dict[str, str], content_type: str, **members: Any
) -> ReadRecord:
    """Write a record in structured mode."""
    event = attributes | {"datacontenttype": "application/json"} | members
    header = ("content-type", content_type.encode())
    return ReadRecord(msgspec.json.encode(event), [header])


def decoded(record: ReadRecord) -> Command:
    """Decode a record that is a command."""
    command = DECODER.decode(record, NOON)
    assert isinstance(command, Command), command
    return command


def test_we_write_binary_mode() -> None:
    """Each attribute in a header of its own, the content type, and the data as is."""
    event = EventEncoder("shop", "t").record(parse(CALLBACK), CALLBACK, NOON)
    headers = content(event.headers)

    assert headers.items() >= {
        ("content-type", "application/json"),
        ("ce_specversion", "1.0"),
        ("ce_source", "/viber/bots/shop"),
        ("ce_type", "com.viber.callback.message"),
        ("ce_subject", USER),
        ("ce_time", "2026-03-01T11:59:58.000Z"),
        ("ce_messagetoken", "6208897543413694468"),
    }
    assert event.value == CALLBACK
    assert faults("events/headers", headers) == []


def test_we_write_only_names_that_cloudevents_allows() -> None:
    """Lower-case letters and digits, at most twenty (CloudEvents 1.0.2, naming)."""
    event = EventEncoder("shop", "t").record(parse(CALLBACK), CALLBACK, NOON)
    names = [n.removeprefix("ce_") for n, _ in event.headers if n != "content-type"]

    assert all(name.isalnum() and name == name.lower() for name in names)
    assert max(map(len, names)) <= 20


def test_we_read_binary_mode() -> None:
    """Attributes from the headers, the data from the value (3.2)."""
    command = decoded(binary(ATTRIBUTES))

    assert command.id == "замовлення-1"
    assert command.bot == "shop"
    assert command.method == "send_message"
    assert command.expires_at == NOON + 6 * 3600
    assert command.not_before == NOON + 1800
    assert msgspec.json.decode(command.body) == DATA


@by_content_type
def test_we_read_structured_mode(content_type: str) -> None:
    """The same event in one JSON object is the same command (3.3)."""
    one, other = (
        decoded(binary(ATTRIBUTES)),
        decoded(structured(ATTRIBUTES, content_type, data=DATA)),
    )

    assert (other.id, other.bot, other.method) == (one.id, one.bot, one.method)
    assert (other.expires_at, other.not_before) == (one.expires_at, one.not_before)
    assert msgspec.json.decode(other.body) == msgspec.json.decode(one.body)


@by_content_type
def test_we_read_events_of_a_foreign_type(content_type: str) -> None:
    """What an event says is read whatever its type; only then it is no command."""
    for record in (
        binary(FOREIGN),
        structured(FOREIGN, content_type, data=DATA),
    ):
        envelope = open_envelope(record)
        assert envelope.fault is None
        assert (envelope.id, envelope.type) == ("замовлення-1", FOREIGN["type"])
        assert msgspec.json.decode(envelope.body) == DATA

        refused = DECODER.decode(record, NOON)
        assert isinstance(refused, InvalidCommand)
        assert refused.id == "замовлення-1"
        assert FOREIGN["type"] in refused.error


def test_the_content_type_decides_the_mode() -> None:
    """A structured event may repeat attributes in headers; they do not count (3)."""
    record = structured(ATTRIBUTES, CONTENT_TYPES[0], data=DATA)
    repeated = [*record.headers, ("ce_id", b"another"), ("ce_type", b"another")]

    command = decoded(ReadRecord(record.value, repeated))

    assert command.id == "замовлення-1"


@pytest.mark.parametrize(
    "content_type",
    ["application/cloudevents+xml", "application/cloudevents-batch+json"],
)
def test_formats_that_we_do_not_read_are_refused(content_type: str) -> None:
    """They are no command, rather than half of one (3.3: JSON is the one required)."""
    record = structured(ATTRIBUTES, content_type, data=DATA)

    assert isinstance(DECODER.decode(record, NOON), InvalidCommand)


def test_data_in_base64_is_read() -> None:
    """Some SDKs write bytes so (JSON Event Format 3.1.1)."""
    encoded = "eyJyZWNlaXZlciI6InUiLCJ0eXBlIjoidGV4dCIsInRleHQiOiJoaSJ9"
    record = structured(ATTRIBUTES, CONTENT_TYPES[0], data_base64=encoded)

    body = decoded(record).body

    assert msgspec.json.decode(body) == {"receiver": "u", "type": "text", "text": "hi"}


@pytest.mark.parametrize("version", ["0.3", "2.0", ""])
def test_another_major_version_is_refused(version: str) -> None:
    """In either mode: its attributes may mean something else."""
    attributes = ATTRIBUTES | {"specversion": version}

    for record in (
        binary(attributes),
        structured(attributes, CONTENT_TYPES[0], data=DATA),
    ):
        refused = DECODER.decode(record, NOON)
        assert isinstance(refused, InvalidCommand)
        assert "specversion" in refused.error
