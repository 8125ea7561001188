"""What a message may hold, by its type: Viber's limits, said before Viber says them.

A message is checked flat: one list of members, and for each type what it needs and how
far its members go (`KINDS`), so that a fault is reported at its member.  Unknown
members are refused here, since most are slips; the gateway itself hands them on.
Sources: developers.viber.com, "REST Bot API", Message Types; where they differ the
stricter value.  The whole request must stay within 30,000 bytes, which no schema says.
"""

from collections.abc import Mapping
from typing import NamedTuple

from gateway.contract.keyboards import URL
from gateway.contract.schema import (
    Schema,
    choice,
    holds,
    listing,
    number_or_text,
    record,
    ref,
    text,
    when,
    whole,
)

SENDER_NAME = 28
TRACKING_DATA = 4000
TEXT = 7000
PICTURE_TEXT = 768
MEDIA_URL = 2000
VIDEO_BYTES = 27_262_976
VIDEO_SECONDS = 180
FILE_BYTES = 52_428_800
FILE_NAME = 256
CONTACT_NAME = 28
CONTACT_PHONE = 18
CHANNEL_VIDEO_BYTES = 52_428_800

PICTURES = ("jpeg", "jpg", "png", "gif")
VIDEOS = ("mp4",)
# developers.viber.com/docs/api/rest-bot-api/#forbiddenFileFormats
# fmt: off
FORBIDDEN_FILES = (
    "action", "apk", "app", "bat", "bin", "cmd", "com", "command", "cpl", "csh",
    "exe", "gadget", "inf1", "ins", "inx", "ipa", "isu", "job", "jse", "ksh", "lnk",
    "msc", "msi", "msp", "mst", "osx", "out", "paf", "pif", "ps1", "reg", "rgs",
    "run", "sct", "shb", "shs",  # codespell:ignore shs
    "u3p", "vb", "vbe", "vbs", "vbscript", "workflow", "ws", "wsf",
)
# fmt: on


class Kind(NamedTuple):
    """What a message of one type needs, and the limits of its members."""

    required: tuple[str, ...]
    limits: Mapping[str, Schema]


def _any_case(words: tuple[str, ...]) -> str:
    """Write a pattern of these words in either case: JSON Schema has no flag for it."""
    letters = (
        "".join(f"[{c}{c.upper()}]" if c.isalpha() else c for c in word)
        for word in words
    )
    return "|".join(letters)


def _ending(extensions: tuple[str, ...]) -> Schema:
    """Hold for a URL whose path ends so, whatever its query."""
    return {
        "description": f"The path ends in .{', .'.join(extensions)}.",
        "pattern": rf"^[^?#\s]+\.({_any_case(extensions)})([?#]\S*)?$",
    }


def _video(most_bytes: int) -> Kind:
    size = {"minimum": 0, "maximum": most_bytes}
    return Kind(("media", "size"), {"media": _ending(VIDEOS), "size": size})


PICTURE = Kind(
    ("text", "media"),
    {"text": {"maxLength": PICTURE_TEXT}, "media": _ending(PICTURES)},
)
FILE_NAME_RULE: Schema = {
    "pattern": r"\.[^.]+$",
    "not": {"pattern": rf"\.({_any_case(FORBIDDEN_FILES)})$"},
}
CHANNEL_KINDS: Mapping[str, Kind] = {
    "text": Kind(("text",), {"text": {"minLength": 1}}),
    "picture": PICTURE,
    "video": _video(CHANNEL_VIDEO_BYTES),
    "file": Kind(("media", "size", "file_name"), {"size": {"maximum": FILE_BYTES}}),
    "contact": Kind(("contact",), {}),
    "location": Kind(("location",), {}),
    "url": Kind(("media",), {}),
    "sticker": Kind(("sticker_id",), {}),
}
KINDS: Mapping[str, Kind] = {
    **CHANNEL_KINDS,
    "video": _video(VIDEO_BYTES),
    "rich_media": Kind(("rich_media",), {}),
    "payment": Kind(
        ("payment", "min_api_version"), {"min_api_version": {"minimum": 10}}
    ),
}

CONTENT: Mapping[str, Schema] = {
    "text": text(
        "The text, or a picture's caption (then up to 768, and it may be empty).",
        0,
        TEXT,
    ),
    "media": text("URL, within everybody's reach.", 1, MEDIA_URL, pattern=URL),
    "thumbnail": text("URL of a small JPEG, up to 100 kB.", 1, MEDIA_URL, pattern=URL),
    "size": whole("Bytes.", 0),
    "duration": whole("Seconds.", 0, VIDEO_SECONDS),
    "file_name": text(
        "With its extension, which must not be a program's.", 1, FILE_NAME
    )
    | FILE_NAME_RULE,
    "contact": ref("Contact"),
    "location": ref("Location"),
    "sticker_id": number_or_text(
        "A number.", {"type": "integer", "minimum": 0}, r"^\d+$"
    ),
}
BOARDS: Mapping[str, Schema] = {
    "keyboard": ref("Keyboard"),
    "rich_media": ref("RichMedia"),
    "alt_text": text("For clients that show no rich media.", 0, TEXT),
    "payment": ref("Payment"),
}
COMMON: Mapping[str, Schema] = {
    "sender": ref("Sender"),
    "tracking_data": text("Comes back with the user's next message.", 0, TRACKING_DATA),
    "min_api_version": whole("What a client must know, 1 when absent.", 1),
    "chat_id": text("Of a chat extension's conversation."),
}

DEFINITIONS: Mapping[str, Schema] = {
    "Sender": record(
        "Who speaks; the bot's own name and avatar when absent.",
        {
            "name": text("Shown above the message.", 1, SENDER_NAME),
            "avatar": text("URL of a picture, up to 100 kB.", pattern=URL),
        },
        is_closed=True,
    ),
    "Contact": record(
        "A visiting card.",
        {
            "name": text("Whose.", 1, CONTACT_NAME),
            "phone_number": text(
                "With country code.", 1, CONTACT_PHONE, pattern=r"^\+?[0-9]+$"
            ),
        },
        ("name", "phone_number"),
        is_closed=True,
    ),
    "Location": record(
        "A place; numbers are better.",
        {
            "lat": number_or_text(
                "Degrees.",
                {"type": "number", "minimum": -90, "maximum": 90},
                r"^-?(90(\.0+)?|[0-8]?\d(\.\d+)?)$",
            ),
            "lon": number_or_text(
                "Degrees.",
                {"type": "number", "minimum": -180, "maximum": 180},
                r"^-?(180(\.0+)?|(1[0-7]\d|\d?\d)(\.\d+)?)$",
            ),
        },
        ("lat", "lon"),
        is_closed=True,
    ),
    "Payment": record(
        "A button to pay with, good for 15 minutes.",
        {
            "type": choice("With what.", "GooglePay", "ApplePay"),
            "description": text("For what."),
            "total_price": {
                "type": "number",
                "description": "How much.",
                "minimum": 0,
            },
            "currency_code": text("ISO 4217.", pattern="^[A-Z]{3}$"),
            "payment_parameters": {
                "type": ["array", "object"],
                "description": "What the provider wants: key and value pairs.",
                "items": record(
                    "A pair.",
                    {"key": text("Its name."), "value": text("Its value.")},
                    ("key", "value"),
                ),
            },
        },
        ("type", "total_price", "currency_code", "payment_parameters"),
        is_closed=True,
    ),
}


def message(about: str, addressee: Mapping[str, Schema]) -> Schema:
    """Describe a message to users; the addressee's members are all required."""
    members = {**addressee, "type": _type(KINDS), **COMMON, **CONTENT, **BOARDS}
    alone = when({"not": {"required": ["keyboard"]}}, {"required": ["type"]})
    rules = [alone, *_rules(KINDS), ref("VersionRules")]
    body = record(about, members, tuple(addressee), is_closed=True)
    return body | {"allOf": rules}


def channel_post() -> Schema:
    """Describe a post in the bot's channel: no keyboard, no rich media, no payment."""
    addressee = {"from": text("Id of a superadmin: get_account_info, members.", 1)}
    members = {**addressee, "type": _type(CHANNEL_KINDS), **COMMON, **CONTENT}
    about = "A post in the bot's channel; Viber wants a webhook to be set first."
    body = record(about, members, ("from", "type"), is_closed=True)
    return body | {"allOf": _rules(CHANNEL_KINDS)}


def receivers(most: int) -> Schema:
    """Describe the list of those who get a broadcast."""
    return listing("Ids of subscribed users.", text("A user's id.", 1), 1, most)


def _type(kinds: Mapping[str, Kind]) -> Schema:
    return choice("What the message is.", *kinds)


def _rules(kinds: Mapping[str, Kind]) -> list[Schema]:
    return [
        when(
            holds("type", {"const": name}),
            {
                "required": list(kind.required),
                **({"properties": dict(kind.limits)} if kind.limits else {}),
            },
        )
        for name, kind in kinds.items()
    ]
