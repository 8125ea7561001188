"""The welcome message: Viber takes it from the answer to `conversation_started`.

It is no call of the API: it needs no token and names no receiver.
Source: developers.viber.com, "REST Bot API", Sending a welcome message.
"""

from typing import Any

import msgspec

from gateway.bots import Bot
from gateway.core.command import Sender
from gateway.ingress.answer import PUBLISHED, Answer

EVENT = "conversation_started"
NEVER_SENT = frozenset({"receiver", "auth_token", "broadcast_list"})


def welcome_answer(bot: Bot, event: str) -> Answer | None:
    """Return the answer that carries the bot's welcome message, if it has one."""
    if event != EVENT or bot.welcome.mode == "off" or bot.welcome.message is None:
        return None
    return PUBLISHED._replace(body=welcome_body(bot.welcome.message, bot.sender))


def welcome_body(message: dict[str, Any], sender: Sender) -> bytes:
    """Write a welcome message as Viber wants it, with the bot's name filled in."""
    body = {k: v for k, v in message.items() if k not in NEVER_SENT}
    said = body.get("sender") or {}
    known = {"name": sender.name, "avatar": sender.avatar}
    filled = {k: v for k, v in known.items() if v is not None} | said
    return msgspec.json.encode(body | {"sender": filled} if filled else body)
