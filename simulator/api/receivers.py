"""Whether a user can get a message from a bot.

The checks stand in the order in which they are made; the first that fails is the
answer.  What counts (12) and costs (23, 24) comes last, so that a message refused for
another reason uses up nothing.
"""

import re
from collections.abc import Mapping
from typing import Any

from simulator.accounts import Bot, User
from simulator.billing import charge
from simulator.rules import limits
from simulator.rules.messages import version_of
from simulator.rules.statuses import (
    TOO_MANY_WITHOUT_REPLY,
    Refusal,
    Status,
    refuse,
)

# 16 bytes in base64.  Users made with another id are known all the same.
USER_ID = re.compile(r"[A-Za-z0-9+/]{22}==")


def find(bot: Bot, receiver: str) -> User | Refusal:
    """Return the user of an id that this bot knows, subscribed or not."""
    user = bot.users.get(receiver)
    if user is not None:
        return user
    if USER_ID.fullmatch(receiver):
        return refuse(Status.RECEIVER_NOT_REGISTERED)
    return refuse(Status.BAD_RECEIVER)


def check(
    bot: Bot, user: User, message: Mapping[str, Any], now_ms: int
) -> Refusal | int:
    """Return why the user cannot get this message now, or its billing status."""
    if not user.subscribed and not _is_welcome(bot, user, now_ms):
        return refuse(Status.RECEIVER_NOT_SUBSCRIBED)
    if user.devices == 0:
        return refuse(Status.NO_SUITABLE_DEVICE)
    if version_of(message) > user.api_version:
        return refuse(
            Status.API_VERSION_NOT_SUPPORTED, f"the phone has {user.api_version}"
        )
    if user.country in bot.grants.unsupported_countries:
        return refuse(Status.UNSUPPORTED_COUNTRY, user.country)
    if not user.quota.take(now_ms, limits.MESSAGES_WITHOUT_REPLY):
        return refuse(Status.TOO_MANY_REQUESTS, text=TOO_MANY_WITHOUT_REPLY)
    return charge(bot.grants, in_session=_in_session(user, now_ms))


def _is_welcome(bot: Bot, user: User, now_ms: int) -> bool:
    """One message by send_message within 5 minutes, where the bot is allowed that."""
    if not bot.grants.welcome_by_send or user.welcomed or user.opened_at is None:
        return False
    user.welcomed = now_ms - user.opened_at <= limits.WELCOME_MS
    return user.welcomed


def _in_session(user: User, now_ms: int) -> bool:
    return now_ms - user.last_wrote < limits.SESSION_MS
