"""What users and their phones do: write, open, subscribe, receive, see.

Every act changes the chat and emits the callbacks that Viber would send for it.  A
user's first message subscribes silently (no ``subscribed`` callback); ``delivered``
comes once per device, and for the user's own messages too; one ``seen`` stands for
all messages not seen before.
"""

from dataclasses import dataclass
from functools import partial
from typing import Any

from simulator.accounts import Bot, ChatMessage, Tick, User
from simulator.callbacks.callback import Reply
from simulator.callbacks.outbox import Outbox
from simulator.clock import Timers
from simulator.faults import Realm
from simulator.rules import bodies, messages
from simulator.rules.media import complete
from simulator.rules.welcome import read_welcome
from simulator.world import World

# Live messages carry a timestamp 0.09 to 0.3 s before the time in their token.
TOKEN_LAG_MS = (90, 300)
REFUSED = "message validation failed"


@dataclass(slots=True)
class Phone:
    """All phones of all users; ``lean`` keeps no chats.

    ``media_url`` is where users' pictures and files can be fetched for an hour.
    """

    world: World
    outbox: Outbox
    timers: Timers
    media_url: str = ""
    lean: bool = False

    def write(
        self, bot: Bot, user: User, content: dict[str, Any], *, silent: bool = False
    ) -> ChatMessage:
        """Let a user write to a bot; this subscribes."""
        token = self.world.token()
        now = self.world.clock.now_ms()
        at = max(now - self.world.rng.randint(*TOKEN_LAG_MS), user.last_online)
        content = complete(content, self.media_url, at // 1000)
        if user.tracking_data:
            content = content | {"tracking_data": user.tracking_data}
        message = ChatMessage("in", content, token, at)
        user.subscribed = True
        user.last_wrote = now
        user.last_online = at
        user.quota.reset()
        self._keep(user, message)
        body = bodies.message(
            (at, bot.host, token), bot.show(user), content, silent=silent
        )
        self.outbox.emit(
            bot, user.id, body, partial(self._reached_bot, bot, user, message)
        )
        return message

    def open(self, bot: Bot, user: User, context: str | None = None) -> int:
        """Let a user open the chat; returns the callback's token."""
        now, token = self.world.clock.now_ms(), self.world.token()
        user.opened_at, user.last_online = now, now
        user.welcomed = False
        body = bodies.conversation_started(
            (now, bot.host, token),
            bot.show(user),
            context,
            subscribed=user.subscribed,
        )
        self.outbox.emit(bot, user.id, body, partial(self._welcome, user))
        return token

    def subscribe(self, bot: Bot, user: User) -> int:
        """Let a user subscribe by hand; old tracking data is dropped."""
        now, token = self.world.clock.now_ms(), self.world.token()
        user.subscribed = True
        user.tracking_data = None
        shown = bot.show(user)
        self.outbox.emit(bot, user.id, bodies.subscribed(now, bot.host, token, shown))
        return token

    def unsubscribe(self, bot: Bot, user: User) -> int:
        """Let a user leave: sends are refused from now on."""
        now, token = self.world.clock.now_ms(), self.world.token()
        user.subscribed = False
        self.outbox.emit(
            bot, user.id, bodies.unsubscribed(now, bot.host, token, user.id)
        )
        return token

    def pay(self, bot: Bot, user: User, status: dict[str, Any]) -> int:
        """Let a user press a payment button (``client_status``)."""
        now, token = self.world.clock.now_ms(), self.world.token()
        body = bodies.client_status(now, bot.host, token, bot.show(user), status)
        self.outbox.emit(bot, user.id, body)
        return token

    def receive(self, bot: Bot, user: User, message: ChatMessage) -> None:
        """Take a message that Viber accepted, now or when the phone is online."""
        self._keep(user, message)
        content = message.content
        user.tracking_data = content.get("tracking_data") or None
        user.keyboard = content.get("keyboard") or user.keyboard
        if not user.online:
            user.waiting.append(message)
            return
        wait = self.world.seconds(user.delivers_after)
        self.timers.after(wait, partial(self._deliver, bot, user, message))

    def go_online(self, bot: Bot, user: User, *, online: bool) -> None:
        """Turn a phone on or off; on, it gets what waited."""
        user.online = online
        user.last_online = self.world.clock.now_ms()
        while user.online and user.waiting:
            self._deliver(bot, user, user.waiting.popleft())

    def see(self, bot: Bot, user: User) -> ChatMessage | None:
        """Let a user look at the chat: one ``seen`` for all that was unseen."""
        last = user.unseen[-1] if user.unseen else None
        for message in user.unseen:
            message.tick = Tick.SEEN
        user.unseen.clear()
        if last is not None:
            self._receipt(bot, user, "seen", last.token)
        return last

    def _keep(self, user: User, message: ChatMessage) -> None:
        if not self.lean:
            user.chat.append(message)

    def _reached_bot(
        self, bot: Bot, user: User, message: ChatMessage, reply: Reply
    ) -> None:
        message.tick = Tick.DELIVERED if reply.is_ok else Tick.FAILED
        if reply.is_ok:
            self._receipt(bot, user, "delivered", message.token)

    def _deliver(self, bot: Bot, user: User, message: ChatMessage) -> None:
        refused = self._refusal(bot, user, message)
        if refused is not None:
            self._refuse(bot, user, message, refused)
            return
        message.tick = Tick.DELIVERED
        user.unseen.append(message)
        for _ in range(user.devices):
            self._receipt(bot, user, "delivered", message.token)
        if user.sees_after is not None:
            wait = self.world.seconds(user.sees_after)
            self.timers.after(wait, partial(self.see, bot, user))

    def _refusal(self, bot: Bot, user: User, message: ChatMessage) -> str | None:
        faults = self.outbox.faults
        for _ in faults.strike(Realm.PHONE, bot.name, "send_message", (user.id,)):
            return "fault"
        return messages.refused_by_phone(message.content)

    def _refuse(self, bot: Bot, user: User, message: ChatMessage, why: str) -> None:
        message.tick, message.note = Tick.FAILED, why
        now = self.world.clock.now_ms()
        body = bodies.failed(now, bot.host, message.token, user.id, REFUSED)
        self.outbox.emit(bot, user.id, body)

    def _receipt(self, bot: Bot, user: User, event: str, token: int) -> None:
        if bot.wants(event):  # else not even the body is made: this is the hot path
            now = self.world.clock.now_ms()
            body = bodies.receipt(event, now, bot.host, token, user.id)
            self.outbox.emit(bot, user.id, body)

    def _welcome(self, user: User, reply: Reply) -> None:
        if user.subscribed or user.welcomed or not reply.is_ok:
            return
        content = read_welcome(reply.body)
        if content is not None:
            user.welcomed = True
            self.show_welcome(user, content)

    def show_welcome(self, user: User, content: dict[str, Any]) -> None:
        """Show a welcome message: no callbacks, since the bot knows no token."""
        at, token = self.world.clock.now_ms(), self.world.token()
        self._keep(
            user, ChatMessage("out", content, token, at, Tick.DELIVERED, "welcome")
        )
        user.tracking_data = content.get("tracking_data") or None
        user.keyboard = content.get("keyboard") or user.keyboard
