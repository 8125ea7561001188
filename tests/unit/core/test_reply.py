"""A bot's reply to a question: which question, and which message."""

import json
from typing import Any

import pytest

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
