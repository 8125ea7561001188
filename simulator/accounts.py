"""What exists at Viber: bots and their users, with the chat between them.

Plain state and its own small invariants.  A Viber user id holds for one bot only,
so a user belongs to one bot and carries that one chat.
"""

from collections import deque
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from simulator.rules.quotas import HourlyQuota, WindowQuota

GENERIC_AVATAR = "http://dl-media.viber.com/1/share/2/long/bots/generic-avatar%402x.png"
NOBODY = "Subscriber"
MANDATORY = frozenset({"message", "subscribed", "unsubscribed", "webhook"})
# The list of a webhook set without event_types, in the order seen live.
EVENT_TYPES = (
    "subscribed",
    "unsubscribed",
    "webhook",
    "conversation_started",
    "client_status",
    "action",
    "delivered",
    "failed",
    "message",
    "seen",
)

Range = tuple[float, float]


class Standing(StrEnum):
    """How Viber looks at a bot."""

    ACTIVE = "active"
    BLOCKED = "blocked"
    SUSPENDED = "suspended"
    DELETED = "deleted"


class Broadcasting(StrEnum):
    """Whether a bot may broadcast, and whether Viber manages to."""

    GRANTED = "granted"
    REFUSED = "refused"
    UNAUTHORIZED = "unauthorized"
    FAILING = "failing"


class Tick(StrEnum):
    """How far a message got; it only advances."""

    SENT = "sent"
    DELIVERED = "delivered"
    SEEN = "seen"
    FAILED = "failed"


@dataclass(slots=True)
class Grants:
    """What Viber allows a bot, and what it has paid for.

    ``free_messages`` and ``balance`` count messages outside of a session (24 hours
    from the user's last message); None is without end.
    """

    standing: Standing = Standing.ACTIVE
    broadcasting: Broadcasting = Broadcasting.GRANTED
    inline: bool = False
    channel: bool = False
    payments: bool = False
    billable: bool = False
    free_messages: int | None = None
    balance: int | None = None
    unsupported_countries: frozenset[str] = frozenset()
    welcome_by_send: bool = False


@dataclass(slots=True)
class ChatMessage:
    """One bubble: ``direction`` is ``in`` (user to bot) or ``out``.

    Phones do not show ``silent`` ones: presses of buttons that ask for that.
    """

    direction: str
    content: dict[str, Any]
    token: int
    at: int
    tick: Tick = Tick.SENT
    note: str = ""
    silent: bool = False


@dataclass(slots=True)
class User:
    """A person, the phone in the hand, and the chat with one bot.

    ``delivers_after`` and ``sees_after`` are ranges of seconds; without
    ``sees_after`` the user sees messages only when told to.  ``private`` forbids
    Viber to tell the name.  Without devices nothing can be delivered (status 11).
    """

    id: str
    name: str
    language: str = "en"
    country: str = "GB"
    api_version: int = 10
    avatar: str | None = None
    phone: str = "380000000002"
    devices: int = 1
    online: bool = True
    private: bool = False
    hidden: bool = False
    delivers_after: Range = (0.0, 0.0)
    sees_after: Range | None = None
    subscribed: bool = False
    opened_at: int | None = None
    welcomed: bool = False
    last_online: int = 0
    last_wrote: int = 0
    tracking_data: str | None = None
    keyboard: dict[str, Any] | None = None
    chat: list[ChatMessage] = field(default_factory=list)
    waiting: deque[ChatMessage] = field(default_factory=deque)
    unseen: deque[ChatMessage] = field(default_factory=lambda: deque(maxlen=1000))
    quota: HourlyQuota = field(default_factory=HourlyQuota)
    details: WindowQuota = field(default_factory=WindowQuota)


@dataclass(slots=True)
class Bot:
    """A bot's account; ``name`` is the simulator's word for it, not Viber's."""

    name: str
    token: str
    id: str
    title: str
    host: str = "SN-CHAT-05_"
    webhook: str = ""
    event_types: tuple[str, ...] = EVENT_TYPES
    send_name: bool = False
    send_photo: bool = False
    grants: Grants = field(default_factory=Grants)
    admin: str = ""
    users: dict[str, User] = field(default_factory=dict)
    broadcasts: WindowQuota = field(default_factory=WindowQuota)
    posts: list[ChatMessage] = field(default_factory=list)

    def wants(self, event: str) -> bool:
        """Tell whether callbacks of this kind are to be sent."""
        return bool(self.webhook) and (event in MANDATORY or event in self.event_types)

    def show(self, user: User) -> dict[str, Any]:
        """Return a user as this bot's callbacks show it, in the observed order."""
        known = self.send_name and not user.private
        shown: dict[str, Any] = {"id": user.id, "name": user.name if known else NOBODY}
        if not self.send_photo or user.private:
            shown["avatar"] = GENERIC_AVATAR
        elif user.avatar is not None:
            shown["avatar"] = user.avatar
        return shown | {
            "language": user.language,
            "country": user.country,
            "api_version": user.api_version,
        }
