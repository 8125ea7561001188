"""Keyboards, rich media and their buttons: members, limits, and since which version.

What only a `min_api_version` allows says so with `since`; `VERSION_RULES` follows from
that.  Where sources differ the stricter value stands here, so that what passes here
passes there.  Source: developers.viber.com/docs/tools/keyboards.
"""

from collections.abc import Mapping

from gateway.contract.schema import (
    Schema,
    any_of,
    choice,
    constant,
    flag,
    holds,
    listing,
    number_or_text,
    record,
    ref,
    since,
    text,
    versions,
    when,
    whole,
)

COLUMNS = 6
KEYBOARD_BUTTON_ROWS = 2
CARD_ROWS = 7
CARDS = 6
URL = r"^[a-zA-Z][a-zA-Z0-9+.-]*://\S+$"


def _color(about: str) -> Schema:
    return text(about, pattern="^#[0-9a-fA-F]{6}$")


def _url(about: str) -> Schema:
    return text(about, pattern=URL)


def _coordinate(about: str, limit: int) -> Schema:
    number = {"type": "number", "minimum": -limit, "maximum": limit}
    return number_or_text(about, number, r"^-?\d{1,3}(\.\d+)?$")


SCALE = since(6, choice("How it fills its place.", "crop", "fill", "fit"))

# Which ActionType needs which min_api_version; the pickers do not work in rich media.
ACTIONS: Mapping[int, tuple[str, ...]] = {
    1: ("reply", "open-url"),
    3: ("location-picker", "share-phone", "none"),
    6: ("open-map",),
    10: ("buy",),
}
NOT_IN_RICH_MEDIA = frozenset({"location-picker", "share-phone"})

BROWSER = {
    "ActionButton": choice(
        "The button of the browser; `send-to-bot` needs min_api_version 6.",
        "forward",
        "send",
        "open-externally",
        "send-to-bot",
        "none",
    ),
    "ActionPredefinedURL": _url("What the button sends in place of the page's URL."),
    "TitleType": choice("What the title shows.", "domain", "default"),
    "CustomTitle": text("A title of one's own.", 0, 15),
    "Mode": choice(
        "How large it opens.",
        "fullscreen",
        "fullscreen-portrait",
        "fullscreen-landscape",
        "partial-size",
    ),
    "FooterType": choice("Whether there is a footer.", "default", "hidden"),
    "ActionReplyData": text("What `send-to-bot` sends. Needs min_api_version 6."),
}
MAP = {
    "Latitude": _coordinate("Degrees.", 90),
    "Longitude": _coordinate("Degrees.", 180),
}
FRAME = {
    "BorderWidth": whole("Pixels, 1 when absent.", 0, 10),
    "BorderColor": _color("Hex."),
    "CornerRadius": whole("Pixels, 0 when absent.", 0, 10),
}
PLAYER = {
    "Title": text("First line."),
    "Subtitle": text("Second line."),
    "ThumbnailURL": _url("What is shown before it plays."),
    "Loop": flag("Play again and again."),
}
BUTTON = {
    "BgColor": _color("Hex."),
    "Silent": flag("The press is not shown in the chat."),
    "BgMediaType": choice("What BgMedia is.", "picture", "gif"),
    "BgMedia": _url("Background, up to 500 kB."),
    "BgMediaScaleType": SCALE,
    "ImageScaleType": SCALE,
    "BgLoop": flag("Play a GIF again and again."),
    "ActionBody": text(
        "What is sent to the bot, or the URL to open (then sent, too). Never empty.", 1
    ),
    "Image": _url("PNG or JPEG on top of the background, up to 500 kB."),
    "Text": text("HTML: b, i, u, br, s, font color and size (12 to 32).", 0, 250),
    "TextVAlign": choice("`middle` when absent.", "top", "middle", "bottom"),
    "TextHAlign": choice(
        "`center` when absent; Viber's own samples also say `middle`.",
        "left",
        "center",
        "right",
        "middle",
    ),
    "TextPaddings": since(
        4, listing("Four margins.", whole("Pixels.", 0, 12), least=4, most=4)
    ),
    "TextOpacity": whole("Percent.", 0, 100),
    "TextSize": choice(
        "`regular` when absent; Viber's own samples also say `medium`.",
        "small",
        "regular",
        "large",
        "medium",
    ),
    "TextBgGradientColor": _color("Hex; with TextVAlign top or bottom."),
    "TextShouldFit": since(6, flag("Make the text smaller until it fits.")),
    "OpenURLType": choice("Where a URL opens.", "internal", "external"),
    "OpenURLMediaType": choice(
        "What the URL leads to.", "not-media", "video", "gif", "picture"
    ),
    "InternalBrowser": since(
        3, record("The browser that opens a URL.", BROWSER, is_closed=True)
    ),
    "Map": since(6, record("What `open-map` shows.", MAP, is_closed=True)),
    "Frame": since(6, record("A border.", FRAME, is_closed=True)),
    "MediaPlayer": since(6, record("What plays a video.", PLAYER, is_closed=True)),
}
FAVORITES = {
    "type": choice("What may be kept.", "gif", "link", "video"),
    "url": _url("Where it is."),
    "title": text("Its title."),
    "thumbnail": _url("A picture of it."),
    "domain": text("Its domain."),
    "width": whole("Pixels.", 0),
    "height": whole("Pixels.", 0),
    "alternativeUrl": _url("For clients that know no favourites."),
    "alternativeText": text("For clients that know no favourites."),
}
KEYBOARD = {
    "Type": constant("Viber demands it.", "keyboard"),
    "BgColor": _color("Hex."),
    "DefaultHeight": flag("As high as the client's own keyboard."),
    "CustomDefaultHeight": since(3, whole("Percent of the free screen.", 40, 70)),
    "HeightScale": since(3, whole("Percent of a button's height.", 20, 100)),
    "ButtonsGroupColumns": since(4, whole("Cells side by side.", 1, COLUMNS)),
    "ButtonsGroupRows": since(4, whole("Cells one above another.", 1, CARD_ROWS)),
    "InputFieldState": since(
        4, choice("Where the user writes.", "regular", "minimized", "hidden")
    ),
    "FavoritesMetadata": since(
        6, record("What a user may keep.", FAVORITES, is_closed=True)
    ),
    "Buttons": listing("At least one.", ref("KeyboardButton"), least=1),
}
RICH_MEDIA = {
    "Type": constant("Viber demands it.", "rich_media"),
    "BgColor": _color("Hex."),
    "ButtonsGroupColumns": whole("A card's width in cells, 6 if absent.", 1, COLUMNS),
    "ButtonsGroupRows": whole("A card's height in cells, 7 if absent.", 1, CARD_ROWS),
    "Buttons": listing(
        "A new card begins when one is full; up to six cards. A button is no larger "
        "than a card.",
        ref("CardButton"),
        least=1,
        most=CARDS * COLUMNS * CARD_ROWS,
    ),
}


def _button(about: str, rows: int, without: frozenset[str] = frozenset()) -> Schema:
    actions = [name for names in ACTIONS.values() for name in names]
    members = {
        "Columns": whole("Width in cells, 6 when absent.", 1, COLUMNS),
        "Rows": whole("Height in cells, 1 when absent.", 1, rows),
        "ActionType": choice(
            "What a press does, `reply` when absent. location-picker, share-phone and "
            "none need min_api_version 3, open-map 6, buy 10.",
            *(name for name in actions if name not in without),
        ),
    }
    opens = when(
        holds("ActionType", {"const": "open-url"}),
        {"properties": {"ActionBody": {"pattern": URL}}},
    )
    button = record(about, members | BUTTON, ("ActionBody",), is_closed=True)
    return button | {"allOf": [opens]}


def _within_a_card(group: str, member: str, most: int) -> list[Schema]:
    """Hold the buttons to the size of a card that is smaller than it may be."""
    return [
        when(
            holds(group, {"const": size}),
            {
                "properties": {
                    "Buttons": {"items": {"properties": {member: {"maximum": size}}}}
                }
            },
        )
        for size in range(1, most)
    ]


def _needs(version: int) -> Schema:
    return holds("min_api_version", {"minimum": version})


def _uses(version: int, board: Mapping[str, Schema]) -> Schema:
    """Hold for a board that has something which is new in this version."""
    newer = [holds(name, {}) for name in versions(board).get(version, [])]
    in_button = [holds(name, {}) for name in versions(BUTTON).get(version, [])]
    if version in ACTIONS:
        in_button.append(holds("ActionType", {"enum": list(ACTIONS[version])}))
    if in_button:
        newer.append(holds("Buttons", {"contains": any_of(*in_button)}))
    return any_of(*newer)


def _version_rules(member: str, board: Mapping[str, Schema]) -> list[Schema]:
    newer = {*versions(board), *versions(BUTTON), *ACTIONS} - {1}
    return [
        when(holds(member, _uses(version, board)), _needs(version))
        for version in sorted(newer)
    ]


VERSION_RULES: Schema = {
    "description": "What a message shows decides which min_api_version it needs.",
    "allOf": [
        when(holds("rich_media", {}), _needs(2)),
        *_version_rules("keyboard", KEYBOARD),
        *_version_rules("rich_media", RICH_MEDIA),
    ],
}

DEFINITIONS: Mapping[str, Schema] = {
    "Keyboard": record(
        "Buttons below the chat; stays until a message brings another.",
        KEYBOARD,
        ("Type", "Buttons"),
        is_closed=True,
    ),
    "KeyboardButton": _button("A button of a keyboard.", KEYBOARD_BUTTON_ROWS),
    "RichMedia": record(
        "Cards side by side.", RICH_MEDIA, ("Type", "Buttons"), is_closed=True
    )
    | {
        "allOf": [
            *_within_a_card("ButtonsGroupColumns", "Columns", COLUMNS),
            *_within_a_card("ButtonsGroupRows", "Rows", CARD_ROWS),
        ]
    },
    "CardButton": _button("A button of a card.", CARD_ROWS, NOT_IN_RICH_MEDIA),
    "VersionRules": VERSION_RULES,
}
