"""A bot's answer to `conversation_started`."""

from contextlib import suppress
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core.command import MAX_BODY_BYTES, Sender
from gateway.core.record import Header
from gateway.core.reply import (
    WelcomeError,
    check_message,
    correlation_id,
    read_message,
    welcome_body,
)
from tests.fakes.record import ReadRecord

TEXT = {"type": "text", "text": "Hello!"}
SHOP = Sender("Shop", "https://cdn.shop.example/avatar.png")


def filled(message: dict[str, Any], sender: Sender = SHOP) -> Any:
    """Return the message that Viber is answered."""
    return msgspec.json.decode(welcome_body(message, sender))


@pytest.mark.parametrize(
    ("headers", "identity"),
    [
        ([("ce_correlationid", b"c-1")], "c-1"),
        ([("correlationid", b"c-1")], "c-1"),
        ([("correlationid", b"c-2"), ("ce_correlationid", b"c-1")], "c-1"),
        ([("correlationid", b"\xff")], "\ufffd"),
        ([("correlationid", b"")], ""),
        ([("id", b"c-1")], None),
        ([], None),
    ],
)
def test_a_reply_names_its_question(
    headers: list[Header], identity: str | None
) -> None:
    """In the header of a CloudEvent, or the same without a prefix."""
    assert correlation_id(ReadRecord(b"{}", headers)) == identity


@pytest.mark.parametrize("message", [TEXT, {"keyboard": {}}, {"type": ""}])
def test_a_message_has_a_type_or_a_keyboard(message: dict[str, Any]) -> None:
    """Viber takes a keyboard alone."""
    assert read_message(msgspec.json.encode(message)) == message


@pytest.mark.parametrize(
    ("value", "error"),
    [
        (None, "nothing, allowed are 1 to 30000 bytes"),
        (b"", "not JSON: "),
        (b"Hello", "not JSON: "),
        (b'{"type":"\xff"}', "not JSON: "),
        (b'{"type":"\\ud800"}', "not JSON: "),
        pytest.param(b"[" * 20_000, "not JSON: ", id="too deep"),
        pytest.param(b" " * 30_001, "30001 bytes, allowed are 1 to ", id="too large"),
        (b"[]", "must be an object, not list"),
        (b"null", "must be an object, not NoneType"),
        (b"{}", "needs a 'type' or a 'keyboard'"),
        (b'{"type":7}', "needs a 'type' or a 'keyboard'"),
    ],
)
def test_what_is_no_message_says_why(value: bytes | None, error: str) -> None:
    """The text is logged, for the bot's author."""
    with pytest.raises(WelcomeError) as caught:
        read_message(value)

    assert str(caught.value).startswith(error)


@given(st.binary())
def test_no_reply_does_more_harm_than_to_be_none(value: bytes) -> None:
    """Who may write to the topic may write anything."""
    with suppress(WelcomeError):
        assert check_message(read_message(value))


@pytest.mark.parametrize(
    ("said", "sender", "whole"),
    [
        ({}, SHOP, {"sender": SHOP._asdict()}),
        ({"sender": None}, SHOP, {"sender": SHOP._asdict()}),
        (
            {"sender": {"name": "Me"}},
            SHOP,
            {"sender": {"name": "Me", "avatar": SHOP[1]}},
        ),
        ({"sender": {"name": "Me"}}, Sender(), {"sender": {"name": "Me"}}),
        ({"sender": "Me"}, SHOP, {"sender": "Me"}),
        ({}, Sender(name="Shop"), {"sender": {"name": "Shop"}}),
        ({}, Sender(), {}),
    ],
)
def test_the_bot_s_name_is_filled_in(said: Any, sender: Sender, whole: Any) -> None:
    """What the message says itself stays, sense or not."""
    assert filled(TEXT | said, sender) == TEXT | whole


@pytest.mark.parametrize("member", ["receiver", "auth_token", "broadcast_list"])
def test_a_welcome_goes_to_who_began_and_holds_no_token(member: str) -> None:
    """Viber knows whom it asked for."""
    assert filled(TEXT | {member: "x"}, Sender()) == TEXT


def test_a_welcome_has_the_size_that_viber_takes() -> None:
    """With all that was filled in; one byte more is refused."""
    room = MAX_BODY_BYTES - len(welcome_body(TEXT | {"text": ""}, SHOP))
    welcome_body(TEXT | {"text": "x" * room}, SHOP)

    with pytest.raises(WelcomeError, match="30001 bytes, Viber takes 30000"):
        welcome_body(TEXT | {"text": "x" * (room + 1)}, SHOP)
