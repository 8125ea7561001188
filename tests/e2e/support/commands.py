"""Commands as bots write them."""

import json
from collections.abc import Sequence

from tests.e2e.support.topics import Draft


def event(bot: str, method: str, command_id: str) -> dict[str, str]:
    """Return the headers of a command as a binary CloudEvent."""
    return {
        "ce_specversion": "1.0",
        "ce_source": "/tests/e2e",
        "ce_type": f"com.viber.command.{method}",
        "ce_id": command_id,
        "ce_bot": bot,
    }


def text(user: str, words: str) -> bytes:
    """Return the request body that sends a text."""
    return json.dumps({"receiver": user, "type": "text", "text": words}).encode()


def message(bot: str, user: str, words: str) -> Draft:
    """Return the command that sends a text to a user; its id is the text."""
    return Draft(text(user, words), user, event(bot, "send_message", words))


def messages(bot: str, users: Sequence[str], count: int) -> list[Draft]:
    """Return `count` commands, to the users in turn, their ids numbered."""
    return [
        message(bot, users[number % len(users)], f"command-{number:05d}")
        for number in range(count)
    ]
