"""Outbound record -> command: its three forms, and what they mean."""

from dataclasses import replace
from typing import Any

import msgspec
import pytest

from gateway.bots import Bot
from gateway.core.command import Command, CommandDecoder
from gateway.core.method import Method
from tests.fakes.commands import (
    BODIES,
    ONE_BOT,
    STRUCTURED,
    TEXT,
    TWO_BOTS,
    USER,
    decoded,
    record,
)
from tests.fakes.record import NOON, ReadRecord


def test_a_plain_record_is_a_whole_command() -> None:
    """The Viber body alone is enough; its name is where it stands."""
    read = replace(record(TEXT | {"tracking_data": "order-7"}), key=b"k")

    assert decoded(read) == Command(
        record=read,
        id="viber.outbound/3/41",
        bot="shop",
        method=Method.SEND_MESSAGE,
        body=read.value or b"",
        receiver=USER,
        tracking_data="order-7",
        ordering_key=("shop", b"k"),
        not_before=None,
        expires_at=None,
    )


@pytest.mark.parametrize("prefix", ["", "ce_"])
def test_headers_say_what_the_body_does_not(prefix: str) -> None:
    """Id, bot and times; with a prefix in a CloudEvent, without in a plain record."""
    headers = {
        "id": "c-1",
        "bot": "help",
        "expirytime": "2026-03-01T12:10:00Z",
        "notbefore": "2026-03-01T13:00:00+01:00",
    }
    named = {f"{prefix}{name}": text for name, text in headers.items()}
    if prefix:
        named["ce_type"] = "com.viber.command.send_message"

    command = decoded(record(**named), TWO_BOTS)

    assert (command.id, command.bot) == ("c-1", "help")
    assert (command.expires_at, command.not_before) == (NOON + 600, NOON)


def test_a_structured_event_says_the_same_in_its_value() -> None:
    """One reader for all three forms."""
    value = {
        "specversion": "1.0",
        "type": "com.viber.command.send_message",
        "id": "c-1",
        "bot": "help",
        "expirytime": "2026-03-01T12:10:00Z",
        "data": TEXT,
    }
    read = ReadRecord(msgspec.json.encode(value), [STRUCTURED])

    command = decoded(read, TWO_BOTS)

    assert (command.id, command.bot, command.receiver) == ("c-1", "help", USER)
    assert command.expires_at == NOON + 600
    assert msgspec.json.decode(command.body) == TEXT


@pytest.mark.parametrize("method", Method)
@pytest.mark.parametrize("header", ["method", "ce_type"])
def test_every_method_can_be_asked_for(method: Method, header: str) -> None:
    """By the type of a CloudEvent or by the header of a plain record."""
    prefix = "com.viber.command." if header == "ce_type" else ""

    command = decoded(record(BODIES[method], **{header: prefix + method}))

    assert command.method is method


@pytest.mark.parametrize(
    ("body", "method"),
    [
        (TEXT, Method.SEND_MESSAGE),
        (BODIES[Method.BROADCAST_MESSAGE], Method.BROADCAST_MESSAGE),
        ({"broadcast_list": [USER], "receiver": USER}, Method.BROADCAST_MESSAGE),
    ],
)
def test_without_a_method_the_body_tells_it(body: Any, method: Method) -> None:
    """A list of receivers is a broadcast, all else is a message."""
    assert decoded(record(body)).method is method


@pytest.mark.parametrize("method", Method)
def test_a_command_about_one_user_has_a_receiver(method: Method) -> None:
    """A user's own limits, and their order, hang on it."""
    command = decoded(record(BODIES[method], method=method))

    about_one = {Method.SEND_MESSAGE, Method.GET_USER_DETAILS}
    assert command.receiver == (USER if method in about_one else None)


@pytest.mark.parametrize(
    ("key", "method", "ordering_key"),
    [
        (b"k", Method.SEND_MESSAGE, ("shop", b"k")),
        (b"k", Method.POST, ("shop", b"k")),
        (b"", Method.SEND_MESSAGE, ("shop", b"")),
        (None, Method.SEND_MESSAGE, ("shop", USER)),
        (None, Method.BROADCAST_MESSAGE, None),
        (None, Method.GET_ACCOUNT_INFO, None),
    ],
)
def test_the_key_else_the_receiver_keeps_order(
    key: bytes | None, method: Method, ordering_key: Any
) -> None:
    """With neither there is no order."""
    command = decoded(replace(record(BODIES[method], method=method), key=key))

    assert command.ordering_key == ordering_key


def test_bots_share_no_ordering_key() -> None:
    """The same user writes to both, and neither waits for the other."""
    keys = {decoded(record(bot=b), TWO_BOTS).ordering_key for b in ("shop", "help")}

    assert len(keys) == 2


@pytest.mark.parametrize(
    ("headers", "topic_bot", "bot"),
    [
        ({"bot": "help"}, None, "help"),
        ({"bot": "help"}, "help", "help"),
        ({}, "help", "help"),
        ({"bot": ""}, "help", "help"),
    ],
)
def test_a_bot_is_named_by_the_record_or_the_topic(
    headers: dict[str, str], topic_bot: str | None, bot: str
) -> None:
    """A topic of its own decides."""
    command = TWO_BOTS.decode(record(**headers), NOON, topic_bot)

    assert isinstance(command, Command)
    assert command.bot == bot


@pytest.mark.parametrize("headers", [{}, {"bot": ""}])
def test_one_bot_needs_no_name(headers: dict[str, str]) -> None:
    """There is nothing to choose."""
    assert decoded(record(**headers), ONE_BOT).bot == "shop"


def test_bots_are_looked_up_anew() -> None:
    """The bots file may change while the gateway runs."""
    bots = {"shop": Bot("shop", "t")}
    decoder = CommandDecoder(bots)
    assert decoder.decode(record(bot="help"), NOON).bot is None

    bots["help"] = Bot("help", "t")

    assert decoder.decode(record(bot="help"), NOON).bot == "help"


@pytest.mark.parametrize("value", [None, 7, ["a"], {"a": 1}])
def test_tracking_data_is_text_or_none(value: Any) -> None:
    """It is only told back, so what else it may be is Viber's affair."""
    assert decoded(record(TEXT | {"tracking_data": value})).tracking_data is None
