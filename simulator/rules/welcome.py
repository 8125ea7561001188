"""The welcome message in a webhook's answer to ``conversation_started``.

A send_message body without a receiver.  An empty answer means none; an invalid one is
dropped, for Viber has no channel to say so.
"""

from typing import Any

import msgspec

from simulator.rules.messages import check


def read_welcome(body: bytes) -> dict[str, Any] | None:
    """Return the welcome message of an answer, or None when it holds no valid one."""
    try:
        content = msgspec.json.decode(body)
    except msgspec.DecodeError:
        return None
    if not isinstance(content, dict) or check(content) is not None:
        return None
    return content
