"""Commands as producers write them, and decoders that read them at noon."""

from typing import Any

import msgspec

from gateway.bots import Bot
from gateway.core.command import Command, CommandDecoder, InvalidCommand, Sender
from gateway.core.method import Method
from gateway.core.record import Header
from tests.fakes.record import NOON, ReadRecord

USER = "8WxcSDq9eq+IzDQ1sS0mPA=="
TEXT = {"receiver": USER, "type": "text", "text": "Hello"}
BODIES: dict[Method, Any] = {
    Method.SEND_MESSAGE: TEXT,
    Method.BROADCAST_MESSAGE: {"broadcast_list": [USER], "type": "text"},
    Method.POST: {"from": USER, "type": "text"},
    Method.GET_ACCOUNT_INFO: {},
    Method.GET_USER_DETAILS: {"id": USER},
    Method.GET_ONLINE: {"ids": [USER]},
}
STRUCTURED: Header = ("content-type", b"application/cloudevents+json")

SHOP = Sender("Shop", "https://cdn.shop.example/avatar.png")
ONE_BOT = CommandDecoder({"shop": Bot("shop", "t", sender=SHOP)})
TWO_BOTS = CommandDecoder({"shop": Bot("shop", "t"), "help": Bot("help", "t")})
NAMELESS = CommandDecoder({"shop": Bot("shop", "t")})


def record(body: Any = TEXT, /, **headers: str) -> ReadRecord:
    """Return a record with this body and these headers."""
    value = body if isinstance(body, bytes) else msgspec.json.encode(body)
    return ReadRecord(value, [(n, text.encode()) for n, text in headers.items()])


def decoded(record: ReadRecord, decoder: CommandDecoder = NAMELESS) -> Command:
    """Decode a record that is a command."""
    command = decoder.decode(record, NOON)
    assert isinstance(command, Command), command
    return command


def refused(record: ReadRecord, decoder: CommandDecoder = NAMELESS) -> InvalidCommand:
    """Decode a record that is none."""
    command = decoder.decode(record, NOON)
    assert isinstance(command, InvalidCommand), command
    return command
