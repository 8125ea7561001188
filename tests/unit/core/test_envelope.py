"""The three forms of a command record, brought to one."""

from base64 import b64encode
from contextlib import suppress
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core.envelope import Envelope, open_envelope
from gateway.core.errors import InvalidCommandError
from gateway.core.record import Header
from tests.fakes.record import ReadRecord

BODY = b'{"receiver": "u", "type": "text"}'
TYPE = "com.viber.command.send_message"
STRUCTURED: tuple[Header, ...] = (("content-type", b"application/cloudevents+json"),)
ATTRIBUTES = ("id", "bot", "expirytime", "notbefore")


def structured(content_type: str = "application/cloudevents+json", **said: Any) -> Any:
    """Open a structured event with these members."""
    value = msgspec.json.encode({"specversion": "1.0", "type": TYPE} | said)
    return open_envelope(ReadRecord(value, [("content-type", content_type.encode())]))


def test_a_binary_event_is_read_from_its_headers() -> None:
    """The value is the body, and every attribute has its header."""
    headers = [(f"ce_{name}", name.upper().encode()) for name in ATTRIBUTES]
    record = ReadRecord(BODY, [*headers, ("ce_type", TYPE.encode())])

    assert open_envelope(record) == Envelope(
        "ID", TYPE, None, "BOT", "EXPIRYTIME", "NOTBEFORE", BODY
    )


def test_a_structured_event_is_read_from_its_value() -> None:
    """The body is `data` as it was written, spaces included."""
    said = b",".join(
        b'"%s":"%s"' % (n.encode(), n.upper().encode()) for n in ATTRIBUTES
    )
    value = b'{"specversion":"1.0","type":"%s",%s,"data":%s}'
    record = ReadRecord(value % (TYPE.encode(), said, BODY), STRUCTURED)

    assert open_envelope(record) == Envelope(
        "ID", TYPE, None, "BOT", "EXPIRYTIME", "NOTBEFORE", BODY
    )


def test_a_plain_record_is_read_from_headers_without_prefix() -> None:
    """Without any of them it is its value and nothing else."""
    names = (*ATTRIBUTES, "method")
    record = ReadRecord(BODY, [(name, name.upper().encode()) for name in names])

    assert open_envelope(record) == Envelope(
        "ID", None, "METHOD", "BOT", "EXPIRYTIME", "NOTBEFORE", BODY
    )
    assert open_envelope(ReadRecord(BODY)) == Envelope(
        None, None, None, None, None, None, BODY
    )


@pytest.mark.parametrize(
    ("headers", "kind"),
    [
        ([("ce_id", b"1")], ""),
        ([("ce_bot", b"shop"), ("method", b"post")], ""),
        ([("ce_type", b"t"), ("content-type", b"application/json")], "t"),
        ([("content-type", b"application/json")], None),
        ([("content-type", b"application/cloudevents-batch+json")], None),
        ([("content-type", None)], None),
        ([("traceparent", b"00-0")], None),
    ],
)
def test_one_header_of_a_cloud_event_makes_it_one(
    headers: list[Header], kind: str | None
) -> None:
    """Its type may then not be guessed: it is missing."""
    assert open_envelope(ReadRecord(BODY, headers)).type == kind


@pytest.mark.parametrize(
    "content_type",
    [
        "application/cloudevents+json",
        "application/cloudevents+json; charset=UTF-8",
        "Application/CloudEvents+JSON",
    ],
)
def test_the_content_type_makes_an_event_structured(content_type: str) -> None:
    """Parameters and case do not matter (RFC 9110 8.3.1)."""
    assert structured(content_type, id="c-1").id == "c-1"


def test_bytes_come_in_base64() -> None:
    """Some SDKs write any data so."""
    assert structured(data_base64=b64encode(BODY).decode()).body == BODY


@pytest.mark.parametrize(
    ("said", "fault"),
    [
        ({"specversion": "0.3"}, "'specversion' is '0.3', allowed is '1.0'"),
        ({"specversion": "2.0"}, "'specversion' is '2.0', allowed is '1.0'"),
        ({"specversion": None}, "'specversion' is None, allowed is '1.0'"),
        ({"specversion": 1.0}, "'specversion' is 1.0, allowed is '1.0'"),
        ({"type": 7}, "'type' must be text, not int"),
        ({"bot": ["shop"]}, "'bot' must be text, not list"),
        ({"expirytime": 1772366400}, "'expirytime' must be text, not int"),
        ({"notbefore": {}}, "'notbefore' must be text, not dict"),
        ({"data_base64": "!"}, "'data_base64' is not base64"),
        ({"data_base64": "YQ"}, "'data_base64' is not base64"),
        ({"data_base64": "\u00e9"}, "'data_base64' is not base64"),
        ({"data_base64": {"a": 1}}, "'data_base64' is not base64"),
        ({}, "'data' is missing"),
    ],
)
def test_a_faulty_structured_event_keeps_its_id(
    said: dict[str, Any], fault: str
) -> None:
    """So that its producer finds the result."""
    envelope = structured(id="c-1", **said)

    assert envelope.id == "c-1"
    assert envelope.fault is not None
    assert envelope.fault.startswith(fault)


def test_an_id_that_is_no_text_is_a_fault_too() -> None:
    """There is nothing to call it by."""
    envelope = structured(id=7, bot="shop")

    assert (envelope.id, envelope.bot) == (None, "shop")
    assert envelope.fault == "'id' must be text, not int"


@pytest.mark.parametrize(
    ("version", "fault"),
    [
        (b"1.0", None),
        (b"1.1", None),
        (b"1", None),
        (b"0.3", "'specversion' is '0.3', allowed is '1.0'"),
        (b"", "'specversion' is '', allowed is '1.0'"),
    ],
)
def test_a_binary_event_is_of_version_1(version: bytes, fault: str | None) -> None:
    """A minor version changes nothing that would matter here."""
    record = ReadRecord(BODY, [("ce_specversion", version), ("ce_id", b"c-1")])

    assert open_envelope(record).fault == fault
    assert open_envelope(record).id == "c-1"


@pytest.mark.parametrize(
    "value",
    [
        b"",
        None,
        b"[]",
        b"{",
        b'{"data":{}} {}',
        b'{"id":"\xff"}',
        b'{"id":"\\udc00"}',
        pytest.param(b'{"id":' + b"[" * 100_000, id="100000 levels"),
    ],
)
def test_a_structured_event_is_a_json_object(value: bytes | None) -> None:
    """Of anything else nothing can be read, not even an id."""
    with pytest.raises(InvalidCommandError, match="no structured CloudEvent"):
        open_envelope(ReadRecord(value, STRUCTURED))


def test_a_header_that_is_no_utf_8_is_still_shown() -> None:
    """The complaint about it must be readable."""
    assert open_envelope(ReadRecord(BODY, [("id", b"a\xff")])).id == "a\ufffd"


headers = st.lists(
    st.tuples(
        st.sampled_from(["content-type", "ce_specversion", "ce_id", "bot", "x"]),
        st.binary(max_size=8)
        | st.sampled_from([b"application/cloudevents+json", b"1.0"]),
    ),
    max_size=4,
)


@given(st.none() | st.binary(), headers)
def test_nothing_that_is_read_does_harm(
    value: bytes | None, said: list[Header]
) -> None:
    """A record is anybody's who may write to the topic."""
    with suppress(InvalidCommandError):
        assert isinstance(open_envelope(ReadRecord(value, said)).body, bytes)
