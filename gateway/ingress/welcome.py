"""The welcome message: Viber takes it from the answer to `conversation_started`.

`static` comes from the bots file.  `reply` asks a bot over Kafka, by headers on the
event, and waits for its answer until a deadline; then it is the static one, or none.
Source: developers.viber.com, "REST Bot API", Sending a welcome message; ADR 0012.
"""

import asyncio
from collections.abc import Callable
from typing import NamedTuple

from gateway.bots import Bot
from gateway.core.instant import rfc3339
from gateway.core.record import Header
from gateway.core.reply import WelcomeError, welcome_body
from gateway.ingress.answer import PUBLISHED, Answer, published
from gateway.ingress.replies import Replies
from gateway.log import get_logger

EVENT = "conversation_started"

log = get_logger(__name__)


class Question(NamedTuple):
    """What a bot is asked; `until` is on the event loop's clock."""

    id: str
    until: float
    headers: tuple[Header, ...]


class Welcomes:
    """Finds the welcome message.

    Args:
        replies: Where bots' answers arrive.
        topic: The topic that they are written to; `{bot}` stands for the bot's name.
        now: Seconds since 1970.
    """

    def __init__(self, replies: Replies, topic: str, now: Callable[[], float]) -> None:
        self._replies = replies
        self._topic = topic
        self._now = now

    def ask(self, bot: Bot, event: str, until: float) -> Question | None:
        """Begin to ask the bot, if it is to be asked; it has time until `until`."""
        if event != EVENT or bot.welcome.mode != "reply":
            return None
        now = asyncio.get_running_loop().time()
        seconds = min(bot.welcome.timeout_seconds, until - now)
        identity = self._replies.ask()
        headers = (
            ("ce_replyto", self._topic.replace("{bot}", bot.name).encode()),
            ("ce_correlationid", identity.encode()),
            ("ce_deadline", rfc3339(self._now() + seconds).encode()),
        )
        return Question(identity, now + seconds, headers)

    def forget(self, question: Question | None) -> None:
        """Expect no answer any more."""
        if question is not None:
            self._replies.forget(question.id)

    async def answer(self, bot: Bot, event: str, question: Question | None) -> Answer:
        """Return the answer to a published callback, with a welcome if there is one."""
        if event != EVENT or bot.welcome.mode == "off":
            return PUBLISHED
        message = None
        if question is not None:
            left = question.until - asyncio.get_running_loop().time()
            message = await self._replies.answer(question.id, max(left, 0.0))
        message = message or bot.welcome.message
        if message is None:
            return PUBLISHED
        try:
            return published(welcome_body(message, bot.sender))
        except WelcomeError as error:
            log.warning("welcome_unusable", bot=bot.name, error=str(error))
            return PUBLISHED
