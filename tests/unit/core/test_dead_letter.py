"""Record + why -> dead letter, as CONTRACT section 9 has it."""

from base64 import b64decode, b64encode
from dataclasses import replace
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core.dead_letter import Death, of_callback, of_command
from gateway.core.errors import Reason
from gateway.core.record import NewRecord
from tests.fakes.record import NOON, ReadRecord, content

TOKEN = "4453b6ac1s345678-e02c5f12174805f9-daec9cbb5448c51f"
RECORD = ReadRecord(b'{"a": 1}', [("id", b"c-1"), ("x", b"\xff")], b"key")
DEATH = Death(
    Reason.ATTEMPTS_EXHAUSTED,
    "HTTP 503",
    bot="shop",
    command_id="c-1",
    status=12,
    attempts=8,
    first_attempt_at=NOON,
    last_attempt_at=NOON + 0.25,
)
BARE = Death(Reason.INVALID_COMMAND, "no JSON")


def value_of(value: bytes) -> bytes:
    """Return what becomes of a value."""
    letter = of_command("viber.dlq", replace(RECORD, value=value), BARE)
    assert letter.value is not None
    return letter.value


def added(letter: NewRecord, kept: int) -> dict[str, str]:
    """Return the headers that were added behind those that were kept."""
    return content(letter.headers[kept:])


def test_the_original_record_stays_as_it_was() -> None:
    """Key, value and headers, so that it can be written again."""
    letter = of_command("viber.dlq", RECORD, DEATH)

    assert letter.topic == "viber.dlq"
    assert (letter.key, letter.value) == (RECORD.key, RECORD.value)
    assert letter.headers[:2] == tuple(RECORD.headers)


def test_the_reasons_stand_in_headers_of_their_own() -> None:
    """Where it stood, why it cannot go on, what was tried and when."""
    assert added(of_command("viber.dlq", RECORD, DEATH), 2) == {
        "dlq_reason": "attempts_exhausted",
        "dlq_error": "HTTP 503",
        "dlq_topic": "viber.outbound",
        "dlq_partition": "3",
        "dlq_offset": "41",
        "dlq_timestamp": "1772366400000",
        "dlq_attempts": "8",
        "dlq_first_attempt_at": "2026-03-01T12:00:00.000Z",
        "dlq_last_attempt_at": "2026-03-01T12:00:00.250Z",
        "dlq_bot": "shop",
        "dlq_status": "12",
        "dlq_command_id": "c-1",
    }


def test_a_header_without_a_value_is_there_and_empty() -> None:
    """A reader need not ask whether it is there."""
    headers = added(of_command("viber.dlq", RECORD, BARE), 2)

    assert {name for name, text in headers.items() if not text} == {
        "dlq_first_attempt_at",
        "dlq_last_attempt_at",
        "dlq_bot",
        "dlq_status",
        "dlq_command_id",
    }
    assert headers["dlq_attempts"] == "0"


def test_a_status_of_zero_is_a_status() -> None:
    """It is told apart from none."""
    letter = of_command("viber.dlq", RECORD, DEATH._replace(status=0))

    assert added(letter, 2)["dlq_status"] == "0"


def test_a_callback_came_from_no_topic() -> None:
    """It has a time, but neither topic nor partition nor offset, nor a key."""
    came = (("content-type", b"application/json"),)

    letter = of_callback("viber.dlq", b"{", came, BARE._replace(bot="shop"), NOON)

    headers = added(letter, 1)
    assert (letter.topic, letter.key, letter.value) == ("viber.dlq", None, b"{")
    assert letter.headers[:1] == came
    assert headers["dlq_timestamp"] == "1772366400000"
    assert headers["dlq_bot"] == "shop"
    assert not headers.keys() & {"dlq_topic", "dlq_partition", "dlq_offset"}


def test_an_error_is_cut_to_a_readable_length() -> None:
    """It may quote what a producer wrote, which may be a megabyte."""
    letter = of_command("viber.dlq", RECORD, BARE._replace(error="\u00e9" * 2000))

    assert added(letter, 2)["dlq_error"] == "\u00e9" * 1000


def test_an_error_that_is_no_text_does_no_harm() -> None:
    """A lone surrogate cannot be written in UTF-8."""
    letter = of_command("viber.dlq", RECORD, BARE._replace(error="a\ud800"))

    assert added(letter, 2)["dlq_error"] == "a?"


FORMS: list[tuple[str, str]] = [
    ("JSON", '{"auth_token":"%s","a":1}'),
    ("with spaces", '{ "auth_token" :\n "%s", "a": 1 }'),
    ("within an event", '{"data":{"auth_token":"%s"}}'),
    ("twice", '{"auth_token":"%s","auth_token":"","x":{"auth_token":"%s"}}'),
    ("the name escaped", '{"auth\\u005ftoken":"%s"}'),
    ("the name escaped in capitals", '{"auth\\u005Ftok\\u0065n":"%s"}'),
    ("in upper case", '{"Auth_Token":"%s"}'),
    ("Python's notation", "{'auth_token': '%s'}"),
    ("JSON within JSON", r'{"data":"{\"auth_token\":\"%s\"}"}'),
    ("JSON within JSON within JSON", r'"{\"a\":\"{\\\"auth_token\\\":\\\"%s\\\"}\"}"'),
    ("cut short", '{"auth_token":"%s'),
]


@pytest.mark.parametrize(("name", "form"), FORMS)
def test_a_token_is_blanked_and_nothing_else(name: str, form: str) -> None:
    """Dead letters are read by people, and most are of what is no proper JSON."""
    written = form.replace("%s", TOKEN).encode()

    assert value_of(written) == form.replace("%s", "").encode(), name


def test_a_token_in_base64_is_blanked_too() -> None:
    """Slashes may be escaped there, as PHP does it."""
    body = b'{"auth_token":"%s","text":"???>>>"}' % TOKEN.encode()
    encoded = b64encode(body).replace(b"/", rb"\/")
    assert rb"\/" in encoded

    event = msgspec.json.decode(value_of(b'{"data_base64": "%s"}' % encoded))

    assert b64decode(event["data_base64"]) == b'{"auth_token":"","text":"???>>>"}'


@pytest.mark.parametrize(
    "value",
    [
        b"",
        b"\xff\xfe",
        b'{"auth_token":""}',
        b'{"auth_token":null}',
        b'{"text":"auth_token"}',
        b'{"text":"my auth_token: secret"}',
        b'{"data_base64":"eyJhIjoxfQ=="}',
        b'{"data_base64":"!"}',
        b'{"data_base64":7}',
    ],
)
def test_what_holds_no_token_stays_as_it_is(value: bytes) -> None:
    """To the byte."""
    assert value_of(value) == value


json_values = st.recursive(
    st.none() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["auth_token", "a", "b\\"]), inner)
    ),
    max_leaves=8,
)


@given(json_values)
def test_no_token_survives_in_a_dead_letter(value: Any) -> None:
    """Any text under that name, wherever it stands, and only that."""
    found = value_of(msgspec.json.encode(value))

    assert msgspec.json.decode(found) == without_tokens(value)


def without_tokens(value: Any) -> Any:
    """Do the same to a value that was parsed."""
    if isinstance(value, list):
        return [without_tokens(one) for one in value]
    if isinstance(value, dict):
        return {
            name: ""
            if name == "auth_token" and isinstance(one, str)
            else without_tokens(one)
            for name, one in value.items()
        }
    return value


@given(st.binary(), st.text(), st.none() | st.floats(allow_nan=False))
def test_any_record_can_be_written_as_a_dead_letter(
    value: bytes, error: str, moment: float | None
) -> None:
    """A dead letter that cannot be written would stop its partition."""
    death = BARE._replace(error=error, first_attempt_at=moment)

    letter = of_command("viber.dlq", replace(RECORD, value=value), death)

    assert added(letter, 2).keys() == added(of_command("t", RECORD, DEATH), 2).keys()
