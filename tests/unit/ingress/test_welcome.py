"""The answer to `conversation_started` carries the bot's welcome message."""

from typing import Any, Literal

import msgspec
import pytest

from gateway.bots import Bot, WelcomeTable
from gateway.core.command import Sender
from tests.fixtures import load, names, raw
from tests.unit.ingress.site import TOKEN, Site, signed

STARTED = raw("callbacks/conversation_started.json")
TEXT = {"type": "text", "text": "Hello! Write to us."}
SHOP = Sender("Shop", "https://cdn.shop.example/avatar.png")


def bot(
    message: dict[str, Any],
    mode: Literal["off", "static"] = "static",
    sender: Sender = SHOP,
) -> Bot:
    """Return a bot with a welcome message."""
    welcome = WelcomeTable(mode=mode, message=message)
    return Bot("shop", TOKEN, sender=sender, welcome=welcome)


async def welcome(bot: Bot, body: bytes = STARTED) -> Any:
    """Return the message in the answer to a callback, if there is one."""
    site = Site(bot)
    response = (await signed(body).run(site.app)).response
    assert response.status == 200
    assert len(site.publish.records) == 1
    assert [row[3] for row in site.observed] == ["published"]
    if not response.body:
        return None
    assert response.headers["content-type"] == "application/json"
    return msgspec.json.decode(response.body)


async def test_a_started_conversation_is_welcomed() -> None:
    """With the bot's name and avatar filled in, as Viber wants them."""
    said = await welcome(bot(TEXT))

    assert said == TEXT | {"sender": SHOP._asdict()}


async def test_a_documented_welcome_message_goes_as_it_is() -> None:
    """Keyboard, tracking data and a sender of its own."""
    message = load("requests/welcome_response.json")

    assert await welcome(bot(message)) == message


@pytest.mark.parametrize("name", names("callbacks"))
async def test_nothing_else_is_welcomed(name: str) -> None:
    """Viber takes a message from no other answer."""
    is_started = load(name)["event"] == "conversation_started"

    assert (await welcome(bot(TEXT), raw(name)) is not None) == is_started


@pytest.mark.parametrize(
    "silent",
    [bot(TEXT, "off"), Bot("shop", TOKEN)],
    ids=["switched off", "nothing said"],
)
async def test_without_a_welcome_the_answer_is_empty(silent: Bot) -> None:
    """Switched off, or never set up."""
    assert await welcome(silent) is None


@pytest.mark.parametrize(
    ("own", "sender", "filled"),
    [
        (None, SHOP, SHOP._asdict()),
        ({"name": "Me"}, SHOP, {"name": "Me", "avatar": SHOP.avatar}),
        ({"name": "Me"}, Sender(), {"name": "Me"}),
        (None, Sender(name="Shop"), {"name": "Shop"}),
        (None, Sender(), None),
    ],
)
async def test_a_sender_is_filled_in_where_none_is(
    own: Any, sender: Sender, filled: Any
) -> None:
    """What the message says itself stays."""
    message = TEXT | ({"sender": own} if own else {})

    said = await welcome(bot(message, sender=sender))

    assert said.get("sender") == filled


async def test_a_welcome_names_no_receiver_and_no_token() -> None:
    """The answer goes to who began; a token has no place in it."""
    message = TEXT | {"receiver": "u", "auth_token": TOKEN, "broadcast_list": ["u"]}

    assert await welcome(bot(message, sender=Sender())) == TEXT


async def test_who_starts_again_is_welcomed_again() -> None:
    """Viber may not have had the first answer."""
    site = Site(bot(TEXT))

    answers = [(await signed(STARTED).run(site.app)).response for _ in range(2)]

    assert answers[0] == answers[1]
    assert answers[0].body


async def test_without_kafka_there_is_no_welcome() -> None:
    """Viber repeats the callback, and is answered then."""
    site = Site(bot(TEXT), publish_seconds=0.0)
    site.publish.go_down()

    response = (await signed(STARTED).run(site.app)).response

    assert (response.status, response.body) == (503, b"try again later\n")
