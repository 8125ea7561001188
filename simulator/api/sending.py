"""send_message, broadcast_message and post.

Each checks what it was sent in Viber's order, and only then lets the phones have it.
A broadcast has one token for all, and status 0 even when it failed for some.
"""

from dataclasses import dataclass
from typing import Any

from simulator.accounts import Bot, Broadcasting, ChatMessage, User
from simulator.api import receivers
from simulator.api.answers import Answer, ok, refused
from simulator.phone import Phones
from simulator.rules import limits, messages
from simulator.rules.placeholders import fill, has_placeholder
from simulator.rules.schema import Field
from simulator.rules.statuses import (
    FAILED_LIST_TEXTS,
    TEXTS,
    Refusal,
    Status,
    refuse,
)
from simulator.world import World

Json = dict[str, Any]
BROADCAST_REFUSALS = {
    Broadcasting.REFUSED: Status.BROADCAST_NOT_ALLOWED,
    Broadcasting.UNAUTHORIZED: Status.NOT_AUTHORIZED,
    Broadcasting.FAILING: Status.CANNOT_SEND_BROADCAST,
}
IDS = Field(
    "array", 1, limits.BROADCAST_RECEIVERS, items=Field("string"), required=True
)
BROADCAST = {"broadcast_list": IDS}
MESSAGE = {"receiver": Field("string", required=True)}
POST = {
    "from": Field("string", required=True),
    "type": Field("string", choices=messages.CHANNEL_TYPES, required=True),
}
NO_CONTENT = frozenset({"receiver", "broadcast_list", "auth_token", "from"})


@dataclass(frozen=True, slots=True)
class Sending:
    """The methods that send."""

    world: World
    phones: Phones

    def send_message(self, bot: Bot, request: Json) -> Answer:
        """Send a message to one user."""
        token = self.world.token()
        user = self._receiver(bot, request)
        if isinstance(user, Refusal):
            return refused(user, bot.host, token)
        now = self.world.clock.now_ms()
        billing = receivers.check(bot, user, request, now)
        if isinstance(billing, Refusal):
            return refused(billing, bot.host, token)
        message = ChatMessage("out", _content(request), token, now)
        self.phones.receive(bot, user, message)
        return Answer(
            {
                "status": 0,
                "status_message": "ok",
                "message_token": token,
                "chat_hostname": bot.host,
                "billing_status": billing,
            }
        )

    def broadcast_message(self, bot: Bot, request: Json) -> Answer:
        """Send a message to up to 300 users."""
        refusal = self._refuse_broadcast(bot, request)
        if refusal is not None:
            return refused(refusal, bot.host)
        token = self.world.token()
        failed = []
        for receiver in request["broadcast_list"]:
            trouble = self._broadcast_to(bot, receiver, request, token)
            if trouble is not None:
                failed.append(_failed(receiver, trouble))
        return Answer(
            {
                "status": 0,
                "status_message": "ok",
                "message_token": token,
                "failed_list": failed,
                "chat_hostname": bot.host,
                "billing_status": 0,
            }
        )

    def post(self, bot: Bot, request: Json) -> Answer:
        """Post to the bot's channel."""
        refusal = _refuse_post(bot, request)
        token = self.world.token()
        if refusal is not None:
            return refused(refusal, bot.host)
        now = self.world.clock.now_ms()
        bot.posts.append(ChatMessage("out", _content(request), token, now))
        return ok(bot, message_token=token)

    def _receiver(self, bot: Bot, request: Json) -> User | Refusal:
        refusal = (
            _need_webhook(bot)
            or messages.check_members(request, MESSAGE)
            or _refuse_message(bot, request)
        )
        return refusal or receivers.find(bot, request["receiver"])

    def _refuse_broadcast(self, bot: Bot, request: Json) -> Refusal | None:
        return (
            _need_webhook(bot)
            or _need_broadcasting(bot)
            or messages.check_members(request, BROADCAST)
            or _refuse_message(bot, request)
            or self._limit_broadcasts(bot)
        )

    def _limit_broadcasts(self, bot: Bot) -> Refusal | None:
        now = self.world.clock.now_ms()
        if bot.broadcasts.take(now, limits.BROADCASTS, limits.BROADCAST_WINDOW_MS):
            return None
        return refuse(Status.TOO_MANY_REQUESTS)

    def _broadcast_to(
        self, bot: Bot, receiver: str, request: Json, token: int
    ) -> Refusal | None:
        user = receivers.find(bot, receiver)
        if isinstance(user, Refusal):
            return user
        now = self.world.clock.now_ms()
        verdict = receivers.check(bot, user, request, now)
        if isinstance(verdict, Refusal):
            return verdict
        content = _content(request)
        if has_placeholder(content):
            content = fill(content, user.id, bot.show(user)["name"])
        self.phones.receive(bot, user, ChatMessage("out", content, token, now))
        return None


def _need_webhook(bot: Bot) -> Refusal | None:
    return None if bot.webhook else refuse(Status.WEBHOOK_NOT_SET)


def _need_broadcasting(bot: Bot) -> Refusal | None:
    status = BROADCAST_REFUSALS.get(bot.grants.broadcasting)
    return None if status is None else refuse(status)


def _need_channel(bot: Bot) -> Refusal | None:
    return None if bot.grants.channel else refuse(Status.NO_PUBLIC_CHAT)


def _refuse_message(bot: Bot, request: Json) -> Refusal | None:
    """Check all that depends on the message alone."""
    refusal = messages.check(request)
    if refusal is not None:
        return refusal
    if request.get("chat_id") is not None:
        inline = bot.grants.inline
        return refuse(Status.INCHAT_REPLY_NOT_ALLOWED if inline else Status.NOT_INLINE)
    if request.get("type") == "payment" and not bot.grants.payments:
        return refuse(Status.PAYMENT_UNSUPPORTED)
    return None


def _refuse_post(bot: Bot, request: Json) -> Refusal | None:
    return (
        _need_webhook(bot)
        or _need_channel(bot)
        or messages.check_members(request, POST)
        or messages.check(request)
        or _refuse_author(bot, request)
    )


def _refuse_author(bot: Bot, request: Json) -> Refusal | None:
    if request["from"] != bot.admin:
        return refuse(Status.BAD_DATA, "from is not a superadmin")
    if request.get("keyboard") is not None:
        return refuse(Status.BAD_DATA, "a channel takes no keyboard")
    return None


def _content(request: Json) -> Json:
    return {
        name: value
        for name, value in request.items()
        if value is not None and name not in NO_CONTENT
    }


def _failed(receiver: str, trouble: Refusal) -> Json:
    text = FAILED_LIST_TEXTS.get(trouble.status, TEXTS[trouble.status])
    return {
        "receiver": receiver,
        "status": int(trouble.status),
        "status_message": text,
    }
