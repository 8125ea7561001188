"""Examples of commands: bodies by method, and the headers of the three forms."""

from base64 import b64encode
from typing import Any

import msgspec

from gateway.contract.examples.example import ABSENT, Example, Refuser
from gateway.contract.examples.messages import (
    ADMIN,
    CDN,
    CONTENTS,
    OTHER_USER,
    USER,
    messages,
)
from gateway.contract.examples.mistakes import SOME, mistakes

SEND = "commands/send_message"
BROADCAST = "commands/broadcast_message"
POST = "commands/post"

TEXT = Example(SEND, "text", {"receiver": USER, **CONTENTS["text"]})
BROADCAST_TEXT = Example(
    BROADCAST,
    "text",
    {
        "broadcast_list": [USER, OTHER_USER],
        "type": "text",
        "text": "Hello replace_me_with_user_name",
        "tracking_data": "sale;replace_me_with_receiver_id",
    },
)
POST_TEXT = Example(POST, "text", {"from": ADMIN, "type": "text", "text": "News"})
POST_VIDEO = Example(
    POST,
    "video",
    {"from": ADMIN, "type": "video", "media": f"{CDN}/news.mp4", "size": 50_000_000},
)
DETAILS = Example("commands/get_user_details", "user", {"id": USER})
ONLINE = Example("commands/get_online", "users", {"ids": [USER, OTHER_USER]})
ACCOUNT = Example("commands/get_account_info", "account", {})

BINARY = Example(
    "commands/binary_headers",
    "send_message",
    {
        "content-type": "application/json",
        "ce_specversion": "1.0",
        "ce_id": "order-A-1001-ready",
        "ce_source": "/bots/shop",
        "ce_type": "com.viber.command.send_message",
        "ce_bot": "shop",
        "ce_expirytime": "2026-03-01T18:00:00Z",
        "ce_notbefore": "2026-03-01T12:30:00+02:00",
    },
)
MINIMAL = Example(
    "commands/binary_headers",
    "minimal",
    {
        "ce_specversion": "1.0",
        "ce_id": "1",
        "ce_source": "/bots/shop",
        "ce_type": "com.viber.command.get_account_info",
    },
)
STRUCTURED_HEADERS = Example(
    "commands/structured_headers",
    "json",
    {"content-type": "application/cloudevents+json; charset=utf-8"},
)
ATTRIBUTES: dict[str, Any] = {
    "specversion": "1.0",
    "id": "order-A-1001-ready",
    "source": "/bots/shop",
    "type": "com.viber.command.send_message",
    "bot": "shop",
    "datacontenttype": "application/json",
}
STRUCTURED = Example(
    "commands/structured", "send_message", {**ATTRIBUTES, "data": TEXT.value}
)
STRUCTURED_BASE64 = Example(
    "commands/structured",
    "base64",
    {
        **ATTRIBUTES,
        "data_base64": b64encode(msgspec.json.encode(TEXT.value)).decode(),
    },
)
PLAIN = Example(
    "commands/plain_headers",
    "all",
    {
        "method": "send_message",
        "id": "order-A-1001-ready",
        "bot": "shop",
        "expirytime": "2026-03-01T18:00:00Z",
        "notbefore": "2026-03-01T12:30:00Z",
    },
)
PLAIN_NONE = Example("commands/plain_headers", "none", {})

_GATEWAY, _NOBODY, _VIBER = Refuser.GATEWAY, Refuser.NOBODY, Refuser.VIBER

BODIES = [
    *messages(SEND, {"receiver": USER}),
    *mistakes(SEND, {"receiver": USER}),
    TEXT.with_mistake("without_receiver", "receiver", ABSENT, _GATEWAY, "to nobody"),
    TEXT.with_mistake("receiver_empty", "receiver", "", _GATEWAY, "to nobody"),
    TEXT.with_mistake("receiver_number", "receiver", 7, _GATEWAY, "ids are text"),
    TEXT.with_mistake("slip", "Keyboard", {}, _NOBODY, "no such member"),
    BROADCAST_TEXT,
    *mistakes(BROADCAST, {"broadcast_list": [USER]}, *SOME),
    BROADCAST_TEXT.with_mistake(
        "to_nobody", "broadcast_list", [], _GATEWAY, "1 to 300"
    ),
    BROADCAST_TEXT.with_mistake(
        "to_too_many", "broadcast_list", [USER] * 301, _GATEWAY, "1 to 300"
    ),
    BROADCAST_TEXT.with_mistake(
        "to_numbers", "broadcast_list", [1, 2], _GATEWAY, "ids are text"
    ),
    POST_TEXT,
    POST_VIDEO,
    POST_TEXT.with_mistake("without_from", "from", ABSENT, _VIBER, "who posts"),
    POST_TEXT.with_mistake(
        "keyboard",
        "keyboard",
        CONTENTS["keyboard"]["keyboard"],
        _NOBODY,
        "no keyboards",
    ),
    POST_TEXT.with_mistake(
        "rich_media", "type", "rich_media", _VIBER, "not in channels"
    ),
    DETAILS,
    DETAILS.with_mistake("without_id", "id", ABSENT, _GATEWAY, "about whom"),
    ONLINE,
    ONLINE.with_mistake("too_many", "ids", [USER] * 101, _GATEWAY, "1 to 100"),
    ONLINE.with_mistake("nobody", "ids", [], _GATEWAY, "1 to 100"),
    ACCOUNT,
    ACCOUNT.with_mistake("slip", "id", USER, _NOBODY, "it asks about the bot itself"),
]
FORMS = [
    BINARY,
    MINIMAL,
    BINARY.with_mistake(
        "unknown_method",
        "ce_type",
        "com.viber.command.shout",
        _GATEWAY,
        "no such method",
    ),
    BINARY.with_mistake(
        "set_webhook",
        "ce_type",
        "com.viber.command.set_webhook",
        _GATEWAY,
        "it belongs to operators",
    ),
    BINARY.with_mistake("without_type", "ce_type", ABSENT, _GATEWAY, "asks nothing"),
    BINARY.with_mistake("old_version", "ce_specversion", "0.3", _GATEWAY, "1.0"),
    BINARY.with_mistake("expirytime", "ce_expirytime", "tonight", _GATEWAY, "RFC 3339"),
    BINARY.with_mistake(
        "notbefore", "ce_notbefore", "1772366400", _GATEWAY, "RFC 3339"
    ),
    BINARY.with_mistake("bot", "ce_bot", "The Shop", _GATEWAY, "a-z 0-9 -"),
    BINARY.with_mistake(
        "without_source", "ce_source", ABSENT, _NOBODY, "CloudEvents asks for it"
    ),
    STRUCTURED_HEADERS,
    STRUCTURED_HEADERS.with_mistake(
        "xml", "content-type", "application/cloudevents+xml", _GATEWAY, "JSON only"
    ),
    STRUCTURED,
    STRUCTURED_BASE64,
    STRUCTURED.with_mistake("without_data", "data", ABSENT, _GATEWAY, "no body"),
    STRUCTURED.with_mistake("data_is_text", "data", "{}", _GATEWAY, "an object"),
    STRUCTURED.with_mistake("id_is_number", "id", 1, _GATEWAY, "text"),
    STRUCTURED.with_mistake("old_version", "specversion", "0.3", _GATEWAY, "1.0"),
    STRUCTURED.with_mistake(
        "to_nobody", "data.receiver", ABSENT, _GATEWAY, "to nobody"
    ),
    STRUCTURED.with_mistake("text_empty", "data.text", "", _VIBER, "one character"),
    STRUCTURED_BASE64.with_mistake(
        "no_base64", "data_base64", "{not base64}", _GATEWAY, "base64"
    ),
    PLAIN,
    PLAIN_NONE,
    PLAIN.with_mistake("method", "method", "set_webhook", _GATEWAY, "no such method"),
    PLAIN.with_mistake("expirytime", "expirytime", "tonight", _GATEWAY, "RFC 3339"),
    PLAIN.with_mistake("notbefore", "notbefore", "soon", _GATEWAY, "RFC 3339"),
]
