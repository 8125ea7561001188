"""The record of a command that is sent by hand."""

import io
import json

import pytest
import typer

from gateway.cli.send import Wish, command
from gateway.core.command import Command, CommandDecoder
from gateway.core.record import NewRecord
from tests.fakes.record import NOON, ReadRecord, content
from tests.unit.cli.configured import NEWS, SHOP

ID = "5a0f"


def file(content: str) -> typer.FileBinaryRead:
    """Return an open file."""
    return typer.FileBinaryRead(io.BytesIO(content.encode()))


def from_file(content: str) -> NewRecord:
    """Write the command for a file."""
    return command("out", "shop", Wish(file=file(content)), ID)


def decode(record: NewRecord) -> Command:
    """Read it as the gateway does."""
    decoder = CommandDecoder({"shop": SHOP, "news": NEWS})
    read = ReadRecord(record.value, record.headers, record.key, record.topic)
    decoded = decoder.decode(read, NOON)
    assert isinstance(decoded, Command), decoded
    return decoded


def test_a_text_becomes_a_message_that_the_gateway_understands() -> None:
    """Keyed by its receiver, so that it keeps its place among that user's messages."""
    record = command("out", "shop", Wish(to="user-1", text="Hello"), ID)

    sent = decode(record)
    assert (sent.id, sent.bot, sent.method, sent.receiver) == (
        ID,
        "shop",
        "send_message",
        "user-1",
    )
    assert json.loads(sent.body) == {
        "receiver": "user-1",
        "type": "text",
        "text": "Hello",
    }
    assert (record.topic, record.key) == ("out", b"user-1")


def test_a_topic_of_its_own_is_the_bots() -> None:
    """`{bot}` in the topic's name stands for it."""
    record = command("out.{bot}", "shop", Wish(to="u", text="Hello"), ID)

    assert record.topic == "out.shop"


def test_a_body_from_a_file_goes_as_it_is() -> None:
    """Its bytes are kept; its receiver is the key."""
    body = '{"receiver": "user-2",  "type": "picture"}'

    record = from_file(body)

    assert record.value == body.encode()
    assert record.key == b"user-2"
    assert decode(record).method == "send_message"


def test_a_broadcast_is_known_by_its_list() -> None:
    """It has no receiver, hence no key."""
    record = from_file('{"broadcast_list": ["a", "b"], "type": "text"}')

    assert decode(record).method == "broadcast_message"
    assert record.key is None


def test_a_structured_event_says_everything_itself() -> None:
    """Its own id, bot and method count."""
    record = from_file(
        '{"specversion": "1.0", "id": "own", "bot": "news",'
        ' "type": "com.viber.command.get_online", "source": "/me",'
        ' "data": {"ids": ["a"], "receiver": 5}}'
    )

    sent = decode(record)
    assert (sent.id, sent.bot, sent.method) == ("own", "news", "get_online")
    assert content(record.headers) == {"content-type": "application/cloudevents+json"}


@pytest.mark.parametrize("text", ["", "[]", "null", "{", "\ufffd"])
def test_a_file_that_holds_no_object_is_wrong_usage(text: str) -> None:
    """Nothing is written."""
    with pytest.raises(typer.BadParameter, match="must hold a JSON object"):
        from_file(text)


@pytest.mark.parametrize(
    "wish",
    [
        Wish(),
        Wish(to="user-1"),
        Wish(text="Hello"),
        Wish(to="user-1", text=""),
        Wish(to="user-1", file=file("{}")),
        Wish(to="user-1", text="Hello", file=file("{}")),
    ],
)
def test_too_little_or_too_much_to_send_is_wrong_usage(wish: Wish) -> None:
    """Either a text for a receiver, or a file."""
    with pytest.raises(typer.BadParameter, match="either --to and --text, or --file"):
        command("out", "shop", wish, ID)
