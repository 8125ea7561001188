"""What Viber's official SDK for Python makes of the raw values of our events.

A list of values in base64 on standard input; of each, on standard output, what the
SDK parsed, or what it raised.
"""

import json
import sys
from base64 import b64decode
from typing import Any

from viberbot import Api, BotConfiguration  # type: ignore[import-not-found]

api = Api(BotConfiguration(name="Shop", avatar="", auth_token="t"))


def parsed(value: bytes) -> dict[str, Any]:
    """Parse one value as a webhook written with the SDK does."""
    try:
        request = api.parse_request(value)
    except Exception as error:  # noqa: BLE001  what the SDK raises has no type of its own
        return {"error": str(error)}
    user = getattr(request, "sender", None) or getattr(request, "user", None)
    token = getattr(request, "message_token", None)
    return {
        "event": request.event_type,
        "user": user.id if user else getattr(request, "user_id", None),
        "token": None if token is None else str(token),
        "text": getattr(getattr(request, "message", None), "text", None),
    }


values = [b64decode(value) for value in json.load(sys.stdin)]
json.dump([parsed(value) for value in values], sys.stdout)
