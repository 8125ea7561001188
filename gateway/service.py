"""The composition root: builds every object, owns start order, signals and stop order.

One process, one event loop, one task group.  A long-lived task that crashes ends the
process with exit code 1; Kafka and the platform start it again (ADR 0001).

Stopping, after SIGTERM or SIGINT, in phases with a budget each:
1. readiness off; callbacks are still served     HTTP_DRAIN_SECONDS              5
2. the public listener closes, answers finish    server.FINISH_SECONDS           5
3. the consumer drains, commits, leaves          SENDER_DRAIN_TIMEOUT_SECONDS   20
                                                 + COMMIT_SECONDS                5
4. the producer sends what waits, clients close  LAST_SECONDS                   10
The sum is 45 s, and 2 s more (spans.CLOSE_SECONDS) where tracing is on: below the
pod's grace period.  Liveness stays green throughout.  A second signal ends the process
at once.
"""

import asyncio
import os
import signal
from collections.abc import Coroutine, Iterator
from contextlib import AsyncExitStack
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, Literal

from gateway.adapters.kafka.clients import KafkaClients
from gateway.adapters.kafka.producers import Producers
from gateway.adapters.kafka.publisher import Publisher
from gateway.egress.clock import SystemClock
from gateway.log import get_logger
from gateway.ops.asyncapi import asyncapi_routes
from gateway.ops.beginnings import begin_dead_letters, begin_kafka
from gateway.ops.exporter import open_tracing
from gateway.ops.health import Health
from gateway.ops.loop_lag import watch_loop
from gateway.ops.management import management_app
from gateway.ops.metrics import Metrics
from gateway.ops.observe import Observer
from gateway.ops.openapi import openapi_routes
from gateway.ops.server import Server, bind
from gateway.roles.shared import Shared
from gateway.roster import Roster
from gateway.settings import Settings

if TYPE_CHECKING:
    from gateway.roles.receiver import ReceiverRole
    from gateway.roles.sender import SenderRole

Role = Literal["all", "receiver", "sender"]

COMMIT_SECONDS = 5.0
LAST_SECONDS = 10.0

log = get_logger(__name__)


class Service:
    """The gateway in one of its roles.

    Args:
        settings: All settings.
        bots: The bots, read again when their files change.
        role: Callbacks (`receiver`), commands (`sender`), or both (`all`).

    Raises:
        SettingsError: A port is taken, a file for Kafka cannot be read, or tracing is
            asked for and cannot be had.
    """

    def __init__(self, settings: Settings, bots: Roster, role: Role) -> None:
        self._settings = settings
        self._role = role
        self._revision = os.environ.get("BUILD_REVISION", "")  # the image tells it
        self._stopping = asyncio.Event()
        self._shared = self._build_shared(settings, bots, role)
        self._receiver = _receiver(self._shared) if role != "sender" else None
        self._sender = _sender(self._shared) if role != "receiver" else None
        if self._sender is not None:
            # Callbacks are welcome whatever befalls commands (ADR 0006).
            is_needed = self._receiver is None
            well = self._sender.is_well
            self._shared.health.add_check("sender", well, is_needed=is_needed)
        self._management = self._build_management()

    async def run(self) -> None:
        """Serve until SIGTERM or SIGINT, then stop in order.

        Raises:
            ExceptionGroup: A long-lived task crashed.
        """
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._stop)
        resources = AsyncExitStack()
        try:
            await resources.enter_async_context(self._producers)
            await resources.enter_async_context(self._shared.publisher)
            async with asyncio.TaskGroup() as tasks:
                await self._serve(tasks)
        finally:
            await self._close(resources)
            self._shared.tracing.close()
        log.info("stopped")

    async def _close(self, resources: AsyncExitStack) -> None:
        """Send what waits for Kafka; what it will not take by then was not answered."""
        try:
            async with asyncio.timeout(LAST_SECONDS):
                await resources.aclose()
        except TimeoutError:
            log.warning("stopped_unsent", records=self._shared.publisher.waiting)

    def _stop(self) -> None:
        """Stop in good order; when told twice, at once."""
        if self._stopping.is_set():
            os._exit(1)
        self._stopping.set()

    async def _serve(self, tasks: asyncio.TaskGroup) -> None:
        tasks.create_task(self._management.listen())
        receiving = self._receiver and tasks.create_task(self._receiver.run())
        watches = [tasks.create_task(watch) for watch in self._watches()]
        sending = self._sender and tasks.create_task(self._sender.run())
        await self._stopping.wait()
        self._shared.health.is_draining = True
        log.info("draining")
        if self._receiver and receiving:
            await self._receiver.stop()
            await receiving
        if self._sender and sending:
            self._sender.stop()
            budget = self._settings.sender.drain_timeout_seconds + COMMIT_SECONDS
            await asyncio.wait({sending}, timeout=budget)
            sending.cancel()
        for watch in watches:
            watch.cancel()
        self._management.stop()

    def _watches(self) -> Iterator[Coroutine[Any, Any, None]]:
        """What goes on until the end, whatever the role."""
        shared = self._shared
        observe = shared.metrics.loop_lag.observe
        yield shared.bots.watch()
        yield watch_loop(observe, shared.clock.sleep, shared.clock.monotonic)

    def _build_shared(self, settings: Settings, bots: Roster, role: Role) -> Shared:
        clock, topic = SystemClock(), settings.topic
        metrics = Metrics(role, self._revision)
        tracing = open_tracing(os.environ, settings.viber.api_url)
        observer = Observer(
            metrics, bots, topic.outbound, topic.dead_letters, tracing.exemplar
        )
        begin_dead_letters(metrics, topic.dead_letters)
        parts = {"producer"} if role == "receiver" else {"producer", "consumer"}
        begin_kafka(metrics, parts)
        clients = KafkaClients(settings.kafka)
        self._producers = Producers(
            clients.producer, clients.explain, self._producer_changed
        )
        most = settings.http.max_in_flight + settings.sender.max_buffered
        return Shared(
            settings=settings,
            bots=bots,
            clock=clock,
            metrics=metrics,
            observer=observer,
            health=Health(clock.monotonic, frozenset(parts)),
            clients=clients,
            publisher=Publisher(
                self._producers, observer.batch_answered, most, observer.kafka_trouble
            ),
            tracing=tracing,
        )

    def _build_management(self) -> Server:
        management = self._settings.management
        listener = bind("MANAGEMENT_PORT", management.host, management.port)
        app = management_app(
            self._shared.health,
            self._shared.metrics.registry,
            self._refresh,
            self._describe,
        )
        app.include_router(asyncapi_routes(self._settings.topic))
        if self._sender:
            app.include_router(self._sender.routes())
        if self._receiver:
            app.include_router(openapi_routes(self._receiver.app.openapi))
        return Server(app, "management", listener)

    def _producer_changed(self, trouble: str | None) -> None:
        self._shared.observer.kafka_state("producer", trouble)
        if trouble is None:
            self._shared.health.started("producer")

    def _refresh(self) -> None:
        metrics, health = self._shared.metrics, self._shared.health
        metrics.producer_buffered.set(self._shared.publisher.waiting)
        for name, is_well in health.checks.items():
            metrics.ready.labels(name).set(is_well)
        for role in (self._receiver, self._sender):
            if role is not None:
                role.refresh(metrics)

    def _describe(self) -> dict[str, Any]:
        """Tell people what runs here and how busy it is."""
        return {
            "version": version("viber-gateway"),
            "revision": self._revision,
            "role": self._role,
            "bots": sorted(self._shared.bots),
            "tasks": len(asyncio.all_tasks()),
            "waiting_for_kafka": self._shared.publisher.waiting,
            **(self._sender.describe() if self._sender else {}),
        }


# Each role is loaded where it runs: the other's libraries take 8 MB (ADR 0018).


def _receiver(shared: Shared) -> "ReceiverRole":
    from gateway.roles.receiver import ReceiverRole  # noqa: PLC0415  see above

    return ReceiverRole(shared)


def _sender(shared: Shared) -> "SenderRole":
    from gateway.roles.sender import SenderRole  # noqa: PLC0415  see above

    return SenderRole(shared)
