"""What phones do: receive, tell that they did, refuse, show as seen.

``delivered`` comes once per device; one ``seen`` stands for all messages not seen
before; what the phone refuses comes back as ``failed``.  A phone that is off gets its
messages when it is on again.
"""

from dataclasses import dataclass
from functools import partial
from typing import Any

from simulator.accounts import Bot, ChatMessage, Tick, User
from simulator.callbacks.outbox import Outbox
from simulator.clock import Timers
from simulator.faults import Realm
from simulator.news import News
from simulator.rules import bodies, messages
from simulator.views import message_view, user_view
from simulator.world import World

REFUSED = "message validation failed"


@dataclass(frozen=True, slots=True)
class Phones:
    """All phones of all users; ``lean`` keeps no chats."""

    world: World
    outbox: Outbox
    timers: Timers
    news: News
    lean: bool = False

    def receive(self, bot: Bot, user: User, message: ChatMessage) -> None:
        """Take a message that Viber accepted, now or when the phone is online."""
        self.keep(bot, user, message)
        _remember(user, message.content)
        if not user.online:
            user.waiting.append(message)
            return
        wait = self.world.seconds(user.delivers_after)
        self.timers.after(wait, partial(self._deliver, bot, user, message))

    def show_welcome(self, bot: Bot, user: User, content: dict[str, Any]) -> None:
        """Show a welcome message: no receipts, since the bot knows no token."""
        at, token = self.world.clock.now_ms(), self.world.token()
        message = ChatMessage("out", content, token, at, Tick.DELIVERED, "welcome")
        _remember(user, content)
        self.keep(bot, user, message)

    def go_online(self, bot: Bot, user: User, *, online: bool) -> None:
        """Turn a phone on or off; on, it gets what waited."""
        user.online = online
        user.last_online = self.world.clock.now_ms()
        while user.online and user.waiting:
            self._deliver(bot, user, user.waiting.popleft())

    def see(self, bot: Bot, user: User) -> ChatMessage | None:
        """Let a user look at the chat; return the last message not seen before."""
        seen = list(user.unseen)
        last = seen[-1] if seen else None
        user.unseen.clear()
        for message in seen:
            self.mark(bot, user, message, Tick.SEEN)
        if last is not None:
            self.receipt(bot, user, "seen", last.token)
        return last

    def keep(self, bot: Bot, user: User, message: ChatMessage) -> None:
        """Put a message into the chat."""
        if not self.lean:
            user.chat.append(message)
        self._tell(bot, user, message)

    def mark(self, bot: Bot, user: User, message: ChatMessage, tick: Tick) -> None:
        """Note how far a message got."""
        message.tick = tick
        self._tell(bot, user, message)

    def receipt(self, bot: Bot, user: User, event: str, token: int) -> None:
        """Tell the bot that a message was delivered or seen."""
        if bot.wants(event):  # else not even the body is made: this is the hot path
            now = self.world.clock.now_ms()
            body = bodies.receipt(event, now, bot.host, token, user.id)
            self.outbox.emit(bot, user.id, body)

    def _deliver(self, bot: Bot, user: User, message: ChatMessage) -> None:
        refused = self._refusal(bot, user, message)
        if refused is not None:
            self._refuse(bot, user, message, refused)
            return
        if self.lean:
            user.unseen.clear()
        user.unseen.append(message)
        self.mark(bot, user, message, Tick.DELIVERED)
        for _ in range(user.devices):
            self.receipt(bot, user, "delivered", message.token)
        if user.sees_after is not None:
            wait = self.world.seconds(user.sees_after)
            self.timers.after(wait, partial(self.see, bot, user))

    def _refusal(self, bot: Bot, user: User, message: ChatMessage) -> str | None:
        faults = self.outbox.faults
        for _ in faults.strike(Realm.PHONE, bot.name, "send_message", (user.id,)):
            return "fault"
        return messages.refused_by_phone(message.content)

    def _refuse(self, bot: Bot, user: User, message: ChatMessage, why: str) -> None:
        message.note = why
        self.mark(bot, user, message, Tick.FAILED)
        now = self.world.clock.now_ms()
        body = bodies.failed(now, bot.host, message.token, user.id, REFUSED)
        self.outbox.emit(bot, user.id, body)

    def _tell(self, bot: Bot, user: User, message: ChatMessage) -> None:
        self.news.tell("message", partial(_telling, bot, user, message))


def _remember(user: User, content: dict[str, Any]) -> None:
    user.tracking_data = content.get("tracking_data") or None
    user.keyboard = content.get("keyboard") or user.keyboard


def _telling(bot: Bot, user: User, message: ChatMessage) -> dict[str, Any]:
    return {"user": user_view(bot, user)} | message_view(message)
