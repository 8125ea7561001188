"""What bots write to the outbound topic: the bodies by method, and the three forms.

The decoder (`core/command.py`) checks what it needs to deliver a command; the rest is
for Viber to judge, and written here so that a bot's tests find it first.
"""

import re
from collections.abc import Mapping

from gateway.contract.headers import bot_name, instant, trace_context
from gateway.contract.messages import channel_post, message, receivers
from gateway.contract.schema import (
    Schema,
    choice,
    holds,
    listing,
    record,
    ref,
    text,
    when,
)
from gateway.core.command import (
    MAX_BROADCAST_RECEIVERS,
    MAX_ONLINE_IDS,
    TYPE_PREFIX,
)
from gateway.core.envelope import STRUCTURED
from gateway.core.method import Method

TYPES = {method: f"{TYPE_PREFIX}{method}" for method in Method}
RECEIVER = text("Id of a subscribed user, as events carry it.", 1)
TOKEN: Schema = {
    "deprecated": True,
    "description": "Leave it out: the gateway removes it and sends its own.",
}


def _may_hold_a_token(body: Schema) -> Schema:
    return body | {"properties": body["properties"] | {"auth_token": TOKEN}}


def _query(about: str, members: Mapping[str, Schema]) -> Schema:
    return record(about, members, tuple(members), is_closed=True)


BODIES: Mapping[Method, Schema] = {
    method: _may_hold_a_token(body)
    for method, body in {
        Method.SEND_MESSAGE: message("A message to one user.", {"receiver": RECEIVER}),
        Method.BROADCAST_MESSAGE: message(
            "A message to many users; Viber must have granted it to the bot.",
            {"broadcast_list": receivers(MAX_BROADCAST_RECEIVERS)},
        ),
        Method.POST: channel_post(),
        Method.GET_ACCOUNT_INFO: _query("Asks about the bot's own account.", {}),
        Method.GET_USER_DETAILS: _query(
            "Asks about a user; Viber answers twice in 12 hours per user.",
            {"id": text("The user's id.", 1)},
        ),
        Method.GET_ONLINE: _query(
            "Asks who is online.",
            {"ids": listing("Users' ids.", text("An id.", 1), 1, MAX_ONLINE_IDS)},
        ),
    }.items()
}

ID = text("The command's id; the result names it. Choose one per command.", 1)
BOT = bot_name(
    "Which bot; may be left out where there is only one, or a topic per bot."
)
EXPIRY = instant("After it the command is not sent; its result is `expired`.")
NOT_BEFORE = instant("Not sent earlier; at most an hour ahead.")
TRACE = trace_context("Whose trace goes on: W3C's trace context.")
SOURCE = text("Who asks: a URI reference, such as `/bots/shop`.", 1)
TYPE = choice("What is asked for.", *TYPES.values())
STRUCTURED_TYPE = rf"^{re.escape(STRUCTURED)}"
VERSION = text("CloudEvents: 1.0.", pattern=r"^1(\..*)?$")

BINARY_HEADERS = record(
    "Headers of a command as a CloudEvent in binary mode; the value is the body. "
    "Viber-gateway looks at no other, and asks for ce_type alone; CloudEvents asks for "
    "ce_id, ce_source and ce_specversion besides.",
    {
        "content-type": text("`application/json`; may be left out."),
        "ce_specversion": VERSION,
        "ce_id": ID,
        "ce_source": SOURCE,
        "ce_type": TYPE,
        "ce_bot": BOT,
        "ce_expirytime": EXPIRY,
        "ce_notbefore": NOT_BEFORE,
        "ce_traceparent": TRACE,
    },
    ("ce_specversion", "ce_id", "ce_source", "ce_type"),
)
STRUCTURED_HEADERS = record(
    "Headers of a command as a CloudEvent in structured mode.",
    {"content-type": text("May name a charset.", pattern=STRUCTURED_TYPE)},
    ("content-type",),
)
PLAIN_HEADERS = record(
    "Headers of a plain command: no CloudEvent, the value is the body. All optional.",
    {
        "method": choice(
            "What is asked for. When absent: broadcast_message for a body with a "
            "`broadcast_list`, else send_message.",
            *Method,
        ),
        "id": ID,
        "bot": BOT,
        "expirytime": EXPIRY,
        "notbefore": NOT_BEFORE,
        "traceparent": TRACE,
    },
)


def _structured() -> Schema:
    members = {
        "specversion": VERSION,
        "id": ID,
        "source": SOURCE,
        "type": TYPE,
        "bot": BOT,
        "expirytime": EXPIRY,
        "notbefore": NOT_BEFORE,
        "traceparent": TRACE,
        "datacontenttype": text("`application/json`; may be left out."),
        "data": {"type": "object", "description": "The body."},
        "data_base64": text(
            "The body in base64, in place of `data`.",
            1,
            pattern="^[A-Za-z0-9+/]+={0,2}$",
        ),
    }
    bodies = [
        when(
            holds("type", {"const": TYPES[method]}),
            {"properties": {"data": ref(f"commands.{method}")}},
        )
        for method in Method
    ]
    either = {"oneOf": [{"required": ["data"]}, {"required": ["data_base64"]}]}
    about = "A command as a CloudEvent in structured mode; attributes may be added."
    required = ("specversion", "id", "source", "type")
    return record(about, members, required) | {"allOf": [either, *bodies]}


STRUCTURED_COMMAND = _structured()
