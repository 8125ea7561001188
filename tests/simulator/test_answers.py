"""What the answers of the REST API tell, beyond their status."""

from typing import Any

import pytest

from simulator.composition import DEFAULT_TOKEN
from tests.fixtures import load
from tests.simulator.claims import DAY, STRANGER, TEXT, broadcast
from tests.simulator.desk import Desk

Json = dict[str, Any]


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
    entry = (await desk.sim("log"))["entries"][-1]
    assert (entry["path"], entry["http_status"]) == (path, status)


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
