"""Examples of messages: one of each type."""

from collections.abc import Iterator
from typing import Any

from gateway.contract.examples.example import Example

USER = "8WxcSDq9eq+IzDQ1sS0mPA=="
OTHER_USER = "pUrMdhaECio0PMcp9WaEiA=="
ADMIN = "JRpXnyWyVPvHY1yOogQz1A=="
SHOP = "https://shop.example"
CDN = "https://cdn.shop.example"

COMMON: dict[str, Any] = {
    "sender": {"name": "Shop", "avatar": f"{CDN}/avatar.png"},
    "tracking_data": "order=A-1001",
    "min_api_version": 1,
}
REPLY: dict[str, Any] = {
    "Columns": 3,
    "Rows": 1,
    "ActionType": "reply",
    "ActionBody": "menu:delivery",
    "Text": "Delivery",
    "BgColor": "#f6f7f9",
}
OPEN: dict[str, Any] = {
    "Columns": 3,
    "Rows": 1,
    "ActionType": "open-url",
    "ActionBody": SHOP,
    "Text": "<b>Shop</b>",
}
KEYBOARD: dict[str, Any] = {
    "Type": "keyboard",
    "DefaultHeight": False,
    "BgColor": "#FFFFFF",
    "Buttons": [REPLY, OPEN],
}
EVERYTHING: dict[str, Any] = {
    **KEYBOARD,
    "CustomDefaultHeight": 50,
    "HeightScale": 80,
    "ButtonsGroupColumns": 6,
    "ButtonsGroupRows": 2,
    "InputFieldState": "hidden",
    "FavoritesMetadata": {
        "type": "link",
        "url": f"{SHOP}/p/1",
        "title": "Gadget",
        "thumbnail": f"{CDN}/p1.png",
        "domain": "shop.example",
        "width": 400,
        "height": 400,
        "alternativeUrl": SHOP,
        "alternativeText": "Shop",
    },
    "Buttons": [
        {
            **OPEN,
            "Columns": 6,
            "Rows": 2,
            "Silent": False,
            "BgColor": "#2db9b9",
            "BgMediaType": "gif",
            "BgMedia": f"{CDN}/bg.gif",
            "BgMediaScaleType": "fill",
            "BgLoop": True,
            "Image": f"{CDN}/i.png",
            "ImageScaleType": "fit",
            "TextVAlign": "bottom",
            "TextHAlign": "center",
            "TextPaddings": [12, 12, 12, 12],
            "TextOpacity": 60,
            "TextSize": "regular",
            "TextBgGradientColor": "#000000",
            "TextShouldFit": True,
            "OpenURLType": "internal",
            "OpenURLMediaType": "not-media",
            "InternalBrowser": {
                "ActionButton": "forward",
                "ActionPredefinedURL": f"{SHOP}/p",
                "TitleType": "default",
                "CustomTitle": "Shop",
                "Mode": "partial-size",
                "FooterType": "hidden",
                "ActionReplyData": "opened",
            },
            "Frame": {"BorderWidth": 1, "BorderColor": "#000000", "CornerRadius": 4},
        },
        {
            "ActionType": "open-map",
            "ActionBody": "map",
            "Map": {"Latitude": "50.4501", "Longitude": "30.5234"},
        },
        {
            "ActionType": "open-url",
            "ActionBody": f"{CDN}/howto.mp4",
            "OpenURLMediaType": "video",
            "MediaPlayer": {
                "Title": "How to",
                "Subtitle": "30 seconds",
                "ThumbnailURL": f"{CDN}/howto.jpg",
                "Loop": False,
            },
        },
        {"ActionType": "share-phone", "ActionBody": "phone", "Text": "My number"},
    ],
}
CARDS: dict[str, Any] = {
    "Type": "rich_media",
    "ButtonsGroupColumns": 6,
    "ButtonsGroupRows": 7,
    "BgColor": "#FFFFFF",
    "Buttons": [
        {**OPEN, "Columns": 6, "Rows": 6, "Image": f"{CDN}/p1.png"},
        {**REPLY, "Columns": 6, "ActionBody": "buy:1", "Text": "Buy"},
        {**OPEN, "Columns": 6, "Rows": 6, "Image": f"{CDN}/p2.png"},
        {**REPLY, "Columns": 6, "ActionBody": "buy:2", "Text": "Buy"},
    ],
}
PAYMENT: dict[str, Any] = {
    "type": "GooglePay",
    "description": "Gadget",
    "total_price": 10.5,
    "currency_code": "UAH",
    "payment_parameters": [{"key": "gateway", "value": "liqpay"}],
}
CONTENTS: dict[str, dict[str, Any]] = {
    "text": {"type": "text", "text": "Your order *A-1001* is ready 😀"},
    "picture": {
        "type": "picture",
        "text": "Photo of the part",
        "media": f"{CDN}/part.JPG?width=800",
        "thumbnail": f"{CDN}/part_400.jpg",
    },
    "picture_without_caption": {
        "type": "picture",
        "text": "",
        "media": f"{CDN}/part.png",
    },
    "video": {
        "type": "video",
        "media": f"{CDN}/howto.mp4",
        "thumbnail": f"{CDN}/howto.jpg",
        "size": 1_048_576,
        "duration": 42,
    },
    "file": {
        "type": "file",
        "media": f"{CDN}/invoice.pdf",
        "size": 94_208,
        "file_name": "invoice-1001.pdf",
    },
    "contact": {
        "type": "contact",
        "contact": {"name": "Support desk", "phone_number": "+380000000003"},
    },
    "location": {"type": "location", "location": {"lat": 50.4501, "lon": 30.5234}},
    "location_as_text": {
        "type": "location",
        "location": {"lat": "50.4501", "lon": "-180"},
    },
    "url": {"type": "url", "media": f"{SHOP}/orders/A-1001"},
    "sticker": {"type": "sticker", "sticker_id": 46105},
    "rich_media": {
        "type": "rich_media",
        "min_api_version": 2,
        "rich_media": CARDS,
        "alt_text": "Two gadgets: shop.example",
    },
    "payment": {"type": "payment", "min_api_version": 10, "payment": PAYMENT},
    "keyboard": {"type": "text", "text": "What next?", "keyboard": KEYBOARD},
    "keyboard_alone": {"keyboard": KEYBOARD},
    "keyboard_with_everything": {
        "type": "text",
        "text": "All of it",
        "min_api_version": 6,
        "keyboard": EVERYTHING,
    },
}


def messages(schema: str, addressee: dict[str, Any]) -> Iterator[Example]:
    """Make one of each type, to somebody."""
    for name, content in CONTENTS.items():
        yield Example(schema, name, addressee | COMMON | content)
