"""What pressing a button sends to the bot.

https://developers.viber.com/docs/tools/keyboards: ``reply`` sends the ActionBody,
``open-url`` opens the URL and sends it too, ``share-phone`` sends a contact (an empty
one from a desktop), ``location-picker`` a location; ``none`` and ``open-map`` nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Presser:
    """Who presses, and from where."""

    name: str
    phone: str
    latitude: float = 50.4501
    longitude: float = 30.5234
    desktop: bool = False


def sent_by(button: Mapping[str, Any], presser: Presser) -> Json | None:
    """Return the message that a press sends, or None."""
    match button.get("ActionType") or "reply":
        case "reply" | "open-url":
            return {"text": button["ActionBody"], "type": "text"}
        case "share-phone":
            return {"type": "contact", "contact": _contact(presser)}
        case "location-picker":
            place = {"lat": presser.latitude, "lon": presser.longitude}
            return {"type": "location", "location": place}
        case _:
            return None


def _contact(presser: Presser) -> Json:
    if presser.desktop:
        return {}
    return {"name": presser.name, "phone_number": presser.phone}
