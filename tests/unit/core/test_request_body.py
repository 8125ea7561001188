"""What goes to Viber: the body as it came, unless something must be put right."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core.command import Command, CommandDecoder
from gateway.core.method import Method
from tests.fakes.commands import BODIES, ONE_BOT, SHOP, TEXT, USER, decoded, record
from tests.fakes.record import NOON

SHOP_JSON = SHOP._asdict()
json_values = st.none() | st.integers() | st.text() | st.lists(st.text())


def sent(body: Any, decoder: CommandDecoder = ONE_BOT, **headers: str) -> Any:
    """Return what would be sent to Viber."""
    return msgspec.json.decode(decoded(record(body, **headers), decoder).body)


@pytest.mark.parametrize(
    ("sender", "filled"),
    [
        (None, SHOP_JSON),
        ({}, SHOP_JSON),
        ({"name": "Me"}, SHOP_JSON | {"name": "Me"}),
        ({"name": "", "avatar": None}, SHOP_JSON),
        ({"avatar": "a", "more": 1}, {"avatar": "a", "more": 1, "name": "Shop"}),
        ({"name": "Me", "avatar": "a"}, {"name": "Me", "avatar": "a"}),
        ("Me", "Me"),
    ],
)
@pytest.mark.parametrize("method", [Method.SEND_MESSAGE, Method.BROADCAST_MESSAGE])
def test_a_message_without_a_sender_gets_the_bots(
    method: Method, sender: Any, filled: Any
) -> None:
    """What it says itself stays; what makes no sense is left for Viber to refuse."""
    body = BODIES[method] | ({} if sender is None else {"sender": sender})

    assert sent(body) == body | {"sender": filled}


@pytest.mark.parametrize(
    "method", sorted(set(Method) - {Method.SEND_MESSAGE, Method.BROADCAST_MESSAGE})
)
def test_what_is_no_message_gets_no_sender(method: Method) -> None:
    """Viber's other methods know no such member."""
    assert sent(BODIES[method], method=method) == BODIES[method]


def test_a_body_that_needs_nothing_goes_as_it_came() -> None:
    """Byte for byte: spaces, escapes, order and digits of numbers."""
    body = b'{ "receiver":"u", "text":"\\u00e9\xc3\xa9", "x":1.0e2, "y":[1, 2] }'

    assert decoded(record(body)).body == body


@pytest.mark.parametrize(
    "token", [b'"t-o-k"', b"null", b"7", b'"t-o-k","auth_token":null', b'["t-o-k"]']
)
@pytest.mark.parametrize("name", [b"auth_token", b"auth\\u005ftoken"])
def test_a_token_in_the_body_is_removed(name: bytes, token: bytes) -> None:
    """Whatever it is, the header with the bot's own token decides."""
    body = b'{"receiver":"u","%s":%s}' % (name, token)

    assert decoded(record(body)).body == b'{"receiver":"u"}'


def test_numbers_survive_a_change_of_the_body() -> None:
    """A token of 20 digits is still itself when a sender was filled in."""
    number = 123_456_789_012_345_678_901_234_567_890

    assert sent(TEXT | {"x": number})["x"] == number


@given(st.dictionaries(st.text(max_size=3), json_values, max_size=3), st.text())
def test_no_token_survives_in_a_request(body: dict[str, Any], token: str) -> None:
    """What is sent is what was said, without it."""
    body = {"receiver": USER} | body | {"auth_token": token}

    command = ONE_BOT.decode(record(body), NOON)

    if isinstance(command, Command):
        request = msgspec.json.decode(command.body)
        assert "auth_token" not in request
        assert request["receiver"] == body["receiver"]
