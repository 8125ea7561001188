"""What a message may hold, by type, and what Viber says when it does not.

https://developers.viber.com/docs/api/rest-bot-api/#message-types.  There are four
findings: a missing member is status 4, a malformed one 3 (both before anything of
the receiver is looked at), a member newer than ``min_api_version`` 14, and what only
the phone notices becomes a ``failed`` callback after status 0.
"""

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from simulator.rules import limits
from simulator.rules.keyboards import keyboard_rule, phone_faults, rich_media_rule
from simulator.rules.schema import Field, faults, too_new
from simulator.rules.statuses import Refusal, Status, refuse

STRING = Field("string")
WEB = Field("string", 1, limits.URL, required=True)
SIZE = Field("integer", 0, required=True, lenient=True)
SENDER = {
    "name": Field("string", 1, limits.SENDER_NAME, required=True),
    "avatar": STRING,
}
CONTACT = {
    "name": Field("string", 1, limits.CONTACT_NAME, required=True),
    "phone_number": Field(
        "string", 1, limits.CONTACT_PHONE, pattern=r"\+?[0-9]+", required=True
    ),
}
LOCATION = {
    "lat": Field("number", -90, 90, required=True, lenient=True),
    "lon": Field("number", -180, 180, required=True, lenient=True),
}
PAYMENT = {
    "type": Field("string", choices=("GooglePay", "ApplePay"), required=True),
    "description": STRING,
    "total_price": Field("number", 0, required=True, lenient=True),
    "currency_code": Field("string", 3, 3, pattern="[A-Z]{3}", required=True),
}
COMMON = {
    "sender": Field("object", members=SENDER),
    "tracking_data": Field("string", maximum=limits.TRACKING_DATA),
    "min_api_version": Field("integer", 1),
    "chat_id": STRING,
}
TYPES: Mapping[str, Mapping[str, Field]] = {
    "text": {"text": Field("string", 1, limits.TEXT, required=True)},
    "picture": {
        "text": Field("string", maximum=limits.PICTURE_TEXT, required=True),
        "media": WEB,
        "thumbnail": STRING,
    },
    "video": {
        "media": WEB,
        "size": Field("integer", 0, limits.VIDEO_BYTES, required=True, lenient=True),
        "duration": Field("integer", 0, limits.VIDEO_SECONDS, lenient=True),
        "thumbnail": STRING,
        "text": STRING,
    },
    "file": {
        "media": WEB,
        "size": Field("integer", 0, limits.FILE_BYTES, required=True, lenient=True),
        "file_name": Field("string", 1, limits.FILE_NAME, required=True),
    },
    "contact": {"contact": Field("object", members=CONTACT, required=True)},
    "location": {"location": Field("object", members=LOCATION, required=True)},
    "url": {"media": WEB},
    "sticker": {"sticker_id": Field("integer", 0, required=True, lenient=True)},
    "rich_media": {
        "rich_media": Field("object", required=True),
        "alt_text": Field("string", maximum=limits.ALT_TEXT),
    },
    "payment": {
        "payment": Field("object", members=PAYMENT, required=True, since=10),
    },
}
CHANNEL_TYPES = tuple(kind for kind in TYPES if kind not in {"rich_media", "payment"})


def check(message: Mapping[str, Any]) -> Refusal | None:
    """Return why Viber would not take this message, or None."""
    kind = message.get("type")
    keyboard = message.get("keyboard")
    if kind is None and keyboard is None:
        return refuse(Status.MISSING_DATA, "neither type nor keyboard")
    fields = TYPES.get(kind, {}) if isinstance(kind, str) else {}
    if kind is not None and not fields:
        return refuse(Status.BAD_DATA, f"unknown type {kind!r}")
    return (
        check_members(message, fields)
        or check_members(message, COMMON)
        or _check_boards(message, keyboard)
        or _check_version(message, fields)
    )


def check_members(
    message: Mapping[str, Any], fields: Mapping[str, Field]
) -> Refusal | None:
    """Return what is wrong with these members: 4 when missing, 3 when malformed."""
    for name, rule in fields.items():
        if rule.required and name not in message:
            return refuse(Status.MISSING_DATA, f"{name} is missing")
        if _is_absent(name, message, rule):
            continue
        found = list(faults(message[name], rule))
        if found:
            return _not_valid(name, found)
    return None


def _is_absent(name: str, message: Mapping[str, Any], rule: Field) -> bool:
    """Tell whether an optional member is not there: null counts as absent.

    The official Node SDK sends ``keyboard``, ``alt_text`` and others as null, except
    for ``tracking_data``, which its author found refused.
    """
    if name in message and (message[name] is not None or name == "tracking_data"):
        return False
    return not rule.required


def version_of(message: Mapping[str, Any]) -> int:
    """Return the message's ``min_api_version``, 1 when it has none."""
    version: int = message.get("min_api_version") or 1
    return version


def refused_by_phone(message: Mapping[str, Any]) -> str | None:
    """Return why a phone would not show this accepted message, or None."""
    return next(_phone_faults(message), None)


def _not_valid(name: str, found: list[str]) -> Refusal:
    text = f"{name} is not valid. [{', '.join(found)}]"
    return refuse(Status.BAD_DATA, text=text)


def _check_boards(message: Mapping[str, Any], keyboard: Any) -> Refusal | None:
    version = version_of(message)
    if keyboard is not None:
        found = list(faults(keyboard, keyboard_rule(version)))
        if found:
            return _not_valid("keyboard", found)
    if message.get("type") == "rich_media":
        media = message["rich_media"]
        found = list(faults(media, _rich_media_rule(media, version)))
        if found:
            return _not_valid("rich_media", found)
    return None


def _rich_media_rule(media: Mapping[str, Any], version: int) -> Field:
    columns = media.get("ButtonsGroupColumns", 6)
    rows = media.get("ButtonsGroupRows", 7)
    if columns not in range(1, 7) or rows not in range(1, 8):
        columns, rows = 6, 7
    return rich_media_rule(version, columns, rows)


def _check_version(
    message: Mapping[str, Any], fields: Mapping[str, Field]
) -> Refusal | None:
    version = version_of(message)
    rules = dict(fields)
    if message.get("keyboard") is not None:
        rules["keyboard"] = keyboard_rule(version)
    if "rich_media" in rules:
        rules["rich_media"] = _rich_media_rule(message["rich_media"], version)
    for name, rule in rules.items():
        for why in too_new(message.get(name), rule, version, name):
            return refuse(Status.INCOMPATIBLE_WITH_VERSION, why)
    return None


def _phone_faults(message: Mapping[str, Any]) -> Iterator[str]:
    for name in ("keyboard", "rich_media"):
        if message.get(name):
            yield from phone_faults(message[name])
    endings = MEDIA_ENDINGS.get(message.get("type", ""))
    if endings and not urlsplit(message["media"]).path.lower().endswith(endings):
        yield "media has the wrong file extension"
    if message.get("type") == "file":
        name = message["file_name"]
        if "." not in name:
            yield "file_name has no extension"
        elif "." + name.rpartition(".")[2].lower() in limits.FORBIDDEN_FILES:
            yield "forbidden file extension"


MEDIA_ENDINGS = {
    "picture": limits.PICTURE_EXTENSIONS,
    "video": limits.VIDEO_EXTENSIONS,
}
