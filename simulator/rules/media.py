"""What a user's message looks like on the wire: member order and media links.

The order of members inside ``message`` is that of live captures.  Media links live
for an hour; where a sender gives none, one is made, and where it is null there is none
(seen live: rapidpro PR 1163).
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from simulator.rules.limits import MEDIA_SECONDS

ORDER: Mapping[str, tuple[str, ...]] = {
    "text": ("text", "type"),
    "picture": ("text", "type", "media", "thumbnail", "file_name", "size"),
    "video": ("type", "media", "thumbnail", "file_name", "size", "duration", "text"),
    "file": ("type", "media", "file_name", "size"),
    "sticker": ("type", "media", "sticker_id"),
}
SAMPLES: Mapping[str, dict[str, Any]] = {
    "picture": {"file_name": "IMG_0001.jpg", "size": 183_502},
    "video": {"file_name": "clip.mp4", "size": 268_364, "duration": 2_400},
    "file": {"file_name": "invoice.pdf", "size": 94_208},
}
STICKER_URL = "http://content.cdn.viber.com/stickers/100/{0}/{0:08d}.png"


def complete(
    content: Mapping[str, Any], media_url: str, at_seconds: int
) -> dict[str, Any]:
    """Return a user's message with its media and in the order of the wire."""
    kind = content.get("type", "text")
    full = {"type": kind} | dict(content)
    if kind in SAMPLES and "media" not in full:
        full = SAMPLES[kind] | full
        full["media"] = media_link(media_url, full["file_name"], at_seconds)
    if kind == "sticker" and "media" not in full:
        full["media"] = STICKER_URL.format(int(full.get("sticker_id", 0)))
    order = ORDER.get(kind, ())
    first = {name: full[name] for name in order if name in full}
    return {name: value for name, value in (first | full).items() if value is not None}


def media_link(media_url: str, file_name: str, at_seconds: int) -> str:
    """Return a link that is good for an hour from that moment."""
    expires = urlencode({"Expires": at_seconds + MEDIA_SECONDS})
    return f"{media_url}/media/{file_name}?{expires}"
