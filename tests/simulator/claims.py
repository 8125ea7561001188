"""The table of claims: every status code of Viber, and what causes it.

A row says what is arranged (the bot's grants, the user, calls made before, time that
passes), which call is made and what Viber answers.  ``fixture`` names the captured or
documented answer whose members, in their order, the answer must have.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from simulator.composition import DEFAULT_TOKEN
from tests.fixtures import load

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
