"""A bot's reply to a question: which question, and which message."""

import json
from contextlib import suppress
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core.command import Sender
from gateway.core.record import Header
from gateway.core.reply import (
    WelcomeError,
    check_message,
    correlation_id,
    read_message,
    welcome_body,
)
from tests.fakes.record import ReadRecord

HELLO = {"type": "text", "text": "Hello"}
NAMED = HELLO | {"sender": {"name": "Me"}}
NEVER_SENT = {"receiver": "r", "auth_token": "t", "broadcast_list": []}
SHOP = Sender("Shop", "https://cdn.example/a.png")


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ((("ce_correlationid", b"1"),), "1"),
        ((("correlationid", b"1"),), "1"),
        ((("correlationid", b"2"), ("ce_correlationid", b"1")), "1"),
        ((("ce_correlationid", b"\xff"),), "\N{REPLACEMENT CHARACTER}"),
        ((("other", b"1"),), None),
    ],
)
def test_a_header_names_the_question(
    headers: tuple[Header, ...], expected: str | None
) -> None:
    """Either name will do; the CloudEvent's comes first."""
    assert correlation_id(ReadRecord(headers=headers)) == expected


def test_the_value_is_the_message() -> None:
    """As the bot wrote it."""
    assert read_message(json.dumps(HELLO).encode()) == HELLO


@pytest.mark.parametrize(
    ("value", "says"),
    [
        (None, "nothing"),
        (b"{" + b" " * 30_000, "30001 bytes"),
        (b"nonsense", "not JSON"),
        (b"\xff", "not JSON"),
        (b"[" * 10_000, "not JSON"),
        (b"[]", "object, not list"),
        (b"{}", "needs a 'type' or a 'keyboard'"),
        (b'{"type": 1}', "needs a 'type' or a 'keyboard'"),
    ],
)
def test_what_is_no_message_is_refused_with_the_reason(
    value: bytes | None, says: str
) -> None:
    """So that a bot's author can find the mistake."""
    with pytest.raises(WelcomeError, match=says):
        read_message(value)


def test_a_keyboard_alone_is_a_message() -> None:
    """Viber takes one without text."""
    assert check_message({"keyboard": {}}) == {"keyboard": {}}


@pytest.mark.parametrize(
    ("message", "sender", "expected"),
    [
        (HELLO, SHOP, HELLO | {"sender": SHOP._asdict()}),
        (HELLO, Sender(), HELLO),
        (
            HELLO | {"sender": {"name": "Me"}},
            Sender("Shop"),
            HELLO | {"sender": {"name": "Me"}},
        ),
        (HELLO | {"sender": "odd"}, SHOP, HELLO | {"sender": "odd"}),
        (
            HELLO | {"receiver": "r", "auth_token": "t", "broadcast_list": []},
            Sender(),
            HELLO,
        ),
    ],
    ids=["filled", "nothing to fill", "kept", "left alone", "never sent"],
)
def test_the_answer_is_what_viber_takes(
    message: dict[str, Any], sender: Sender, expected: dict[str, Any]
) -> None:
    """The bot's name is filled in; receiver and token never leave."""
    assert json.loads(welcome_body(message, sender)) == expected


def test_an_answer_too_large_for_viber_is_refused() -> None:
    """Also when only what is filled in makes it too large."""
    message = HELLO | {"text": "x" * 29_950}

    assert welcome_body(message, Sender())
    with pytest.raises(WelcomeError, match="Viber takes 30000"):
        welcome_body(message, SHOP)


def test_an_answer_nested_too_deep_is_refused() -> None:
    """It could be read, but is written where the stack is deeper."""
    nested: list[Any] = []
    for _ in range(100_000):
        nested = [nested]

    with pytest.raises(WelcomeError, match="too deep"):
        welcome_body(HELLO | {"more": nested}, SHOP)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=10,
)
names = st.sampled_from(["type", "keyboard", "sender", "text", *NEVER_SENT])
replies = st.dictionaries(names, json_values).map(msgspec.json.encode)
headers = st.tuples(
    st.sampled_from(["ce_correlationid", "correlationid", "other"]), st.binary()
)


@given(st.none() | st.binary() | replies, st.lists(headers, max_size=3))
def test_no_reply_brings_anything_but_a_message_or_a_complaint(
    value: bytes | None, said: list[Header]
) -> None:
    """Whoever may write to the topic may write anything."""
    record = ReadRecord(value, said)

    assert isinstance(correlation_id(record), str | None)
    with suppress(WelcomeError):
        sent = msgspec.json.decode(welcome_body(read_message(value), SHOP))
        assert not NEVER_SENT.keys() & sent.keys()
