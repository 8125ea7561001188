"""The public app of a gateway with one bot, Kafka being a fake."""

import hashlib
import hmac
from typing import Any

from gateway.bots import Bot
from gateway.core.record import NewRecord
from gateway.ingress.app import PublicApp
from gateway.ingress.intake import Intake, Topics
from gateway.ingress.replies import Replies
from gateway.ingress.webhook import Limits, Webhook
from gateway.ingress.welcome import Welcomes
from tests.fakes.asgi import Exchange
from tests.fakes.publish import FakePublish
from tests.fakes.record import NOON

TOKEN = "0fixture0token00-0fixture0token01-0fixture0token02"
PATH = "/webhooks/shop"
LIMITS = Limits(body_bytes=1000, body_seconds=30.0, deadline_seconds=20.0, in_flight=10)
NO_TIME = LIMITS._replace(body_seconds=0.0)
TOPICS = Topics("viber.inbound", "viber.dlq")
MOST_BYTES = 70_000  # of a record; more than is kept of one that is too large


def sign(body: bytes, token: str = TOKEN) -> str:
    """Sign a body as Viber does."""
    return hmac.new(token.encode(), body, hashlib.sha256).hexdigest()


def signed(*pieces: bytes, **more: Any) -> Exchange:
    """Return a callback with a right signature, whole or in pieces."""
    headers = {"X-Viber-Content-Signature": sign(b"".join(pieces))}
    return Exchange(PATH, pieces, headers, **more)


class Site:
    """A gateway's public side, and what others hear of it.

    Attributes:
        observed: Bot, event, status and label of every answer.
        ages: Event and age of every event.
        replies: The questions to bots.
        replied: What became of bots' replies.
    """

    def __init__(
        self,
        bot: Bot | None = None,
        limits: Limits = LIMITS,
        publish_seconds: float = 10.0,
        topics: Topics = TOPICS,
    ) -> None:
        bot = bot or Bot("shop", TOKEN)
        self.bots = {bot.name: bot}
        self.publish = FakePublish(most_bytes=MOST_BYTES)
        self.observed: list[tuple[str, str, int, str]] = []
        self.ages: list[tuple[str, float]] = []
        self.replied: list[str] = []
        self.replies = Replies(lambda outcome, _: self.replied.append(outcome))
        intake = Intake(
            self.publish,
            topics,
            Welcomes(self.replies, "viber.replies", lambda: NOON),
            publish_seconds,
            lambda: NOON,
            self._observe_event,
        )
        self.app = PublicApp(Webhook(self.bots, intake, limits, self._observe))

    def _observe_event(self, event: str, _: NewRecord, age: float | None) -> None:
        if age is not None:
            self.ages.append((event, age))

    def _observe(
        self, bot: str, event: str, status: int, label: str, seconds: float
    ) -> None:
        assert seconds >= 0
        self.observed.append((bot, event, status, label))
