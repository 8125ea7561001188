"""What Viber takes and what it refuses, message by message, with its wording."""

from typing import Any

import pytest

from simulator.rules.messages import check, refused_by_phone
from tests.fixtures import load, names

BUTTON = {"ActionType": "reply", "ActionBody": "x", "Text": "x"}
TEXT = {"type": "text", "text": "hi"}
PICTURE = {"type": "picture", "text": "", "media": "https://cdn.example/a.jpg"}
VIDEO = {"type": "video", "media": "https://cdn.example/a.mp4", "size": 1}
FILE = {
    "type": "file",
    "media": "https://cdn.example/a.pdf",
    "size": 1,
    "file_name": "a.pdf",
}
CONTACT = {"name": "Desk", "phone_number": "+380000000003"}
RICH = {"Type": "rich_media", "Buttons": [BUTTON]}


TOO_MANY_CARDS = (
    "rich_media is not valid. [array is too long: must have at most 6 elements"
    " but instance has 7 elements]"
)
TOO_MANY_COLUMNS = (
    "keyboard is not valid. [numeric instance is greater than the required"
    " maximum (maximum: 6, found: 10000)]"
)


def keyboard(**members: Any) -> dict[str, Any]:
    """Return a text with a keyboard of one button, changed."""
    return TEXT | {
        "keyboard": {"Type": "keyboard", "Buttons": [BUTTON]} | members,
    }


def button(version: int = 1, **members: Any) -> dict[str, Any]:
    """Return a text with one changed button."""
    return keyboard(Buttons=[BUTTON | members]) | {"min_api_version": version}


def long(what: str, found: int, most: int) -> str:
    """Return Viber's words for a text that is too long."""
    return (
        f"{what} is not valid. [string is too long"
        f" (length: {found}, maximum allowed: {most})]"
    )


# Request fixtures that are messages.
GOOD = [
    name
    for name in names("requests")
    if name.split("/")[1].startswith(("send_", "broadcast", "welcome", "channel"))
]
# (message, status, text or None where only the number is known)
REFUSED: dict[str, tuple[dict[str, Any], int, str | None]] = {
    "neither type nor keyboard": ({}, 4, "missingData"),
    "unknown type": ({"type": "hologram"}, 3, "badData"),
    "type is no string": ({"type": 7}, 3, "badData"),
    "text missing": ({"type": "text"}, 4, "missingData"),
    "text empty": ({"type": "text", "text": ""}, 3, None),
    "text null": ({"type": "text", "text": None}, 3, None),
    "text over 7000": (
        {"type": "text", "text": "x" * 7001},
        3,
        long("text", 7001, 7000),
    ),
    "picture without text": ({"type": "picture", "media": "https://a/b.png"}, 4, None),
    "picture text over 768": (PICTURE | {"text": "x" * 769}, 3, long("text", 769, 768)),
    "picture without media": ({"type": "picture", "text": ""}, 4, None),
    "video without size": ({"type": "video", "media": "https://a/b.mp4"}, 4, None),
    "video over 26 MB": (VIDEO | {"size": 27_262_977}, 3, None),
    "video over 180 s": (VIDEO | {"duration": 181}, 3, None),
    "file over 50 MB": (FILE | {"size": 52_428_801}, 3, None),
    "file without name": ({k: FILE[k] for k in ("type", "media", "size")}, 4, None),
    "file name over 256": (FILE | {"file_name": "x" * 257}, 3, None),
    "contact without number": ({"type": "contact", "contact": {"name": "A"}}, 3, None),
    "contact name over 28": (
        {"type": "contact", "contact": CONTACT | {"name": "x" * 29}},
        3,
        None,
    ),
    "contact number over 18": (
        {"type": "contact", "contact": CONTACT | {"phone_number": "1" * 19}},
        3,
        None,
    ),
    "contact number with spaces": (
        {"type": "contact", "contact": CONTACT | {"phone_number": "+380 1"}},
        3,
        None,
    ),
    "latitude over 90": (
        {"type": "location", "location": {"lat": 91, "lon": 0}},
        3,
        None,
    ),
    "longitude under -180": (
        {"type": "location", "location": {"lat": "0", "lon": "-181"}},
        3,
        None,
    ),
    "url over 2000": ({"type": "url", "media": "https://" + "x" * 1993}, 3, None),
    "sticker without id": ({"type": "sticker"}, 4, None),
    "sticker id is no number": ({"type": "sticker", "sticker_id": "cat"}, 3, None),
    "rich media without version": (
        {"type": "rich_media", "rich_media": RICH},
        14,
        "incompatibleWithVersion",
    ),
    "rich media over six cards": (
        {
            "type": "rich_media",
            "min_api_version": 2,
            "rich_media": RICH
            | {
                "ButtonsGroupColumns": 1,
                "ButtonsGroupRows": 1,
                "Buttons": [BUTTON | {"Columns": 1, "Rows": 1}] * 7,
            },
        },
        3,
        TOO_MANY_CARDS,
    ),
    "rich media with share-phone": (
        {
            "type": "rich_media",
            "min_api_version": 7,
            "rich_media": RICH | {"Buttons": [BUTTON | {"ActionType": "share-phone"}]},
        },
        3,
        None,
    ),
    "payment below version 10": (
        {
            "type": "payment",
            "payment": load("requests/send_payment.json")["payment"],
        },
        14,
        None,
    ),
    "sender name over 28": (
        TEXT | {"sender": {"name": "x" * 29}},
        3,
        "sender is not valid. [string is too long (length: 29, maximum allowed: 28)]",
    ),
    "sender without name": (
        TEXT | {"sender": {"avatar": "https://a/b.png"}},
        3,
        'sender is not valid. [object has missing required properties (["name"])]',
    ),
    "tracking data over 4000": (TEXT | {"tracking_data": "x" * 4001}, 3, None),
    "tracking data null": (TEXT | {"tracking_data": None}, 3, None),
    "min_api_version 0": (TEXT | {"min_api_version": 0}, 3, None),
    "keyboard without Type": (
        TEXT | {"keyboard": {"Buttons": [BUTTON]}},
        3,
        load("responses/bad_data_keyboard_type.json")["status_message"],
    ),
    "keyboard without buttons": (
        keyboard(Buttons=[]),
        3,
        load("responses/bad_data_keyboard_empty.json")["status_message"],
    ),
    "share-phone below version 3": (
        button(ActionType="share-phone"),
        3,
        load("responses/bad_data_keyboard_enum.json")["status_message"],
    ),
    "columns over 6": (
        button(Columns=10_000),
        3,
        TOO_MANY_COLUMNS,
    ),
    "columns 0": (button(Columns=0), 3, None),
    "rows over 2": (button(Rows=3), 3, None),
    "button without ActionBody": (keyboard(Buttons=[{"Text": "x"}]), 3, None),
    "button key in the wrong case": (
        keyboard(Buttons=[{"actionBody": "x", "Text": "x"}]),
        3,
        None,
    ),
    "open-map below version 6": (button(3, ActionType="open-map"), 3, None),
    "text padding over 12": (button(4, TextPaddings=[13, 0, 0, 0]), 3, None),
    "text paddings of three": (button(4, TextPaddings=[1, 2, 3]), 3, None),
    "text paddings below version 4": (button(3, TextPaddings=[1, 2, 3, 4]), 14, None),
    "frame below version 6": (button(5, Frame={"BorderWidth": 1}), 14, None),
    "browser below version 3": (button(2, InternalBrowser={"Mode": "x"}), 3, None),
    "default height below 40": (keyboard(CustomDefaultHeight=39), 3, None),
    "default height below version 3": (keyboard(CustomDefaultHeight=50), 14, None),
    "input field below version 4": (keyboard(InputFieldState="hidden"), 14, None),
    "keyboard is a list": (TEXT | {"keyboard": []}, 3, None),
}
REFUSED_BY_PHONE = {
    "open-url to no URL": button(ActionType="open-url", ActionBody="shop"),
    "colour without #": button(BgColor="ffffff"),
    "more than 24 rows": keyboard(Buttons=[BUTTON | {"Rows": 2}] * 13),
    "picture that is a PDF": PICTURE | {"media": "https://cdn.example/a.pdf?x=.jpg"},
    "video that is a MOV": VIDEO | {"media": "https://cdn.example/a.mov"},
    "file with a forbidden extension": FILE | {"file_name": "setup.EXE"},
    "file without an extension": FILE | {"file_name": "setup"},
}
TAKEN = {
    "keyboard null": TEXT | {"keyboard": None},
    "thumbnail null": PICTURE | {"thumbnail": None, "min_api_version": None},
    "columns as text": button(Columns="3", Rows="1"),
    "no sender": TEXT,
    "empty tracking data": TEXT | {"tracking_data": ""},
    "sticker id as text": {"type": "sticker", "sticker_id": "46105"},
    "picture by a signed link": PICTURE | {"media": "https://a.example/b.JPG?sig=1"},
    "share-phone with version 3": button(3, ActionType="share-phone"),
    "unknown members": TEXT | {"something": 1},
}


@pytest.mark.parametrize("name", GOOD)
def test_every_documented_message_is_taken_by_server_and_phone(name: str) -> None:
    """The request fixtures pass both sets of checks."""
    message = load(name)

    assert check(message) is None
    assert refused_by_phone(message) is None


@pytest.mark.parametrize("message", TAKEN.values(), ids=TAKEN)
def test_what_viber_takes_in_practice_is_taken(message: dict[str, Any]) -> None:
    """Forms met in the wild pass."""
    assert check(message) is None
    assert refused_by_phone(message) is None


@pytest.mark.parametrize(
    ("message", "status", "text"), REFUSED.values(), ids=list(REFUSED)
)
def test_what_breaks_a_rule_is_refused_in_vibers_words(
    message: dict[str, Any], status: int, text: str | None
) -> None:
    """Each row breaks one rule of sections 2.2, 3 and 4."""
    refusal = check(message)

    assert refusal is not None
    assert refusal.status == status
    assert text is None or refusal.text == text


@pytest.mark.parametrize(
    "message", REFUSED_BY_PHONE.values(), ids=list(REFUSED_BY_PHONE)
)
def test_the_phone_refuses_what_the_server_does_not_look_at(
    message: dict[str, Any],
) -> None:
    """Status 0 first, then a failed callback (Viber FAQ)."""
    assert check(message) is None
    assert refused_by_phone(message) is not None
