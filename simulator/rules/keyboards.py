"""Keyboards and rich media: which members, in which range, since which version.

https://developers.viber.com/docs/tools/keyboards.  The server checks the shape and
answers status 3; most of the meaning is checked by the phone, after status 0, which
then answers with a ``failed`` callback (Viber FAQ).  ``phone_faults`` is that part.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from simulator.rules.schema import Field

STRING = Field("string")
BOOL = Field("boolean")
COLOR = re.compile(r"#[0-9a-fA-F]{6}")
WEB_ADDRESS = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*://\S+")
COLORS = ("BgColor", "TextBgGradientColor")
MAX_PHONE_ROWS = 24


def _choice(*values: str, since: int = 1) -> Field:
    return Field("string", choices=values, since=since)


def _count(low: int, high: int, since: int = 1) -> Field:
    return Field("integer", low, high, since=since, lenient=True)


BROWSER = {
    "ActionButton": _choice(
        "forward", "send", "open-externally", "send-to-bot", "none"
    ),
    "ActionPredefinedURL": STRING,
    "TitleType": _choice("domain", "default"),
    "CustomTitle": Field("string", maximum=15),
    "Mode": _choice(
        "fullscreen", "fullscreen-portrait", "fullscreen-landscape", "partial-size"
    ),
    "FooterType": _choice("default", "hidden"),
    "ActionReplyData": replace(STRING, since=6),
}
FRAME = {
    "BorderWidth": _count(0, 10),
    "BorderColor": STRING,
    "CornerRadius": _count(0, 10),
}
PLAYER = {
    "Title": STRING,
    "Subtitle": STRING,
    "ThumbnailURL": STRING,
    "Loop": BOOL,
}
SCALE = _choice("crop", "fill", "fit", since=6)
PADDING = Field("array", 4, 4, items=_count(0, 12), since=4)
BUTTON = {
    "Columns": _count(1, 6),
    "Rows": _count(1, 2),
    "BgColor": STRING,
    "Silent": BOOL,
    "BgMediaType": _choice("picture", "gif"),
    "BgMedia": STRING,
    "BgMediaScaleType": SCALE,
    "ImageScaleType": SCALE,
    "BgLoop": BOOL,
    "ActionType": STRING,
    "ActionBody": Field("string", required=True),
    "Image": STRING,
    "Text": STRING,
    "TextVAlign": _choice("top", "middle", "bottom"),
    "TextHAlign": _choice("left", "center", "right", "middle"),
    "TextPaddings": PADDING,
    "TextOpacity": _count(0, 100),
    "TextSize": _choice("small", "regular", "large", "medium"),
    "OpenURLType": _choice("internal", "external"),
    "OpenURLMediaType": _choice("not-media", "video", "gif", "picture"),
    "TextBgGradientColor": STRING,
    "TextShouldFit": replace(BOOL, since=6),
    "InternalBrowser": Field("object", members=BROWSER, since=3),
    "Map": Field("object", members={}, since=6),
    "Frame": Field("object", members=FRAME, since=6),
    "MediaPlayer": Field("object", members=PLAYER, since=6),
}
FAVORITES = {
    "type": _choice("gif", "link", "video"),
    "url": STRING,
    "title": STRING,
    "thumbnail": STRING,
    "domain": STRING,
    "width": _count(0, 100_000),
    "height": _count(0, 100_000),
    "alternativeUrl": STRING,
    "alternativeText": STRING,
}
KEYBOARD = {
    "Type": Field("string", choices=("keyboard",), required=True),
    "BgColor": STRING,
    "DefaultHeight": BOOL,
    "CustomDefaultHeight": _count(40, 70, since=3),
    "HeightScale": _count(20, 100, since=3),
    "ButtonsGroupColumns": _count(1, 6, since=4),
    "ButtonsGroupRows": _count(1, 7, since=4),
    "InputFieldState": _choice("regular", "minimized", "hidden", since=4),
    "FavoritesMetadata": Field("object", members=FAVORITES, since=6),
}
RICH_MEDIA = {
    "Type": Field("string", choices=("rich_media",), required=True),
    "BgColor": STRING,
    "ButtonsGroupColumns": _count(1, 6),
    "ButtonsGroupRows": _count(1, 7),
}
# Which ActionType needs which min_api_version.  The enum of an answer lists what the
# version allows: ["reply","open-url",""] was seen live for version 1.
ACTIONS = (
    (1, ("reply", "open-url", "")),
    (3, ("location-picker", "share-phone", "none")),
    (6, ("open-map",)),
    (10, ("buy",)),
)
NOT_IN_RICH_MEDIA = frozenset({"location-picker", "share-phone"})


def keyboard_rule(version: int) -> Field:
    """Return the schema of a keyboard for a ``min_api_version``."""
    button = Field("object", members=BUTTON | {"ActionType": _actions(version)})
    buttons = Field("array", 1, items=button, required=True)
    return Field("object", members=KEYBOARD | {"Buttons": buttons})


def rich_media_rule(version: int, columns: int, rows: int) -> Field:
    """Return the schema of rich media whose cards have so many columns and rows."""
    members = BUTTON | {
        "ActionType": _actions(version, NOT_IN_RICH_MEDIA),
        "Columns": _count(1, columns),
        "Rows": _count(1, rows),
    }
    most = 6 * columns * rows
    buttons = Field(
        "array", 1, most, items=Field("object", members=members), required=True
    )
    return Field("object", members=RICH_MEDIA | {"Buttons": buttons}, since=2)


def phone_faults(board: dict[str, Any]) -> Iterator[str]:
    """Yield what the phone refuses although the server took it."""
    rows = 0.0
    for button in board["Buttons"]:
        rows += _cells(button) / 6
        opens = button.get("ActionType") == "open-url"
        if opens and not WEB_ADDRESS.fullmatch(button["ActionBody"]):
            yield "ActionBody is not a URL"
        for name in COLORS:
            if button.get(name) and not COLOR.fullmatch(button[name]):
                yield f"{name} is not a colour"
    if board["Type"] == "keyboard" and rows > MAX_PHONE_ROWS:
        yield f"more than {MAX_PHONE_ROWS} rows"


def _cells(button: dict[str, Any]) -> int:
    return int(button.get("Columns", 6)) * int(button.get("Rows", 1))


def _actions(version: int, without: frozenset[str] = frozenset()) -> Field:
    allowed = (name for since, names in ACTIONS if since <= version for name in names)
    return _choice(*(name for name in allowed if name not in without))
