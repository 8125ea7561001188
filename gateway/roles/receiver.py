"""The receiver: callbacks from the public port to the inbound topic."""

import asyncio
from collections.abc import Mapping

from gateway.adapters.kafka.follower import Follower
from gateway.bots import Bot
from gateway.core.topics import per_bot
from gateway.ingress.app import PublicApp
from gateway.ingress.intake import Intake, Topics
from gateway.ingress.replies import Replies
from gateway.ingress.webhook import Limits, Webhook
from gateway.ingress.welcome import Welcomes
from gateway.ops.beginnings import begin_callbacks, begin_callbacks_of
from gateway.ops.http_protocol import Limits as ConnectionLimits
from gateway.ops.labels import POST
from gateway.ops.metrics import Metrics
from gateway.ops.server import Server, bind
from gateway.roles.shared import Shared

REPLIES = "replies"  # the part that must have started before the receiver is ready


def public_app(shared: Shared, replies: Replies) -> PublicApp:
    """Build the public port's app."""
    http, topic, now = shared.settings.http, shared.settings.topic, shared.clock.wall
    intake = Intake(
        shared.tracing.publishing(shared.publisher.publish),
        Topics(topic.inbound, topic.dead_letters),
        Welcomes(replies, topic.replies, now),
        http.publish_timeout_seconds,
        now,
        shared.observer.event_published,
    )
    limits = Limits(
        http.max_body_bytes,
        http.body_timeout_seconds,
        http.deadline_seconds,
        http.max_in_flight,
    )
    observe = shared.observer.callback_answered
    return PublicApp(Webhook(shared.bots, intake, limits, observe))


class ReceiverRole:
    """Serves callbacks.

    Raises:
        SettingsError: The port is taken.
    """

    def __init__(self, shared: Shared) -> None:
        http = shared.settings.http
        self._clock = shared.clock
        self._metrics = shared.metrics
        begin_callbacks(shared.metrics)
        self._drain_seconds = http.drain_seconds
        replies = Replies(shared.observer.reply_taken)
        self.app = public_app(shared, replies)
        listener = bind("HTTP_PORT", http.host, http.port)
        header_seconds = min(http.header_timeout_seconds, http.deadline_seconds)
        limits = ConnectionLimits(http.max_connections, header_seconds)
        self._server = Server(
            shared.tracing.serving(self.app), "public", listener, limits
        )
        self._replies = Follower(
            shared.clients.reader,
            lambda: per_bot(shared.settings.topic.replies, _asked(shared.bots)),
            replies.take,
            shared.clock.wall,
            lambda: shared.health.started(REPLIES),
        )
        self._asks = asyncio.Event()
        shared.health.add_check("buffer", lambda: not shared.publisher.is_full)
        shared.bots.on_change(self._bots_changed)
        self._bots_changed({}, shared.bots)
        if self._asks.is_set():
            shared.health.expect(REPLIES)

    async def run(self) -> None:
        """Serve until `stop`."""
        async with asyncio.TaskGroup() as tasks:
            listening = tasks.create_task(self._replies.run(self._asks))
            await self._server.listen()
            listening.cancel()

    async def stop(self) -> None:
        """Serve on for a moment, since load balancers still send; then end `run`."""
        self._server.drain()
        await self._clock.sleep(self._drain_seconds)
        self._server.stop()

    def refresh(self, metrics: Metrics) -> None:
        """Bring the gauges up to date."""
        metrics.http_active.labels(POST).set(self.app.in_flight)

    def _bots_changed(self, _: Mapping[str, Bot], now: Mapping[str, Bot]) -> None:
        """Count for new bots, and read the replies topic while some bot is asked."""
        for bot in now:
            begin_callbacks_of(self._metrics, bot)
        if _asked(now):
            self._asks.set()
        else:
            self._asks.clear()


def _asked(bots: Mapping[str, Bot]) -> list[str]:
    """Name the bots that are asked for their welcome message."""
    return [name for name, bot in bots.items() if bot.welcome.mode == "reply"]
