"""Placeholders in a broadcast, filled in for each receiver.

https://developers.viber.com/docs/guides/broadcast-rest-api/: they may stand anywhere
in the message and in ``tracking_data``.
"""

from typing import Any
from urllib.parse import quote

import msgspec

MARK = b"replace_me_with_"
RECEIVER_ID = "replace_me_with_receiver_id"
ENCODED_ID = "replace_me_with_url_encoded_receiver_id"
USER_NAME = "replace_me_with_user_name"


def has_placeholder(content: dict[str, Any]) -> bool:
    """Tell whether anything is to be filled in."""
    return MARK in msgspec.json.encode(content)


def fill(value: Any, user_id: str, user_name: str) -> Any:
    """Return a copy with the placeholders of all texts filled in."""
    if isinstance(value, str):
        return (
            value.replace(RECEIVER_ID, user_id)
            .replace(ENCODED_ID, quote(user_id, safe=""))
            .replace(USER_NAME, user_name)
        )
    if isinstance(value, list):
        return [fill(item, user_id, user_name) for item in value]
    if isinstance(value, dict):
        return {n: fill(item, user_id, user_name) for n, item in value.items()}
    return value
