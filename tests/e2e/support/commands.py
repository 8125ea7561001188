"""Commands as bots write them."""

import json
from collections.abc import Sequence
from typing import Any

from tests.e2e.support.records import Draft

Json = dict[str, Any]


def text(user: str, words: str) -> bytes:
    """Return the request body that sends a text."""
    return json.dumps({"receiver": user, "type": "text", "text": words}).encode()


def headers(bot: str, method: str, command_id: str) -> dict[str, str]:
    """Return what makes a request body a binary CloudEvent."""
    return {
        "ce_specversion": "1.0",
        "ce_source": "/tests/e2e",
        "ce_type": f"com.viber.command.{method}",
        "ce_id": command_id,
        "ce_bot": bot,
    }


def message(topic: str, bot: str, user: str, words: str) -> Draft:
    """Return the command that sends a text to a user; its id is the text."""
    attributes = headers(bot, "send_message", words)
    return Draft(topic, text(user, words), user, attributes)


def messages(topic: str, bot: str, users: Sequence[str], count: int) -> list[Draft]:
    """Return `count` commands, to the users in turn, their ids numbered."""
    return [
        message(topic, bot, users[number % len(users)], f"command-{number:05d}")
        for number in range(count)
    ]
