"""The mistakes that are made with messages, and that Viber refuses."""

from collections.abc import Iterator
from typing import Any

from gateway.contract.examples.example import ABSENT, Example, Refuser
from gateway.contract.examples.messages import CDN, COMMON, CONTENTS, SHOP

# Name: the right example, where, what stands there instead, what is wrong with it.
MISTAKES: dict[str, tuple[str, str, Any, str]] = {
    "without_type": ("text", "type", ABSENT, "neither type nor keyboard"),
    "unknown_type": ("text", "type", "poem", "no such type"),
    "null": ("text", "tracking_data", None, "Viber refuses null"),
    "sender_name_too_long": ("text", "sender.name", "n" * 29, "28 characters"),
    "tracking_data_too_long": ("text", "tracking_data", "t" * 4001, "4000 characters"),
    "api_version_as_text": ("text", "min_api_version", "1", "a number"),
    "text_missing": ("text", "text", ABSENT, "text needs it"),
    "text_empty": ("text", "text", "", "at least one character"),
    "text_too_long": ("text", "text", "x" * 7001, "7000 characters"),
    "picture_without_text": ("picture", "text", ABSENT, "needed, but may be empty"),
    "picture_text_too_long": ("picture", "text", "x" * 769, "768 characters"),
    "picture_of_another_kind": (
        "picture",
        "media",
        f"{CDN}/part.webp",
        "the path ends in .jpeg, .jpg, .png or .gif",
    ),
    "media_too_long": (
        "url",
        "media",
        f"{SHOP}/{'p' * 2000}",
        "a URL has 2000 characters",
    ),
    "video_without_size": ("video", "size", ABSENT, "the size in bytes"),
    "video_too_large": ("video", "size", 27_262_977, "26 MB"),
    "video_too_long": ("video", "duration", 181, "180 seconds"),
    "video_of_another_kind": (
        "video",
        "media",
        f"{CDN}/howto.avi",
        "the path ends in .mp4",
    ),
    "file_without_name": ("file", "file_name", ABSENT, "the name, with extension"),
    "file_name_too_long": ("file", "file_name", f"{'f' * 253}.pdf", "256 characters"),
    "file_name_without_extension": ("file", "file_name", "invoice", "an extension"),
    "file_forbidden": ("file", "file_name", "setup.ExE", "Viber forbids .exe"),
    "file_too_large": ("file", "size", 52_428_801, "50 MB"),
    "contact_name_too_long": ("contact", "contact.name", "n" * 29, "28 characters"),
    "contact_number_with_spaces": (
        "contact",
        "contact.phone_number",
        "+380 00 000",
        "+ and digits only",
    ),
    "latitude_beyond_the_pole": ("location", "location.lat", 90.1, "-90 to 90"),
    "longitude_beyond": ("location_as_text", "location.lon", "-180.5", "-180 to 180"),
    "sticker_without_id": ("sticker", "sticker_id", ABSENT, "sticker needs it"),
    "rich_media_needs_version": ("rich_media", "min_api_version", 1, "2 or more"),
    "rich_media_without_type": ("rich_media", "rich_media.Type", ABSENT, "Type"),
    "rich_media_with_picker": (
        "rich_media",
        "rich_media.Buttons.1.ActionType",
        "share-phone",
        "pickers belong on keyboards",
    ),
    "rich_media_card_too_high": (
        "rich_media",
        "rich_media.Buttons.0.Rows",
        8,
        "a card has 7 rows",
    ),
    "rich_media_button_wider_than_card": (
        "rich_media",
        "rich_media.ButtonsGroupColumns",
        5,
        "no button is larger than a card",
    ),
    "payment_needs_version": ("payment", "min_api_version", 9, "10 or more"),
    "payment_currency": ("payment", "payment.currency_code", "hryvnia", "ISO 4217"),
    "keyboard_without_type": ("keyboard", "keyboard.Type", ABSENT, "Viber demands it"),
    "keyboard_without_buttons": ("keyboard", "keyboard.Buttons", [], "at least one"),
    "keyboard_needs_version": ("keyboard", "keyboard.HeightScale", 80, "version 3"),
    "keyboard_input_field": (
        "keyboard_with_everything",
        "keyboard.InputFieldState",
        "gone",
        "regular, minimized or hidden",
    ),
    "keyboard_height": (
        "keyboard_with_everything",
        "keyboard.CustomDefaultHeight",
        39,
        "40 to 70",
    ),
    "keyboard_height_scale": (
        "keyboard_with_everything",
        "keyboard.HeightScale",
        19,
        "20 to 100",
    ),
    "button_without_action_body": (
        "keyboard",
        "keyboard.Buttons.0.ActionBody",
        ABSENT,
        "each button has one",
    ),
    "button_action_unknown": (
        "keyboard",
        "keyboard.Buttons.0.ActionType",
        "answer",
        "no such action",
    ),
    "button_action_needs_version": (
        "keyboard",
        "keyboard.Buttons.0.ActionType",
        "share-phone",
        "min_api_version 3",
    ),
    "button_opens_no_url": (
        "keyboard",
        "keyboard.Buttons.1.ActionBody",
        "our shop",
        "open-url wants a URL",
    ),
    "button_too_wide": ("keyboard", "keyboard.Buttons.0.Columns", 7, "6 columns"),
    "button_too_high": ("keyboard", "keyboard.Buttons.0.Rows", 3, "2 rows"),
    "button_color": ("keyboard", "keyboard.Buttons.0.BgColor", "red", "hex"),
    "button_frame_needs_version": (
        "keyboard",
        "keyboard.Buttons.0.Frame",
        {"BorderWidth": 2},
        "min_api_version 6",
    ),
    "button_paddings": (
        "keyboard_with_everything",
        "keyboard.Buttons.0.TextPaddings",
        [12, 12, 12, 13],
        "0 to 12",
    ),
    "button_opacity": (
        "keyboard_with_everything",
        "keyboard.Buttons.0.TextOpacity",
        101,
        "0 to 100",
    ),
    "browser_title_too_long": (
        "keyboard_with_everything",
        "keyboard.Buttons.0.InternalBrowser.CustomTitle",
        "t" * 16,
        "15 characters",
    ),
    "frame_border": (
        "keyboard_with_everything",
        "keyboard.Buttons.0.Frame.BorderWidth",
        11,
        "0 to 10",
    ),
    "frame_corner": (
        "keyboard_with_everything",
        "keyboard.Buttons.0.Frame.CornerRadius",
        11,
        "0 to 10",
    ),
}


# The rules are one for all messages: not every mistake need be shown again.
SOME = ("text_too_long", "keyboard_without_type", "null")


def mistakes(schema: str, addressee: dict[str, Any], *names: str) -> Iterator[Example]:
    """Make these mistakes, or all that Viber refuses."""
    for name in names or MISTAKES:
        content, path, value, why = MISTAKES[name]
        right = Example(schema, name, addressee | COMMON | CONTENTS[content])
        yield right.with_mistake(name, path, value, Refuser.VIBER, why)
