"""The composition root: builds every object, owns start order, signals and stop order.

One process, one event loop, one task group.  A long-lived task that crashes ends the
process with exit code 1; Kafka and the platform start it again (ADR 0001).

Stopping, after SIGTERM or SIGINT, in phases with a budget each:
1. readiness off; callbacks are still served     HTTP_DRAIN_SECONDS              5
2. the public listener closes, answers finish    server.FINISH_SECONDS           5
3. the consumer drains, commits, leaves          SENDER_DRAIN_TIMEOUT_SECONDS   20
                                                 + COMMIT_SECONDS                5
4. the producer sends what waits, clients close  LAST_SECONDS                   10
The sum is 45 s, below the pod's grace period.  Liveness stays green throughout.  A
second signal ends the process at once.
"""

import asyncio
import os
import random
import signal
from collections.abc import Collection, Mapping
from contextlib import AsyncExitStack
from importlib.metadata import version
from typing import Any, Literal

import structlog

from gateway.adapters.kafka.clients import KafkaClients
from gateway.adapters.kafka.group import GroupOffsets
from gateway.adapters.kafka.producers import Producers
from gateway.adapters.kafka.publisher import Publisher
from gateway.adapters.kafka.source import CommandSource
from gateway.adapters.viber import ViberClient
from gateway.bots import Bot
from gateway.core.answer import Reply, TransportFailure
from gateway.core.backoff import Backoff
from gateway.core.command import Command, CommandDecoder, InvalidCommand
from gateway.core.record import Record
from gateway.egress.clock import SystemClock
from gateway.egress.consumer import Consumer, Pace
from gateway.egress.delivery import Delivery
from gateway.egress.dispatcher import Dispatcher
from gateway.egress.outbox import Outbox
from gateway.egress.sender import Patience, Sender
from gateway.ingress.app import PublicApp
from gateway.ingress.intake import Intake, Topics
from gateway.ingress.webhook import Limits, Webhook
from gateway.ops.health import Health
from gateway.ops.management import management_app
from gateway.ops.metrics import Metrics
from gateway.ops.observe import Observer
from gateway.ops.server import Server, address, bind
from gateway.settings import Settings

Role = Literal["all", "receiver", "sender"]

COMMIT_SECONDS = 5.0
LAST_SECONDS = 10.0

log = structlog.get_logger(__name__)


class Service:
    """The gateway in one of its roles.

    Args:
        settings: All settings.
        bots: The bots by name.
        role: Callbacks (`receiver`), commands (`sender`), or both (`all`).

    Raises:
        SettingsError: A port is taken, or a file for Kafka cannot be read.
    """

    def __init__(self, settings: Settings, bots: Mapping[str, Bot], role: Role) -> None:
        self._settings = settings
        self._bots = bots
        self._receives = role != "sender"
        self._sends = role != "receiver"
        self._clock = SystemClock()
        self._stopping = asyncio.Event()
        self._metrics = Metrics(role)
        self._observer = Observer(
            self._metrics, bots, settings.topic.outbound, settings.topic.dead_letters
        )
        parts = {"producer", "consumer"} if self._sends else {"producer"}
        self._health = Health(self._clock.monotonic, frozenset(parts))
        self._clients = KafkaClients(settings.kafka)
        self._producers = Producers(self._clients.producer, self._producer_connected)
        self._publisher = Publisher(
            self._producers,
            self._observer.batch_answered,
            settings.http.max_in_flight + settings.sender.max_buffered,
        )
        self._viber = ViberClient(
            settings.viber.api_url,
            settings.viber.request_timeout_seconds,
            settings.sender.max_in_flight,
            self._clock.wall,
        )
        self._decoder = CommandDecoder({name: bot.sender for name, bot in bots.items()})
        self._outbound_topics = outbound_topics(settings.topic.outbound, bots)
        self._outbox = self._build_outbox()
        self._dispatcher = self._build_dispatcher()
        self._consumer = self._build_consumer()
        self._public_app = PublicApp(self._build_webhook())
        self._servers = self._build_servers(role)

    async def run(self) -> None:
        """Serve until SIGTERM or SIGINT, then stop in order."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._stop)
        resources = AsyncExitStack()
        try:
            await resources.enter_async_context(self._producers)
            await resources.enter_async_context(self._publisher)
            await resources.enter_async_context(self._viber)
            async with self._dispatcher, asyncio.TaskGroup() as tasks:
                await self._serve(tasks)
        finally:
            async with asyncio.timeout(LAST_SECONDS):
                await resources.aclose()
        log.info("stopped")

    def _stop(self) -> None:
        """Stop in good order; when told twice, at once."""
        if self._stopping.is_set():
            os._exit(1)
        self._stopping.set()

    async def _serve(self, tasks: asyncio.TaskGroup) -> None:
        serving = {
            name: tasks.create_task(server.listen())
            for name, server in self._servers.items()
        }
        consuming = tasks.create_task(self._consumer.run()) if self._sends else None
        await self._stopping.wait()
        self._health.is_draining = True
        log.info("draining")
        if self._receives:
            await self._clock.sleep(self._settings.http.drain_seconds)
            self._servers["public"].stop()
            await serving["public"]
        if consuming is not None:
            self._consumer.stop()
            budget = self._settings.sender.drain_timeout_seconds + COMMIT_SECONDS
            await asyncio.wait({consuming}, timeout=budget)
            consuming.cancel()
        self._servers["management"].stop()

    def _producer_connected(self, is_connected: bool) -> None:  # noqa: FBT001  a state
        self._observer.kafka_connected("producer", is_connected=is_connected)
        if is_connected:
            self._health.started("producer")

    def _polled(self) -> None:
        self._health.started("consumer")
        self._health.tick()

    def _build_webhook(self) -> Webhook:
        http, topic = self._settings.http, self._settings.topic
        intake = Intake(
            self._publisher.publish,
            Topics(topic.inbound, topic.dead_letters),
            http.publish_timeout_seconds,
            self._clock.wall,
        )
        limits = Limits(
            http.max_body_bytes,
            http.body_timeout_seconds,
            http.deadline_seconds,
            http.max_in_flight,
        )
        return Webhook(self._bots, intake, limits, self._observer.callback_answered)

    def _build_outbox(self) -> Outbox:
        topic = self._settings.topic
        return Outbox(
            self._publisher.publish,
            topic.results,
            topic.dead_letters,
            self._clock.sleep,
            self._observer.command_ended,
        )

    def _build_dispatcher(self) -> Dispatcher:
        sender = self._settings.sender
        backoff = Backoff(
            sender.backoff_initial_seconds, sender.backoff_max_seconds, random.random
        )
        patience = Patience(sender.max_attempts, sender.max_age_seconds, backoff.delay)
        send = Sender(
            self._call,
            asyncio.Semaphore(sender.max_in_flight),
            patience,
            self._clock,
            self._observer.attempt_made,
        ).send
        return Dispatcher(self._decode, Delivery(send, self._outbox, self._clock))

    def _build_consumer(self) -> Consumer:
        kafka, sender = self._settings.kafka, self._settings.sender
        source = CommandSource(
            self._clients.consumer,
            GroupOffsets(self._clients.admin, kafka.consumer_group).read,
            sorted(self._outbound_topics),
            self._observer.rebalanced,
            self._observer.commit_refused,
        )
        pace = Pace(
            sender.max_buffered,
            sender.commit_every,
            sender.commit_interval_seconds,
            sender.drain_timeout_seconds,
        )
        return Consumer(source, self._dispatcher, pace, self._clock, self._polled)

    def _build_servers(self, role: Role) -> Mapping[str, Server]:
        """Take the ports, so that a taken one is known before anything is served."""
        http, management = self._settings.http, self._settings.management
        servers = {}
        if self._receives:
            listener = bind("HTTP_PORT", http.host, http.port)
            servers["public"] = Server(self._public_app, listener, http.max_connections)
            log.info("listening", port="public", url=address(listener))
        self._health.add_check("buffer", lambda: not self._publisher.is_full)
        if role == "sender":
            self._health.add_check("results", lambda: not self._outbox.is_refused)
        app = management_app(
            self._health,
            self._metrics.registry,
            self._public_app.openapi,
            lambda: self._describe(role),
        )
        listener = bind("MANAGEMENT_PORT", management.host, management.port)
        servers["management"] = Server(app, listener)
        log.info("listening", port="management", url=address(listener))
        return servers

    async def _call(self, command: Command) -> Reply | TransportFailure:
        token = self._bots[command.bot].token
        in_flight = self._metrics.in_flight.labels(command.bot)
        with in_flight.track_inprogress():
            return await self._viber.call(token, command.method, command.body)

    def _decode(self, record: Record) -> Command | InvalidCommand:
        return self._decoder.decode(
            record, self._clock.wall(), self._outbound_topics[record.topic]
        )

    def _describe(self, role: Role) -> dict[str, Any]:
        """Tell people what runs here and how busy it is."""
        return {
            "version": version("viber-gateway"),
            "role": role,
            "bots": sorted(self._bots),
            "partitions": sorted(f"{t}/{p}" for t, p in self._dispatcher.partitions),
            "buffered": self._dispatcher.buffered,
            "waiting_for_kafka": self._publisher.waiting,
        }


def outbound_topics(name: str, bots: Collection[str]) -> dict[str, str | None]:
    """Name the topics to read, each with the bot that it belongs to, if it does."""
    if "{bot}" not in name:
        return {name: None}
    return {name.replace("{bot}", bot): bot for bot in bots}
