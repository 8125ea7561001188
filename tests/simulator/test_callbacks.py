"""Every callback of Viber: its members in their order, its token, its signature."""

from typing import Any

import msgspec
import pytest

from simulator.composition import DEFAULT_TOKEN
from simulator.rules.signature import sign
from simulator.rules.tokens import time_of
from tests.fixtures import load, raw
from tests.simulator.desk import HOOK, Desk
from tests.simulator.hands import START_MS, Posted
from tests.simulator.person import OKSANA, USER

Json = dict[str, Any]
PHONE_KEYBOARD = load("requests/send_keyboard_only.json")["keyboard"]
SILENT_KEYBOARD = {
    "Type": "keyboard",
    "Buttons": [{"ActionBody": "menu:delivery", "Text": "x", "Silent": True}],
}
MENU = load("requests/send_text_with_keyboard.json")["keyboard"]


def bare(body: Json) -> Json:
    """Return a callback without what the moment decides."""
    return body | {"timestamp": 0, "message_token": 0}


def write(fixture: str) -> tuple[str, Json]:
    """Return the call that makes a user send a fixture's message."""
    message = load(fixture)["message"]
    message.pop("tracking_data", None)
    return "messages", {"user": USER, "message": message}


# fixture -> (tracking data of the bot's last message, its keyboard, the act)
Act = tuple[str, Json | None, tuple[str, Json]]
ACTS: dict[str, Act] = {
    "conversation_started": ("", None, ("users/Oksana Prykladna/open", {})),
    "conversation_started_context": (
        "",
        None,
        ("users/Oksana Prykladna/open", {"context": "campaign-42:shelf_7"}),
    ),
    "conversation_started_subscribed": (
        "",
        None,
        ("users/Oksana Prykladna/open", {}),
    ),
    "subscribed": ("", None, ("users/Oksana Prykladna/subscribe", {})),
    "unsubscribed": ("", None, ("users/Oksana Prykladna/unsubscribe", {})),
    "client_status_payment": (
        "",
        None,
        ("users/Oksana Prykladna/pay", {"tracking_data": "order=A-1001"}),
    ),
    "message_button_reply": (
        "menu-v3",
        MENU,
        ("users/Oksana Prykladna/press", {"button": "Delivery"}),
    ),
    "message_button_reply_silent": (
        "",
        SILENT_KEYBOARD,
        ("users/Oksana Prykladna/press", {"button": 0}),
    ),
    "message_open_url_reply": (
        "",
        {
            "Type": "keyboard",
            "Buttons": [
                {
                    "ActionType": "open-url",
                    "ActionBody": "https://shop.example/fixture",
                }
            ],
        },
        ("users/Oksana Prykladna/press", {"button": 0}),
    ),
    "message_share_phone": (
        "ask-phone",
        PHONE_KEYBOARD,
        ("users/Oksana Prykladna/press", {"button": "Share my number"}),
    ),
    "message_share_phone_empty": (
        "",
        PHONE_KEYBOARD,
        ("users/Oksana Prykladna/press", {"button": 0, "desktop": True}),
    ),
    "message_location": (
        "",
        PHONE_KEYBOARD,
        ("users/Oksana Prykladna/press", {"button": "Send a place"}),
    ),
}
WRITTEN: dict[str, Act] = {
    name: ("", None, write(f"callbacks/{name}.json"))
    for name in (
        "message_text",
        "message_picture",
        "message_picture_no_media",
        "message_video",
        "message_video_null_name",
        "message_file",
        "message_sticker",
        "message_contact",
        "message_url",
        "message_unknown_type",
    )
}


@pytest.mark.parametrize(
    ("name", "tracking_data", "keyboard", "act"),
    [(name, *row) for name, row in (ACTS | WRITTEN).items()],
    ids=list(ACTS | WRITTEN),
)
async def test_an_act_brings_the_captured_callback(
    desk: Desk,
    name: str,
    tracking_data: str,
    keyboard: Json | None,
    act: tuple[str, Json],
) -> None:
    """The bytes are those of the fixture but for time and token."""
    fixture = msgspec.json.decode(raw(f"callbacks/{name}.json"))
    subscribed = name.startswith(("message", "unsub")) or "_subscribed" in name
    await desk.add_user(**OKSANA, phone="380000000002", subscribed=subscribed)
    if keyboard is not None:
        await desk.send(
            USER, min_api_version=3, tracking_data=tracking_data, keyboard=keyboard
        )
        await desk.settle()
    if name == "message_picture_no_media":
        act = (
            "messages",
            {"user": USER, "message": {"media": None} | act[1]["message"]},
        )

    await desk.sim(act[0].replace(" ", "%20"), act[1])
    body = (await desk.settle())[0].body

    if name == "client_status_payment":  # of another host, and with its own spelling
        fixture["chat_hostname"] = body["chat_hostname"]
        fixture["user"] = body["user"]
    assert msgspec.json.encode(bare(body)) == msgspec.json.encode(bare(fixture))


@pytest.mark.parametrize(
    ("name", "message", "members"),
    [
        ("delivered", {"text": "hi"}, {}),
        ("failed", {"text": "hi", "keyboard": MENU}, {"bad": True}),
    ],
)
async def test_receipts_have_the_captured_members(
    desk: Desk, name: str, message: Json, members: Json
) -> None:
    """Receipts carry the message's token and the user's id."""
    await desk.add_user(**OKSANA)
    if members:
        message["keyboard"]["Buttons"][0]["BgColor"] = "red"

    token = (await desk.send(USER, type="text", **message))["message_token"]
    body = (await desk.settle())[0].body

    fixture = load(f"callbacks/{name}.json")
    assert list(body.items()) == list(
        (fixture | {"timestamp": START_MS, "message_token": token}).items()
    )


async def test_a_wire_token_is_an_integer_of_its_moment(desk: Desk) -> None:
    """Section 1.2: the token's time is the timestamp, or shortly after a message's."""
    await desk.add_user(**OKSANA, subscribed=False)

    await desk.sim("users/Oksana%20Prykladna/open", {})
    desk.clock.advance(5)
    await desk.sim("messages", {"user": USER, "text": "hi"})
    opened, written, _ = [post.body for post in await desk.settle()]

    assert time_of(opened["message_token"]) == opened["timestamp"] == START_MS
    lag = time_of(written["message_token"]) - written["timestamp"]
    assert 90 <= lag <= 300


async def test_every_callback_is_signed_in_header_and_query(desk: Desk) -> None:
    """Section 7: the same value twice, over the raw body."""
    await desk.add_user(**OKSANA)

    await desk.sim("messages", {"user": USER, "text": "Привіт 😀"})
    post = (await desk.settle())[0]

    assert post.url == HOOK
    assert post.header == post.query == sign(DEFAULT_TOKEN, post.raw)
    assert "Привіт 😀".encode() in post.raw


@pytest.mark.parametrize(
    ("show", "private", "name", "avatar"),
    [
        (True, False, OKSANA["name"], OKSANA["avatar"]),
        (False, False, "Subscriber", None),
        (True, True, "Subscriber", None),
    ],
)
async def test_names_and_photos_are_shown_only_where_both_agree(
    *, show: bool, private: bool, name: str, avatar: str | None
) -> None:
    """Section 1.3: the bot must ask (send_name, send_photo), the user must allow."""
    desk = Desk()
    await desk.set_webhook(send_name=show, send_photo=show)
    await desk.add_user(**OKSANA, private=private)

    await desk.sim("messages", {"user": USER, "text": "hi"})
    sender = (await desk.settle())[0].body["sender"]

    generic = load("callbacks/message_anonymous_user.json")["sender"]["avatar"]
    assert sender["name"] == name
    assert sender["avatar"] == (avatar or generic)


@pytest.mark.parametrize("kind", ["picture", "video", "file"])
async def test_media_links_live_for_an_hour(desk: Desk, kind: str) -> None:
    """Section 5.5: after 3600 s the link is dead."""
    await desk.add_user(**OKSANA)
    await desk.sim("messages", {"user": USER, "message": {"type": kind}})
    link = (await desk.settle())[0].body["message"]["media"]
    path = link.removeprefix(desk.options.base_url)

    async def status() -> int:
        return (await desk.request("GET", path, b"", []))[0]

    assert await status() == 200
    desk.clock.advance(3590)
    assert await status() == 200
    desk.clock.advance(20)
    assert await status() == 403


async def test_the_in_chat_form_names_the_chat_before_the_sender(desk: Desk) -> None:
    """Section 5.5: chat_id and reply_type, as the SDKs read them."""
    fixture = load("callbacks/message_inchat.json")
    await desk.add_user(**OKSANA)
    message = fixture["message"] | {"chat_id": "fixtureChatId=="}

    await desk.sim("messages", {"user": USER, "message": message})
    body = (await desk.settle())[0].body

    assert list(bare(body).items()) == list(bare(fixture).items())


def _order(posts: list[Posted]) -> list[int]:
    return [post.body["timestamp"] for post in posts]


async def test_a_users_timestamps_never_run_backwards(desk: Desk) -> None:
    """Whoever sorts by timestamp gets the order of occurrence."""
    await desk.add_user(**OKSANA)
    for step in range(20):
        await desk.sim("messages", {"user": USER, "text": str(step)})
        await desk.sim("users/Oksana%20Prykladna/open", {})
        desk.clock.advance(0.02)

    posts = [p for p in await desk.settle() if p.event != "delivered"]

    assert _order(posts) == sorted(_order(posts))


@pytest.mark.parametrize(
    "raw_body",
    [
        raw("callbacks/action_unknown.json").decode(),
        raw("callbacks/message_text_escaped.json").decode(),
        raw("callbacks/webhook_legacy_swapped.json").decode(),
        "{",
        "",
    ],
)
async def test_a_callback_of_any_content_can_be_sent(desk: Desk, raw_body: str) -> None:
    """Byte for byte, signed, and whatever the webhook's event_types are."""
    await desk.set_webhook(event_types=[])
    await desk.add_user(**OKSANA)

    await desk.sim("callbacks", {"user": USER, "raw": raw_body})
    (post,) = await desk.settle()

    assert post.raw == raw_body.encode()
    assert post.header == sign(DEFAULT_TOKEN, post.raw)
