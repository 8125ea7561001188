"""Every callback of Viber: its members in their order, its token, its signature."""

from typing import Any

import msgspec
import pytest

from simulator.callbacks.callback import Reply
from simulator.composition import DEFAULT_TOKEN
from simulator.rules.signature import sign
from simulator.rules.tokens import time_of
from tests.simulator.desk import HOOK, Desk
from tests.simulator.fixtures import load, raw
from tests.simulator.hands import START_MS, Posted

Json = dict[str, Any]
USER = "8WxcSDq9eq+IzDQ1sS0mPA=="
# The person of the fixtures.
OKSANA = {
    "id": USER,
    "name": "Oksana Prykladna",
    "avatar": (
        "https://media-direct.cdn.viber.com/download_photo"
        "?dlid=fixture-oksana&fltp=jpg&imsz=0000"
    ),
    "language": "uk-UA",
    "country": "UA",
    "api_version": 10,
}
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
    subscribed = name.startswith(("message", "unsub"))
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


async def test_the_first_message_subscribes_without_a_subscribed_callback(
    desk: Desk,
) -> None:
    """Section 5.3."""
    await desk.add_user(**OKSANA, subscribed=False)
    assert (await desk.send(USER))["status"] == 6

    await desk.sim("messages", {"user": USER, "text": "hi"})
    events = [post.event for post in await desk.settle()]

    assert events == ["message", "delivered"]
    assert (await desk.send(USER))["status"] == 0


async def test_after_leaving_sends_are_refused_until_the_user_writes(
    desk: Desk,
) -> None:
    """Section 12.16."""
    await desk.add_user(**OKSANA)

    await desk.sim("users/Oksana%20Prykladna/unsubscribe", {})
    assert (await desk.send(USER))["status"] == 6
    await desk.sim("messages", {"user": USER, "text": "back"})
    assert (await desk.send(USER))["status"] == 0


async def test_delivered_comes_once_per_device_and_for_the_users_own_messages(
    desk: Desk,
) -> None:
    """Section 5.6."""
    await desk.add_user(**OKSANA, devices=3)

    token = (await desk.send(USER))["message_token"]
    own = (await desk.sim("messages", {"user": USER, "text": "hi"}))["message_token"]
    delivered = [
        post.body["message_token"]
        for post in await desk.settle()
        if post.event == "delivered"
    ]

    assert delivered == [token, token, token, int(own)]


async def test_one_seen_stands_for_all_messages(desk: Desk) -> None:
    """Section 5.6: the token is the last message's, and the chat shows all as seen."""
    await desk.add_user(**OKSANA)
    tokens = [(await desk.send(USER))["message_token"] for _ in range(3)]
    await desk.settle()

    await desk.sim("users/Oksana%20Prykladna/seen", {})
    await desk.sim("users/Oksana%20Prykladna/seen", {})
    seen = await desk.settle()

    assert [(post.event, post.body["message_token"]) for post in seen] == [
        ("seen", tokens[-1])
    ]
    chat = await desk.sim(f"chat?user={USER.replace('+', '%2B')}")
    assert [message["status"] for message in chat] == ["seen"] * 3


async def test_a_phone_that_is_off_gets_its_messages_later(desk: Desk) -> None:
    """Nothing is delivered before the phone is on again; then all, in order."""
    await desk.add_user(**OKSANA, online=False)
    tokens = [(await desk.send(USER))["message_token"] for _ in range(2)]
    assert await desk.settle() == []

    await desk.sim("users/Oksana%20Prykladna", {"online": True}, "PATCH")

    delivered = [post.body["message_token"] for post in await desk.settle()]
    assert delivered == tokens


async def test_phones_take_their_time_as_told(desk: Desk) -> None:
    """``delivers_after`` and ``sees_after`` are seconds."""
    await desk.add_user(**OKSANA, delivers_after=2, sees_after=3)
    await desk.send(USER)

    assert await desk.settle() == []
    desk.clock.advance(2)
    assert [post.event for post in await desk.settle()] == ["delivered"]
    desk.clock.advance(3)
    assert [post.event for post in await desk.settle()] == ["seen"]


@pytest.mark.parametrize(
    ("event_types", "events"),
    [
        (None, {"conversation_started", "delivered", "seen", "message", "subscribed"}),
        ([], {"message", "subscribed"}),
        (["seen"], {"message", "subscribed", "seen"}),
        (["delivered", "message"], {"message", "subscribed", "delivered"}),
    ],
)
async def test_event_types_leave_out_what_is_not_mandatory(
    event_types: list[str] | None, events: set[str]
) -> None:
    """Section 2.1: message, subscribed and unsubscribed always come."""
    desk = Desk()
    listed = {} if event_types is None else {"event_types": event_types}
    await desk.set_webhook(**listed)
    await desk.add_user(**OKSANA)

    await desk.sim("users/Oksana%20Prykladna/open", {})
    await desk.sim("users/Oksana%20Prykladna/subscribe", {})
    await desk.sim("messages", {"user": USER, "text": "hi"})
    await desk.send(USER)
    await desk.sim("users/Oksana%20Prykladna/seen", {})

    assert {post.event for post in await desk.settle()} == events


async def test_tracking_data_comes_back_with_the_users_next_message(
    desk: Desk,
) -> None:
    """Section 5.5: that of the bot's last message; ``subscribed`` drops it."""
    await desk.add_user(**OKSANA)

    async def written() -> Any:
        await desk.sim("messages", {"user": USER, "text": "hi"})
        return (await desk.settle())[0].body["message"].get("tracking_data")

    await desk.send(USER, tracking_data="a")
    await desk.send(USER, tracking_data="b")
    await desk.settle()
    assert await written() == "b"
    await desk.send(USER)
    await desk.settle()
    assert await written() is None
    await desk.send(USER, tracking_data="c")
    await desk.sim("users/Oksana%20Prykladna/subscribe", {})
    await desk.settle()
    assert await written() is None


async def test_a_keyboard_stays_until_the_next_one(desk: Desk) -> None:
    """Section 4: the client keeps the last keyboard."""
    await desk.add_user(**OKSANA)

    await desk.send(USER, keyboard=MENU)
    await desk.send(USER)

    assert (await desk.sim("users/Oksana%20Prykladna"))["keyboard"] == MENU


async def test_the_answer_to_conversation_started_is_shown_as_welcome(
    desk: Desk,
) -> None:
    """Section 8: one, before subscription; a button's press then subscribes."""
    await desk.add_user(**OKSANA, subscribed=False)
    desk.webhook.answer = Reply(200, raw("requests/welcome_response.json"))

    await desk.sim("users/Oksana%20Prykladna/open", {})
    await desk.settle()
    await desk.sim("users/Oksana%20Prykladna/press", {"button": "Delivery"})
    pressed = (await desk.settle())[0].body

    chat = await desk.sim("chat?user=Oksana%20Prykladna")
    assert chat[0]["message"]["text"] == "Welcome! Press a button or write to us."
    assert pressed["message"]["tracking_data"] == "welcome-v1"
    assert (await desk.send(USER))["status"] == 0


@pytest.mark.parametrize(
    ("subscribed", "reply"),
    [
        (True, Reply(200, raw("requests/welcome_response.json"))),
        (False, Reply(200)),
        (False, Reply(200, b"[]")),
        (False, Reply(200, b'{"type":"hologram"}')),
        (False, Reply(200, b"\xff")),
    ],
)
async def test_no_welcome_is_shown_where_none_is_due(
    desk: Desk, *, subscribed: bool, reply: Reply
) -> None:
    """A subscriber gets none, and an answer that is no message is dropped."""
    await desk.add_user(**OKSANA, subscribed=subscribed)
    desk.webhook.answer = reply

    await desk.sim("users/Oksana%20Prykladna/open", {})
    await desk.settle()

    assert await desk.sim("chat?user=Oksana%20Prykladna") == []


async def test_welcome_by_send_message_is_a_switch(desk: Desk) -> None:
    """Section 8: sources disagree; granted, it works once within 5 minutes."""
    await desk.add_user(**OKSANA, subscribed=False)
    await desk.sim("bots/main", {"welcome_by_send": True}, "PATCH")
    assert (await desk.send(USER))["status"] == 6

    await desk.sim("users/Oksana%20Prykladna/open", {})
    assert (await desk.send(USER))["status"] == 0
    assert (await desk.send(USER))["status"] == 6
    await desk.sim("users/Oksana%20Prykladna/open", {})
    desk.clock.advance(301)
    assert (await desk.send(USER))["status"] == 6


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
