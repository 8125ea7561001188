"""The table of claims: every status code of Viber, reached by doing what causes it.

A row says what is arranged (the bot's grants, the user, calls made before, time that
passes), which call is made and what Viber answers.  ``fixture`` names the captured or
documented answer whose members, in their order, the answer must have.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from simulator.composition import DEFAULT_TOKEN
from tests.simulator.desk import Desk
from tests.simulator.fixtures import load

Json = dict[str, Any]
STRANGER = "AAAAAAAAAAAAAAAAAAAAAA=="
TEXT = {"type": "text", "text": "hi"}
RICH = {k: v for k, v in load("requests/send_rich_media.json").items() if k != "sender"}
PAYMENT = load("requests/send_payment.json")
TOO_MANY = "maximum messages from Public Account to Viber user without reply exceeded."


@dataclass(frozen=True, slots=True)
class Row:
    """One claim; ``USER`` in a body stands for the id of the row's user."""

    method: str
    body: Any
    status: int
    text: str | None = None
    fixture: str | None = None
    bot: Mapping[str, Any] = field(default_factory=dict)
    user: Mapping[str, Any] = field(default_factory=dict)
    has_webhook: bool = True
    token: str | None = DEFAULT_TOKEN
    before: int = 0
    advance: float = 0


def send(**members: Any) -> Json:
    """Return a short text to the row's user, changed."""
    return TEXT | {"receiver": "USER"} | members


def broadcast(*receivers: str) -> Json:
    """Return a short broadcast."""
    return TEXT | {"broadcast_list": list(receivers)}


DAY = 25 * 3600
ROWS = {
    # send_message
    "0 accepted": Row(
        "send_message", send(), 0, "ok", "send_ok", user={"subscribed": True}
    ),
    "2 wrong token": Row(
        "send_message",
        send(),
        2,
        "invalidAuthToken",
        "invalid_auth_token",
        token="0-0-0",
    ),
    "2 missing token": Row(
        "send_message",
        send(),
        2,
        "missing_auth_token",
        "missing_auth_token",
        token=None,
    ),
    "3 keyboard": Row(
        "send_message",
        send(keyboard={"Buttons": []}),
        3,
        None,
        "bad_data_keyboard_type",
    ),
    "3 not an object": Row("send_message", ["hi"], 3, "badData"),
    "3 over 30 kB": Row("send_message", send(tracking="x" * 30_000), 3, "badData"),
    "4 no receiver": Row("send_message", TEXT, 4, "missingData", "missing_data"),
    "5 unknown user": Row(
        "send_message",
        send(receiver=STRANGER),
        5,
        "receiverNotRegistered",
        "receiver_not_registered",
    ),
    "6 not subscribed": Row(
        "send_message",
        send(),
        6,
        "notSubscribed",
        "not_subscribed",
        user={"subscribed": False},
    ),
    "7 blocked": Row("send_message", send(), 7, bot={"standing": "blocked"}),
    "8 deleted": Row("send_message", send(), 8, bot={"standing": "deleted"}),
    "9 suspended": Row("send_message", send(), 9, bot={"standing": "suspended"}),
    "10 no webhook": Row(
        "send_message", send(), 10, "webhookNotSet", has_webhook=False
    ),
    "11 no device": Row("send_message", send(), 11, user={"devices": 0}),
    "12 over 100 in an hour": Row(
        "send_message", send(), 12, TOO_MANY, "too_many_requests", before=100
    ),
    "0 100th in an hour": Row("send_message", send(), 0, before=99),
    "0 in the next clock hour": Row(
        "send_message", send(), 0, before=100, advance=3600
    ),
    "13 phone too old": Row(
        "send_message", send(min_api_version=7), 13, user={"api_version": 6}
    ),
    "14 version too low": Row(
        "send_message",
        RICH | {"receiver": "USER", "min_api_version": 1},
        14,
        "incompatibleWithVersion",
    ),
    "16 in-chat, inline bot": Row(
        "send_message", send(chat_id="x"), 16, bot={"inline": True}
    ),
    "17 in-chat, other bot": Row("send_message", send(chat_id="x"), 17),
    "21 country": Row(
        "send_message",
        send(),
        21,
        bot={"unsupported_countries": ["RS"]},
        user={"country": "RS"},
    ),
    "22 payments": Row("send_message", PAYMENT | {"receiver": "USER"}, 22),
    "0 payments granted": Row(
        "send_message", PAYMENT | {"receiver": "USER"}, 0, bot={"payments": True}
    ),
    "23 free messages used": Row(
        "send_message", send(), 23, bot={"free_messages": 2}, before=2
    ),
    "24 no balance": Row(
        "send_message",
        send(),
        24,
        "noBalance",
        "no_balance",
        bot={"billable": True, "free_messages": 0, "balance": 1},
        before=1,
    ),
    "999 malformed receiver": Row(
        "send_message",
        send(receiver="nobody"),
        999,
        "Bad receiver ID",
        "bad_receiver_999",
    ),
    # broadcast_message
    "0 broadcast": Row("broadcast_message", broadcast("USER"), 0, "ok", "broadcast_ok"),
    "0 broadcast to strangers": Row(
        "broadcast_message", broadcast("USER", STRANGER), 0, "ok", "broadcast_ok"
    ),
    "3 broadcast to 301": Row("broadcast_message", broadcast(*[STRANGER] * 301), 3),
    "3 broadcast to nobody": Row("broadcast_message", broadcast(), 3),
    "4 broadcast without list": Row("broadcast_message", TEXT, 4),
    "10 broadcast without webhook": Row(
        "broadcast_message", broadcast("USER"), 10, has_webhook=False
    ),
    "12 over 500 in 10 s": Row(
        "broadcast_message", broadcast(STRANGER), 12, before=500
    ),
    "0 after 10 s": Row(
        "broadcast_message", broadcast(STRANGER), 0, before=500, advance=10
    ),
    "15 broadcast not authorised": Row(
        "broadcast_message", broadcast("USER"), 15, bot={"broadcasting": "unauthorized"}
    ),
    "19 broadcast fails": Row(
        "broadcast_message", broadcast("USER"), 19, bot={"broadcasting": "failing"}
    ),
    "20 broadcast not granted": Row(
        "broadcast_message",
        broadcast("USER"),
        20,
        "broadcastNotAllowed",
        "broadcast_not_allowed",
        bot={"broadcasting": "refused"},
    ),
    # post
    "10 post without webhook": Row(
        "post",
        load("requests/channel_post.json"),
        10,
        "webhookNotSet",
        "post_webhook_not_set",
        has_webhook=False,
    ),
    "18 no channel": Row(
        "post", load("requests/channel_post.json"), 18, "noPublicChat"
    ),
    "3 post by a stranger": Row(
        "post", load("requests/channel_post.json"), 3, bot={"channel": True}
    ),
    # get_*
    "0 account info": Row("get_account_info", {}, 0, "ok", "account_info"),
    "0 account info by the body's token": Row(
        "get_account_info", {"auth_token": DEFAULT_TOKEN}, 0, token=None
    ),
    "2 account info": Row("get_account_info", {}, 2, token="0-0-0"),
    "0 user details": Row(
        "get_user_details",
        {"id": "USER"},
        0,
        "ok",
        "user_details",
        user={"avatar": "https://cdn.example/a.png"},
    ),
    "6 user details": Row(
        "get_user_details",
        {"id": "USER"},
        6,
        "notSubscribed",
        "user_details_not_subscribed",
        user={"subscribed": False},
    ),
    "12 third user details": Row(
        "get_user_details", {"id": "USER"}, 12, before=2, advance=12 * 3600 - 1
    ),
    "0 user details after 12 hours": Row(
        "get_user_details", {"id": "USER"}, 0, before=2, advance=12 * 3600
    ),
    "4 user details": Row("get_user_details", {}, 4),
    "0 online": Row("get_online", {"ids": ["USER"]}, 0, "ok", "online"),
    "3 online of 101": Row("get_online", {"ids": ["USER"] * 101}, 3),
    "4 online": Row("get_online", {}, 4),
    # set_webhook
    "0 webhook": Row(
        "set_webhook",
        {"url": "https://bot.example/x"},
        0,
        "ok",
        "set_webhook_ok_live_all",
    ),
    "0 webhook with a list": Row(
        "set_webhook",
        load("requests/set_webhook.json"),
        0,
        "ok",
        "set_webhook_ok",
    ),
    "0 webhook removed": Row(
        "set_webhook", {"url": ""}, 0, "ok", "set_webhook_removed"
    ),
    "4 webhook without url": Row("set_webhook", {}, 4, "missingData"),
    "1 webhook without TLS": Row("set_webhook", {"url": "http://bot.example/x"}, 1),
    "1 webhook of no scheme": Row("set_webhook", {"url": "bot.example"}, 1),
    "3 webhook with an unknown event": Row(
        "set_webhook", {"url": "https://bot.example/x", "event_types": ["read"]}, 3
    ),
}
ALL_STATUSES = {code["status"] for code in load("status_codes.json")["codes"]}


def _fill(value: Any, user_id: str) -> Any:
    if isinstance(value, list):
        return [_fill(item, user_id) for item in value]
    if isinstance(value, dict):
        return {name: _fill(item, user_id) for name, item in value.items()}
    return user_id if value == "USER" else value


@pytest.mark.parametrize("row", ROWS.values(), ids=list(ROWS))
async def test_viber_answers_as_claimed(row: Row) -> None:
    """What is done in the row has the row's answer."""
    desk = Desk()
    if row.has_webhook:
        await desk.set_webhook(send_name=True, send_photo=True)
    user_id = await desk.add_user(**row.user)
    await desk.sim("bots/main", dict(row.bot), "PATCH")
    body = _fill(row.body, user_id)
    for _ in range(row.before):
        await desk.api(row.method, body)
    desk.clock.advance(row.advance)

    answer = await desk.api(row.method, body, row.token)

    assert answer["status"] == row.status
    assert row.text is None or answer["status_message"] == row.text
    if row.fixture is not None:
        assert list(answer) == list(load(f"responses/{row.fixture}.json"))


def test_every_status_code_has_a_row() -> None:
    """No code of section 11 is out of reach."""
    assert {row.status for row in ROWS.values()} >= ALL_STATUSES - {"other"}


@pytest.mark.parametrize(
    ("verb", "path", "status"),
    [
        ("POST", "/pa/send_messages", 404),
        ("POST", "/pa/", 404),
        ("GET", "/pa/send_message", 405),
        ("GET", "/pa/get_account_info", 200),
    ],
)
async def test_viber_answers_http_200_except_for_unknown_urls(
    desk: Desk, verb: str, path: str, status: int
) -> None:
    """Section 1.5; only get_account_info is documented with GET."""
    headers = [(b"x-viber-auth-token", DEFAULT_TOKEN.encode())]

    answered, _ = await desk.request(verb, path, b"", headers)

    assert answered == status


async def test_account_info_tells_the_webhook_and_counts_subscribers(
    desk: Desk,
) -> None:
    """Section 2.4."""
    await desk.add_user()
    await desk.add_user(subscribed=False)

    info = await desk.api("get_account_info")

    assert info["webhook"] == "https://bot.example/viber/main"
    assert info["subscribers_count"] == 1


@pytest.mark.parametrize(
    ("members", "code", "text"),
    [
        ({}, 0, "online"),
        ({"online": False}, 1, "offline"),
        ({"hidden": True}, 2, "undisclosed"),
        ({"subscribed": False}, 4, "unavailable"),
    ],
)
async def test_get_online_tells_where_a_user_is(
    desk: Desk, members: Json, code: int, text: str
) -> None:
    """Section 2.6."""
    user = await desk.add_user(**members)

    entry = (await desk.api("get_online", {"ids": [user]}))["users"][0]

    assert entry["online_status"] == code
    assert entry["online_status_message"] == text
    assert code != 2 or entry["last_online"] == 0


async def test_a_post_of_the_admin_reaches_the_channel(desk: Desk) -> None:
    """Section 2.7: ``from`` is the id of a superadmin of get_account_info."""
    await desk.sim("bots/main", {"channel": True}, "PATCH")
    admin = (await desk.api("get_account_info"))["members"][0]

    answer = await desk.api("post", TEXT | {"from": admin["id"]})

    assert admin["role"] == "superadmin"
    assert answer["status"] == 0
    assert (await desk.sim("bots/main/posts"))[0]["message"] == TEXT


async def test_a_channel_takes_no_keyboard(desk: Desk) -> None:
    """Section 2.7."""
    await desk.sim("bots/main", {"channel": True}, "PATCH")
    admin = (await desk.api("get_account_info"))["members"][0]["id"]
    keyboard = load("requests/send_text_with_keyboard.json")["keyboard"]

    answer = await desk.api("post", TEXT | {"from": admin, "keyboard": keyboard})

    assert answer["status"] == 3


async def test_a_broadcast_tells_for_whom_it_failed(desk: Desk) -> None:
    """Section 2.3: status 0, one token, and the items of the live answer."""
    reached = await desk.add_user()
    left = await desk.add_user(subscribed=False)

    answer = await desk.api("broadcast_message", broadcast(reached, STRANGER, left))
    delivered = await desk.settle()

    fixture = load("responses/broadcast_partial.json")["failed_list"]
    assert answer["failed_list"] == [
        fixture[0] | {"receiver": STRANGER},
        fixture[1] | {"receiver": left},
    ]
    assert [post.body["message_token"] for post in delivered] == [
        answer["message_token"]
    ]


async def test_placeholders_of_a_broadcast_are_filled_in(desk: Desk) -> None:
    """Section 2.3: in the message and in tracking_data, per receiver."""
    user = await desk.add_user(id="a/b+c===================", name="Anna")
    request = load("requests/broadcast_text.json") | {"broadcast_list": [user]}

    await desk.api("broadcast_message", request)

    message = (await desk.sim("chat?user=Anna"))[0]["message"]
    assert message["text"].startswith("Hello Anna: https://shop.example/?u=a%2Fb%2Bc")
    assert message["tracking_data"] == f"bc-1;{user}"


async def test_a_reply_of_the_user_starts_the_count_of_100_anew(desk: Desk) -> None:
    """Section 9: 100 messages per clock hour without a reply."""
    user = await desk.add_user(name="Anna")
    for _ in range(100):
        await desk.send(user)

    assert (await desk.send(user))["status"] == 12
    await desk.sim("messages", {"user": "Anna", "text": "stop"})
    assert (await desk.send(user))["status"] == 0


async def test_refused_messages_use_up_nothing(desk: Desk) -> None:
    """A message that fails a check does not count among the 100."""
    user = await desk.add_user()
    for _ in range(100):
        await desk.send(user, text="")

    assert (await desk.send(user))["status"] == 0


@pytest.mark.parametrize(
    ("grants", "wrote", "billing"),
    [
        ({}, True, 1),
        ({"billable": True}, True, 2),
        ({}, False, 3),
        ({"billable": True}, False, 4),
        ({"billable": True, "free_messages": 1}, False, 4),
        ({"billable": True, "free_messages": 0}, False, 5),
        ({"free_messages": 0}, True, 1),
    ],
)
async def test_billing_status_follows_session_and_money(
    desk: Desk, grants: Json, *, wrote: bool, billing: int
) -> None:
    """Section 10; a session lasts 24 hours from the user's message."""
    user = await desk.add_user(name="Anna")
    await desk.sim("bots/main", grants, "PATCH")
    if wrote:
        await desk.sim("messages", {"user": "Anna", "text": "hi"})

    assert (await desk.send(user))["billing_status"] == billing


async def test_a_session_ends_after_24_hours(desk: Desk) -> None:
    """Section 10."""
    user = await desk.add_user(name="Anna")
    await desk.sim("messages", {"user": "Anna", "text": "hi"})
    desk.clock.advance(DAY)

    assert (await desk.send(user))["billing_status"] == 3
