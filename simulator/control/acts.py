"""Routes by which users act: write, open, subscribe, see, pay; and their chats.

Each act answers with the token of its callback, as text.
"""

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Query

from simulator.accounts import Bot, User
from simulator.control.models import (
    Opening,
    Payment,
    Pressing,
    RawCallback,
    Writing,
    WritingBy,
    WritingByMany,
)
from simulator.control.routes import Route
from simulator.people import People, find_button
from simulator.rules.buttons import Presser
from simulator.views import message_view
from simulator.world import UnknownError, World

Json = dict[str, Any]
Limit = Annotated[int, Query(ge=1)]
OPENING = Opening()
PAYMENT = Payment()


@dataclass(frozen=True, slots=True)
class Acts:
    """What users can do."""

    world: World
    people: People

    def routes(self) -> list[Route]:
        """Return the table; it must come before that of the users."""
        return [
            ("POST", "/sim/messages", 201, self.write_by_name),
            ("POST", "/sim/messages/batch", 201, self.write_by_many),
            ("POST", "/sim/callbacks", 201, self.call_back),
            ("GET", "/sim/chat", 200, self.chat),
            ("GET", "/sim/users/{user:path}/chat", 200, self.chat),
            ("POST", "/sim/users/{user:path}/messages", 201, self.write),
            ("POST", "/sim/users/{user:path}/open", 201, self.open),
            ("POST", "/sim/users/{user:path}/subscribe", 201, self.subscribe),
            ("POST", "/sim/users/{user:path}/unsubscribe", 201, self.unsubscribe),
            ("POST", "/sim/users/{user:path}/seen", 201, self.see),
            ("POST", "/sim/users/{user:path}/press", 201, self.press),
            ("POST", "/sim/users/{user:path}/pay", 201, self.pay),
        ]

    async def write_by_name(self, writing: WritingBy) -> Json:
        """Let a user write; the user stands in the body, by id or name."""
        return self._write(*self.world.user(writing.user, writing.bot), writing)

    async def write_by_many(self, writing: WritingByMany) -> Json:
        """Let all users of a bot write in turn: load, as fast as it goes out."""
        bot = self.world.bot(writing.bot)
        users = list(bot.users.values())
        for number in range(writing.count if users else 0):
            text = writing.text.replace("{n}", str(number + 1))
            user = users[number % len(users)]
            self.people.write(bot, user, {"text": text, "type": "text"})
        return {"written": writing.count if users else 0}

    async def call_back(self, callback: RawCallback) -> Json:
        """Send a callback of any content, signed; behind the user's others."""
        bot, user_id = self.world.bot(callback.bot), None
        if callback.user is not None:
            bot, user = self.world.user(callback.user, callback.bot)
            user_id = user.id
        self.people.phones.outbox.emit_raw(bot, user_id, callback.raw.encode())
        return {"bytes": len(callback.raw.encode())}

    async def write(self, user: str, writing: Writing, bot: str | None = None) -> Json:
        """Let a user write; the first message subscribes silently."""
        return self._write(*self.world.user(user, bot), writing)

    async def chat(
        self,
        user: str,
        bot: str | None = None,
        before: str | None = None,
        limit: Limit = 1000,
    ) -> list[Json]:
        """Return the last messages of a chat, or those before a token, oldest first."""
        _, found = self.world.user(user, bot)
        end = len(found.chat) if before is None else _place(found, before)
        start = max(0, end - limit)
        return [message_view(message) for message in found.chat[start:end]]

    async def open(
        self, user: str, opening: Opening = OPENING, bot: str | None = None
    ) -> Json:
        """Let a user open the chat (``conversation_started``)."""
        return _token(self.people.open(*self.world.user(user, bot), opening.context))

    async def subscribe(self, user: str, bot: str | None = None) -> Json:
        """Let a user subscribe by hand."""
        return _token(self.people.subscribe(*self.world.user(user, bot)))

    async def unsubscribe(self, user: str, bot: str | None = None) -> Json:
        """Let a user leave."""
        return _token(self.people.unsubscribe(*self.world.user(user, bot)))

    async def see(self, user: str, bot: str | None = None) -> Json:
        """Let a user look at the chat; the token is null when nothing was unseen."""
        last = self.people.phones.see(*self.world.user(user, bot))
        return _token(None if last is None else last.token)

    async def press(
        self, user: str, pressing: Pressing, bot: str | None = None
    ) -> Json:
        """Let a user press a button; the token is null when that sends nothing."""
        owner, found = self.world.user(user, bot)
        button = find_button(found, pressing.button, pressing.message_token)
        presser = Presser(
            found.name,
            found.phone,
            pressing.latitude,
            pressing.longitude,
            pressing.desktop,
        )
        message = self.people.press(owner, found, button, presser)
        return _token(None if message is None else message.token)

    async def pay(
        self, user: str, payment: Payment = PAYMENT, bot: str | None = None
    ) -> Json:
        """Let a user press a payment button (``client_status``)."""
        status = {"type": "payment"} | payment.model_dump(exclude_none=True)
        return _token(self.people.pay(*self.world.user(user, bot), status))

    def _write(self, bot: Bot, user: User, writing: Writing) -> Json:
        message = self.people.write(bot, user, writing.content, silent=writing.silent)
        return message_view(message) | {"user": user.id, "bot": bot.name}


def _place(user: User, token: str) -> int:
    """Return where in the chat the message of this token stands.

    Raises:
        UnknownError: nowhere.
    """
    for place in range(len(user.chat) - 1, -1, -1):
        if str(user.chat[place].token) == token:
            return place
    raise UnknownError(f"no message {token}")


def _token(token: int | None) -> Json:
    return {"message_token": None if token is None else str(token)}
