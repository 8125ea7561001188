"""What bots read from the inbound topic: callbacks as Viber writes them, and headers.

The value is the callback's raw body.  Only what Viber always sends is required; every
other member may be missing, and unknown members and events come through unchanged.
Source: developers.viber.com, "REST Bot API", Callbacks; what public captures add.
"""

from collections.abc import Mapping

from gateway.contract.headers import DECIMAL, bot_name, instant, written_by_gateway
from gateway.contract.schema import (
    Schema,
    constant,
    flag,
    listing,
    nullable,
    record,
    ref,
    text,
    whole,
)
from gateway.core.event import TYPE_PREFIX

TOKEN = whole("Exceeds 2^53: in JavaScript take the header ce_messagetoken.")
TIMESTAMP = whole("When it happened at Viber, in milliseconds since 1970.")
USER_ID = text("The user, by an id that is this bot's own; opaque.", 1)
NUMBER_OR_TEXT: Schema = {"type": ["integer", "string"]}

DEFINITIONS: Mapping[str, Schema] = {
    "User": record(
        "A user, as far as the user lets us know.",
        {
            "id": USER_ID,
            "name": text("`Subscriber` where the user keeps it private."),
            "avatar": text("URL of a picture."),
            "language": text("Such as `uk-UA` or `en`."),
            "country": text("Two letters."),
            "api_version": whole("What the user's client knows."),
        },
        ("id",),
    ),
    "UserMessage": record(
        "What a user wrote; a type that is not listed comes through as it is.",
        {
            "type": text(
                "text, picture, video, file, contact, location, url, sticker, or new.",
                1,
            ),
            "text": text("The text, a caption, or a button's ActionBody."),
            "media": text("URL, good for about an hour: fetch it at once."),
            "thumbnail": text("URL of a small picture, good as long."),
            "file_name": text("Its name; may be the text `null`."),
            "size": whole("Bytes."),
            "duration": whole(
                "Milliseconds in practice; the documentation says seconds."
            ),
            "sticker_id": {"description": "A number; old ones text.", **NUMBER_OR_TEXT},
            "contact": record(
                "A visiting card; empty where a desktop shares no number.",
                {
                    "name": text("Whose."),
                    "phone_number": text("May lack the +."),
                    "avatar": text("URL of a picture."),
                },
            ),
            "location": record(
                "A place.",
                {
                    "lat": {"type": "number", "description": "Degrees."},
                    "lon": {"type": "number", "description": "Degrees."},
                },
            ),
            "tracking_data": text("That of the bot's last message."),
        },
        ("type",),
    ),
}


def _event(
    event: str,
    about: str,
    members: Mapping[str, Schema],
    required: tuple[str, ...],
) -> Schema:
    always = {
        "event": constant("The kind.", event),
        "timestamp": TIMESTAMP,
        "message_token": TOKEN,
        "chat_hostname": text("Viber's own business."),
    }
    return record(about, always | dict(members), ("event", *required))


OWN = ("timestamp", "message_token")
RECEIPT = {"user_id": USER_ID}

EVENTS: Mapping[str, Schema] = {
    "message": _event(
        "message",
        "A user wrote. The first message subscribes, without a `subscribed`.",
        {
            "sender": ref("User"),
            "message": ref("UserMessage"),
            "silent": flag("A button pressed whose Silent is set."),
            "chat_id": text("Of a chat extension's conversation."),
            "reply_type": text("`message` or `query`, in a chat extension."),
        },
        (*OWN, "sender", "message"),
    ),
    "subscribed": _event(
        "subscribed",
        "A user subscribed other than by writing.",
        {"user": ref("User")},
        (*OWN, "user"),
    ),
    "unsubscribed": _event(
        "unsubscribed",
        "A user left: nothing may be sent until a message comes.",
        RECEIPT,
        (*OWN, "user_id"),
    ),
    "conversation_started": _event(
        "conversation_started",
        "A user opened the chat; that is no subscription.",
        {
            "type": text("Always `open`."),
            "context": text("From a deep link: whatever its author wrote."),
            "user": ref("User"),
            "subscribed": flag("Whether the user is subscribed already."),
        },
        (*OWN, "type", "user"),
    ),
    "delivered": _event(
        "delivered",
        "A message has reached a device; each of a user's devices says so, with one "
        "ce_id. The message_token is the message's, which may be the user's own.",
        RECEIPT,
        (*OWN, "user_id"),
    ),
    "seen": _event(
        "seen",
        "A user has seen this message and all before it; may come before `delivered`.",
        RECEIPT,
        (*OWN, "user_id"),
    ),
    "failed": _event(
        "failed",
        "The user's client refused a message that Viber had accepted.",
        {**RECEIPT, "desc": text("Why, for people.")},
        ("timestamp",),
    ),
    "client_status": _event(
        "client_status",
        "The state of a payment.",
        {
            "user": ref("User"),
            "status": record(
                "What the client says.",
                {
                    "type": text("`payment`.", 1),
                    "code": whole("Its code."),
                    "supported_psps": listing("Providers.", text("A name.")),
                    "tracking_data": text("That of the message."),
                },
                ("type",),
            ),
        },
        (*OWN, "user", "status"),
    ),
    "webhook": _event(
        "webhook",
        "Viber has checked the webhook; an unsigned one makes no event. Old ones have "
        "timestamp and message_token exchanged.",
        {},
        OWN,
    ),
    "action": _event("action", "Viber names it and documents nothing of it.", {}, ()),
}
OTHER = record(
    "An event that this page does not know yet; it comes through all the same.",
    {"event": text("The kind.", 1)},
    ("event",),
)
TYPES = {event: f"{TYPE_PREFIX}{event}" for event in EVENTS}

HEADERS = written_by_gateway(
    "Headers of an event: a CloudEvent in binary mode. More may be added.",
    {
        "ce_type": text(
            f"`{TYPE_PREFIX}` and the event.", pattern=r"^com\.viber\.callback\.."
        ),
        "ce_bot": bot_name("Whose callback it is."),
        "ce_receivedat": instant("When the gateway received it."),
        "ce_time": instant("When it happened at Viber; absent where that is absurd."),
        "ce_subject": text("The user's id; absent where there is no user.", 1),
        "ce_messagetoken": text("The message_token as decimal text.", pattern=DECIMAL),
        "ce_replyto": text("The topic where a welcome message is awaited.", 1),
        "ce_correlationid": text("What the reply must carry, and be keyed by.", 1),
        "ce_deadline": instant("A reply that is read later is dropped."),
    },
    ("ce_type", "ce_bot", "ce_receivedat"),
)
KEY = nullable(text("The user's id; null where there is no user."))
