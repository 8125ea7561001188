"""What users do: write, press buttons, open the chat, subscribe, leave, pay.

Every act emits the callback that Viber would send for it.  A user's first message
subscribes silently: no ``subscribed`` callback comes.
"""

from dataclasses import dataclass
from functools import partial
from typing import Any

from simulator.accounts import Bot, ChatMessage, Tick, User
from simulator.callbacks.callback import Reply
from simulator.phone import Phones
from simulator.rules import bodies
from simulator.rules.buttons import Presser, sent_by
from simulator.rules.media import complete
from simulator.rules.welcome import read_welcome
from simulator.views import user_view
from simulator.world import UnknownError, World

Json = dict[str, Any]
# Live messages carry a timestamp 0.09 to 0.3 s before the time in their token.
TOKEN_LAG_MS = (90, 300)


@dataclass(frozen=True, slots=True)
class People:
    """All users; ``media_url`` is where their pictures can be fetched for an hour."""

    world: World
    phones: Phones
    media_url: str = ""

    def write(
        self, bot: Bot, user: User, content: Json, *, silent: bool = False
    ) -> ChatMessage:
        """Let a user write to a bot; this subscribes."""
        message = self._compose(user, content)
        message.silent = silent
        user.subscribed = True
        user.quota.reset()
        self.phones.keep(bot, user, message)
        body = bodies.message(
            (message.at, bot.host, message.token),
            bot.show(user),
            message.content,
            silent=silent,
        )
        self._emit(bot, user, body, partial(self._reached_bot, bot, user, message))
        return message

    def press(
        self, bot: Bot, user: User, button: Json, presser: Presser
    ) -> ChatMessage | None:
        """Let a user press a button; None when that sends nothing."""
        content = sent_by(button, presser)
        if content is None:
            return None
        return self.write(bot, user, content, silent=bool(button.get("Silent")))

    def open(self, bot: Bot, user: User, context: str | None = None) -> int:
        """Let a user open the chat; returns the callback's token."""
        now, token = self._now_and_token(user)
        user.opened_at = now
        user.welcomed = False
        body = bodies.conversation_started(
            (now, bot.host, token), bot.show(user), context, subscribed=user.subscribed
        )
        self._emit(bot, user, body, partial(self._welcome, bot, user))
        return token

    def subscribe(self, bot: Bot, user: User) -> int:
        """Let a user subscribe by hand; old tracking data is dropped."""
        now, token = self._now_and_token(user)
        user.subscribed = True
        user.tracking_data = None
        body = bodies.subscribed(now, bot.host, token, bot.show(user))
        self._emit(bot, user, body)
        return token

    def unsubscribe(self, bot: Bot, user: User) -> int:
        """Let a user leave: sends are refused from now on."""
        now, token = self._now_and_token(user)
        user.subscribed = False
        self._emit(bot, user, bodies.unsubscribed(now, bot.host, token, user.id))
        return token

    def pay(self, bot: Bot, user: User, status: Json) -> int:
        """Let a user press a payment button (``client_status``)."""
        now, token = self._now_and_token(user)
        shown = bot.show(user)
        self._emit(bot, user, bodies.client_status(now, bot.host, token, shown, status))
        return token

    def _compose(self, user: User, content: Json) -> ChatMessage:
        token = self.world.token()
        now = self.world.clock.now_ms()
        at = max(now - self.world.rng.randint(*TOKEN_LAG_MS), user.last_online)
        content = complete(content, self.media_url, at // 1000)
        if user.tracking_data:
            content = content | {"tracking_data": user.tracking_data}
        user.last_wrote = now
        user.last_online = at
        return ChatMessage("in", content, token, at)

    def _now_and_token(self, user: User) -> tuple[int, int]:
        now = self.world.clock.now_ms()
        user.last_online = now
        return now, self.world.token()

    def _emit(
        self, bot: Bot, user: User, body: Json, on_reply: Any | None = None
    ) -> None:
        self.phones.outbox.emit(bot, user.id, body, on_reply)
        self.phones.news.tell("user", partial(user_view, bot, user))

    def _reached_bot(
        self, bot: Bot, user: User, message: ChatMessage, reply: Reply
    ) -> None:
        tick = Tick.DELIVERED if reply.is_ok else Tick.FAILED
        self.phones.mark(bot, user, message, tick)
        if reply.is_ok:
            self.phones.receipt(bot, user, "delivered", message.token)

    def _welcome(self, bot: Bot, user: User, reply: Reply) -> None:
        """Show the welcome message of the answer: one, and before subscription."""
        if user.subscribed or user.welcomed or not reply.is_ok:
            return
        content = read_welcome(reply.body)
        if content is not None:
            user.welcomed = True
            self.phones.show_welcome(bot, user, content)


def find_button(user: User, wanted: int | str, token: str | None = None) -> Json:
    """Return a button by number, Text or ActionBody.

    Raises:
        UnknownError: neither the keyboard nor that rich media message has it.
    """
    board = user.keyboard if token is None else _rich_media(user, token)
    for number, button in enumerate([] if board is None else board["Buttons"]):
        if wanted in {number, button.get("Text"), button["ActionBody"]}:
            found: Json = button
            return found
    raise UnknownError(f"no button {wanted!r}")


def _rich_media(user: User, token: str) -> Json | None:
    for message in reversed(user.chat):
        if str(message.token) == token:
            return message.content.get("rich_media")
    return None
