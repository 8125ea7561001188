"""How bots, users, messages and faults look in JSON, for the API and the page.

Tokens are text, since they exceed 2^53.
"""

from typing import Any

from simulator.accounts import Bot, ChatMessage, User
from simulator.faults import Delay, Fault, realm_of

Json = dict[str, Any]
SUMMARY_CHARACTERS = 80


def bot_view(bot: Bot) -> Json:
    """Return a bot with all that Viber grants it."""
    grants = bot.grants
    return {
        "name": bot.name,
        "token": bot.token,
        "id": bot.id,
        "title": bot.title,
        "webhook": bot.webhook,
        "event_types": list(bot.event_types),
        "send_name": bot.send_name,
        "send_photo": bot.send_photo,
        "users": len(bot.users),
        "subscribers": sum(user.subscribed for user in bot.users.values()),
        "standing": grants.standing,
        "broadcasting": grants.broadcasting,
        "inline": grants.inline,
        "channel": grants.channel,
        "payments": grants.payments,
        "billable": grants.billable,
        "free_messages": grants.free_messages,
        "balance": grants.balance,
        "unsupported_countries": sorted(grants.unsupported_countries),
        "welcome_by_send": grants.welcome_by_send,
    }


def user_view(bot: Bot, user: User) -> Json:
    """Return a user without the chat."""
    return {
        "id": user.id,
        "bot": bot.name,
        "name": user.name,
        "language": user.language,
        "country": user.country,
        "api_version": user.api_version,
        "avatar": user.avatar,
        "phone": user.phone,
        "devices": user.devices,
        "online": user.online,
        "private": user.private,
        "hidden": user.hidden,
        "subscribed": user.subscribed,
        "delivers_after": list(user.delivers_after),
        "sees_after": None if user.sees_after is None else list(user.sees_after),
        "unseen": len(user.unseen),
        "waiting": len(user.waiting),
        "keyboard": user.keyboard,
        "last": _summary(user.chat[-1]) if user.chat else None,
    }


def message_view(message: ChatMessage) -> Json:
    """Return one bubble."""
    return {
        "direction": message.direction,
        "message": message.content,
        "message_token": str(message.token),
        "at": message.at,
        "status": message.tick,
        "note": message.note,
        "silent": message.silent,
    }


def fault_view(fault: Fault) -> Json:
    """Return a fault with what it did so far."""
    return {
        "id": fault.id,
        "kind": fault.kind,
        "realm": realm_of(fault.kind),
        "bot": fault.bot,
        "name": fault.name,
        "receiver": fault.receiver,
        "probability": fault.probability,
        "every": fault.every,
        "count": fault.count,
        "starts": fault.starts,
        "ends": fault.ends,
        "status": fault.status,
        "code": fault.code,
        "retry_after": fault.retry_after,
        "delay_ms": _delay_view(fault.delay),
        "accept": fault.accept,
        "members": list(fault.members),
        "matched": fault.matched,
        "struck": fault.struck,
    }


def _summary(message: ChatMessage) -> Json:
    """Return enough of a message for a line in a list of chats."""
    text = message.content.get("text")
    return {
        "direction": message.direction,
        "type": message.content.get("type"),
        "text": text[:SUMMARY_CHARACTERS] if isinstance(text, str) else "",
        "at": message.at,
    }


def _delay_view(delay: Delay) -> Json | list[float]:
    """Return a delay as the control API takes it."""
    if delay.mean is None:
        return [delay.low, delay.high]
    return {"mean": delay.mean, "deviation": delay.deviation}
