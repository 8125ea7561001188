"""The command schemas say what Viber says: its limits, and the simulator's judgement.

The simulator was written from the same documentation, but by itself: what passes a
schema must pass there, and what a mistake's example leaves to Viber must fail there.
"""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.contract.catalogue import SHARED
from gateway.contract.commands import BODIES
from gateway.contract.examples.catalogue import EXAMPLES
from gateway.contract.examples.example import ABSENT, Example, Refuser, changed
from gateway.contract.examples.messages import CONTENTS, USER
from gateway.contract.keyboards import BROWSER as BROWSER_MEMBERS
from gateway.contract.keyboards import BUTTON, FRAME, KEYBOARD, RICH_MEDIA
from gateway.contract.messages import (
    BOARDS,
    CHANNEL_KINDS,
    COMMON,
    CONTENT,
    FORBIDDEN_FILES,
    KINDS,
    PICTURES,
    VIDEOS,
)
from gateway.core.command import MAX_BODY_BYTES
from gateway.core.method import Method
from simulator.rules import messages as viber
from tests.contract.validators import faults
from tests.fixtures import load

LIMITS = load("limits.json")
SEND = "commands/send_message"
TO_USERS = [
    example
    for example in EXAMPLES
    if example.schema in {SEND, "commands/broadcast_message", "welcome/message"}
]


def limit(name: str) -> Any:
    """Return a limit of the documentation, without the note beside it."""
    found = LIMITS[name]
    return found["value"] if isinstance(found, dict) and "value" in found else found


def span(schema: dict[str, Any]) -> list[Any]:
    """Return the least and the most of a number."""
    return [schema["minimum"], schema["maximum"]]


def members(definition: str) -> dict[str, Any]:
    """Return the members of a shared schema."""
    found: dict[str, Any] = SHARED[definition]["properties"]
    return found


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("sender_name_chars", members("Sender")["name"]["maxLength"]),
        ("tracking_data_chars", COMMON["tracking_data"]["maxLength"]),
        ("text_chars", CONTENT["text"]["maxLength"]),
        ("alt_text_chars", BOARDS["alt_text"]["maxLength"]),
        ("picture_text_chars", KINDS["picture"].limits["text"]["maxLength"]),
        ("picture_extensions", [f".{extension}" for extension in PICTURES]),
        ("video_extensions", [f".{extension}" for extension in VIDEOS]),
        ("video_bytes", KINDS["video"].limits["size"]["maximum"]),
        ("video_duration_s", CONTENT["duration"]["maximum"]),
        ("file_bytes", KINDS["file"].limits["size"]["maximum"]),
        ("file_name_chars", CONTENT["file_name"]["maxLength"]),
        ("forbidden_file_extensions", [f".{e}" for e in FORBIDDEN_FILES]),
        ("url_chars", CONTENT["media"]["maxLength"]),
        ("contact_name_chars", members("Contact")["name"]["maxLength"]),
        ("contact_phone_chars", members("Contact")["phone_number"]["maxLength"]),
        ("latitude", span(members("Location")["lat"]["anyOf"][0])),
        ("longitude", span(members("Location")["lon"]["anyOf"][0])),
        (
            "broadcast_receivers",
            BODIES[Method.BROADCAST_MESSAGE]["properties"]["broadcast_list"][
                "maxItems"
            ],
        ),
        (
            "get_online_ids",
            BODIES[Method.GET_ONLINE]["properties"]["ids"]["maxItems"],
        ),
        ("button_text_chars", BUTTON["Text"]["maxLength"]),
        ("keyboard_columns", span(KEYBOARD["ButtonsGroupColumns"])),
        ("keyboard_button_rows", span(members("KeyboardButton")["Rows"])),
        ("rich_media_button_rows", span(members("CardButton")["Rows"])),
        ("custom_default_height", span(KEYBOARD["CustomDefaultHeight"])),
        ("height_scale", span(KEYBOARD["HeightScale"])),
        ("text_paddings", span(BUTTON["TextPaddings"]["items"])),
        ("text_opacity", span(BUTTON["TextOpacity"])),
        ("frame_border", span(FRAME["BorderWidth"])),
        ("frame_corner", span(FRAME["CornerRadius"])),
        ("internal_browser_title_chars", BROWSER_MEMBERS["CustomTitle"]["maxLength"]),
    ],
)
def test_a_limit_is_the_documented_one(name: str, said: object) -> None:
    """To the letter, in its place."""
    assert said == limit(name)


def test_the_other_limits_are_the_documented_ones() -> None:
    """Those that are made of several."""
    cards, columns, rows = limit("rich_media_cards"), 6, 7
    channel = limit("channel_post")

    assert RICH_MEDIA["Buttons"]["maxItems"] == cards[1] * columns * rows
    assert CHANNEL_KINDS["video"].limits["size"]["maximum"] == channel["video_bytes"]
    assert limit("request_json_bytes") >= MAX_BODY_BYTES


def is_taken(message: dict[str, Any]) -> bool:
    """Tell whether the simulator and the phone behind it take a message."""
    return viber.check(message) is None and viber.refused_by_phone(message) is None


@pytest.mark.parametrize("example", TO_USERS, ids=lambda e: f"{e.schema}-{e.name}")
def test_viber_judges_an_example_as_it_says(example: Example) -> None:
    """What only the gateway refuses, or nobody, Viber's rules for messages pass."""
    if example.refused_by is Refuser.GATEWAY:
        return
    assert is_taken(example.value) == (example.refused_by is not Refuser.VIBER)


def paths(value: Any, prefix: str = "") -> list[str]:
    """Name every place within a value."""
    items: list[tuple[str, Any]] = []
    if isinstance(value, dict):
        items = [(name, inner) for name, inner in value.items()]
    if isinstance(value, list):
        items = [(str(place), inner) for place, inner in enumerate(value)]
    found = []
    for name, inner in items:
        found += [prefix + name, *paths(inner, f"{prefix}{name}.")]
    return found


contents = st.sampled_from(sorted(CONTENTS)).map(
    lambda name: {"receiver": USER, **CONTENTS[name]}
)
values = st.one_of(
    st.just(ABSENT),
    st.none(),
    st.booleans(),
    st.integers(-1, 11),
    st.sampled_from([28, 29, 100, 101, 181, 27_262_976, 27_262_977, 52_428_801]),
    st.sampled_from([15, 16, 28, 29, 250, 251, 768, 769, 4001, 7001]).map(
        lambda n: "x" * n
    ),
    st.sampled_from(["", "1", "text", "picture", "video", "rich_media", "sticker"]),
    st.sampled_from(["share-phone", "open-url", "open-map", "buy", "none", "middle"]),
    st.sampled_from(["https://shop.example/a.jpg", "#00ff00", "a.exe", "a.pdf"]),
    st.just([]),
    st.just({}),
)


@given(contents, st.data())
def test_what_passes_the_schema_passes_at_viber(
    message: dict[str, Any], data: st.DataObject
) -> None:
    """Whatever is changed in a right message: Viber finds nothing that we did not."""
    for _ in range(data.draw(st.integers(1, 2))):
        path = data.draw(st.sampled_from(paths(message)))
        message = changed(message, path, data.draw(values))

    if faults(SEND, message) == []:
        assert is_taken(message)
