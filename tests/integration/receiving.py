"""The receiving side as the product builds it, in this process, on any Kafka.

What a callback is answered, what is counted and what is logged can be seen at once;
ports and signals are left out (`tests/e2e` has them).
"""

import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any, Final

from gateway.adapters.kafka.clients import KafkaClients
from gateway.adapters.kafka.producers import Producers
from gateway.adapters.kafka.publisher import Publisher
from gateway.bots import Bot
from gateway.egress.clock import SystemClock
from gateway.ingress.replies import Replies
from gateway.ops.health import Health
from gateway.ops.metrics import Metrics
from gateway.ops.observe import Observer
from gateway.ops.tracing import Tracing
from gateway.roles.receiver import public_app
from gateway.roles.shared import Shared
from gateway.roster import Roster
from gateway.settings import (
    HttpSettings,
    KafkaSettings,
    LogSettings,
    ManagementSettings,
    SenderSettings,
    Settings,
    TopicSettings,
    ViberSettings,
)
from tests.fakes.asgi import Exchange, Response
from tests.fakes.logbook import capture_logs

BOT: Final = Bot("shop", "token-of-the-shop")
MAX_WAITING: Final = 10_000
NEVER: Final = 3600.0  # what is told is what callbacks meet


def message(user: str, number: int, size: int = 0) -> bytes:
    """Return a callback's body; its user is the event's key."""
    said = {
        "event": "message",
        "message_token": number,
        "sender": {"id": user},
        "more": "x" * size,
    }
    return json.dumps(said).encode()


@dataclass(slots=True)
class Receiving:
    """What callbacks are posted to.

    Attributes:
        logs: What was logged.
        taken: The bodies that were answered with 200.
    """

    shared: Shared
    app: Any
    logs: list[Any]
    taken: list[bytes] = field(default_factory=list)

    async def post(self, body: bytes) -> Response:
        """Post a callback with a right signature."""
        signature = hmac.new(BOT.token.encode(), body, hashlib.sha256).hexdigest()
        headers = {"X-Viber-Content-Signature": signature}
        exchange = Exchange(f"/webhooks/{BOT.name}", [body], headers)
        response = (await exchange.run(self.app)).response
        if response.status == 200:
            self.taken.append(body)
        return response

    async def post_until_taken(self, body: bytes) -> None:
        """Post a callback again and again, as Viber does."""
        while (await self.post(body)).status != 200:
            pass

    def metric(self, name: str, **labels: str) -> float:
        """Return a metric's value; 0 where it has none yet."""
        found = self.shared.metrics.registry.get_sample_value(name, labels)
        return found or 0.0

    def refused(self, topic: str, error: str) -> float:
        """How many batches Kafka has refused, and why."""
        name = "viber_kafka_produce_errors_total"
        return self.metric(name, topic=topic, error=error)

    @property
    def told(self) -> list[str]:
        """The changes of Kafka's state that operators were told of, in order.

        What has more than one reason is one change.
        """
        lines = [line["event"] for line in self.logs if line["level"] != "debug"]
        troubles = [line for line in lines if line != "kafka_connected"]
        return [change for change, _ in groupby(troubles)]


def _settings(
    kafka: KafkaSettings, topics: TopicSettings, publish_seconds: float
) -> Settings:
    return Settings(
        kafka=kafka,
        topic=topics,
        http=HttpSettings(publish_timeout_seconds=publish_seconds),
        management=ManagementSettings(),
        viber=ViberSettings(),
        sender=SenderSettings(),
        log=LogSettings(),
    )


@asynccontextmanager
async def receiving(
    kafka: KafkaSettings, topics: TopicSettings, publish_seconds: float = 1.0
) -> AsyncIterator[Receiving]:
    """Run the receiving side.

    Args:
        kafka: How to reach Kafka.
        topics: Where to write.
        publish_seconds: How long an acknowledgement is waited for.
    """
    settings = _settings(kafka, topics, publish_seconds)
    bots = Roster(lambda: {BOT.name: BOT})
    metrics, clock = Metrics("receiver"), SystemClock()
    observer = Observer(metrics, bots, "none", topics.dead_letters)
    clients = KafkaClients(kafka)
    with capture_logs() as logs:
        async with (
            Producers(
                clients.producer,
                clients.explain,
                lambda trouble: observer.kafka_state("producer", trouble),
                look_seconds=NEVER,
            ) as producers,
            Publisher(
                producers, observer.batch_answered, MAX_WAITING, observer.kafka_trouble
            ) as publisher,
        ):
            shared = Shared(
                settings,
                bots,
                clock,
                metrics,
                observer,
                Health(clock.monotonic, frozenset()),
                clients,
                publisher,
                Tracing(),
            )
            app = public_app(shared, Replies(observer.reply_taken))
            yield Receiving(shared, app, logs)
