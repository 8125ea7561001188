"""The sender: commands from the outbound topic to Viber, results back to Kafka."""

import asyncio
import random
from collections import Counter
from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter

from gateway.adapters.kafka.follower import Follower
from gateway.adapters.kafka.group import GroupOffsets
from gateway.adapters.kafka.rereader import Rereader
from gateway.adapters.kafka.source import CommandSource
from gateway.adapters.viber import ViberClient
from gateway.bots import Bot
from gateway.core.backoff import Backoff
from gateway.core.command import Command, CommandDecoder, InvalidCommand
from gateway.core.record import Record, TopicPartition
from gateway.core.result import Ending
from gateway.core.topics import per_bot, topic_of
from gateway.egress.bot_lane import Rules
from gateway.egress.consumer import Consumer, Pace
from gateway.egress.delivery import Delivery
from gateway.egress.dispatcher import Dispatcher
from gateway.egress.explain import Explainer
from gateway.egress.lanes import Lanes
from gateway.egress.outbox import Outbox
from gateway.egress.parking import HEARD_BEFORE_SECONDS, Parking
from gateway.egress.partition import Room
from gateway.egress.progress import Progress
from gateway.egress.recent import Recent
from gateway.egress.sender import Patience, Sender
from gateway.log import get_logger
from gateway.ops.beginnings import begin_commands, begin_commands_of
from gateway.ops.metrics import Metrics
from gateway.roles.calls import Calls
from gateway.roles.explain import explain_routes
from gateway.roles.gauges import Gauges
from gateway.roles.shared import Shared

PER_KEY = 100  # commands of one key that wait in memory; the rest is put off
MAX_DEFERRED = 100_000  # put-off commands of a partition; beyond it, it is paused

log = get_logger(__name__)


class SenderRole:
    """Sends commands, as one member of the consumer group."""

    def __init__(self, shared: Shared) -> None:
        self._shared = shared
        settings = shared.settings
        self._session_seconds = settings.kafka.session_timeout_seconds
        self._outbound = per_bot(settings.topic.outbound, shared.bots)
        self._decoder = CommandDecoder(shared.bots)
        self._viber = ViberClient(
            settings.viber.api_url,
            settings.viber.request_timeout_seconds,
            settings.sender.max_in_flight,
            shared.clock.wall,
        )
        self._calls = Calls(shared, self._viber)
        self._parking = Parking(shared.clock)
        self._inbound = Follower(
            shared.clients.reader,
            lambda: per_bot(settings.topic.inbound, shared.bots),
            self._parking.hear,
            lambda: shared.clock.wall() - HEARD_BEFORE_SECONDS,
        )
        self._rereader = Rereader(shared.clients.reader)
        self._lanes = self._build_lanes()
        self._recent = Recent()
        self._outbox = self._build_outbox()
        self._dispatcher = self._build_dispatcher()
        self._source = self._build_source()
        self._progress = self._build_progress()
        self._consumer = self._build_consumer()
        self._explainer = Explainer(
            self._dispatcher, self._lanes, self._recent, self._source.ends
        )
        self._gauges = self._build_gauges()
        begin_commands(shared.metrics, settings.topic.outbound)
        for bot in shared.bots:
            begin_commands_of(shared.metrics, bot)
        shared.bots.on_change(self._bots_changed)

    async def run(self) -> None:
        """Send until `stop`; then drain, commit and leave the group."""
        async with (
            self._viber,
            self._rereader,
            self._lanes,
            self._dispatcher,
            asyncio.TaskGroup() as tasks,
        ):
            watches = [tasks.create_task(self._inbound.run(self._parking.is_occupied))]
            if self._shared.settings.viber.webhook_url:
                watches.append(tasks.create_task(self._calls.watch_accounts()))
            await self._consumer.run()
            for watch in watches:
                watch.cancel()

    def stop(self) -> None:
        """End `run` in good order."""
        self._consumer.stop()

    def routes(self) -> APIRouter:
        """Build what the management port shows of the sender alone."""
        return explain_routes(self._explainer)

    def is_well(self) -> bool:
        """Whether no brake is engaged, and Kafka takes results."""
        topic, bots = self._shared.settings.topic, self._shared.bots
        written = per_bot(topic.results, bots) | per_bot(topic.dead_letters, bots)
        is_silent = self._shared.publisher.is_silent(written)
        return not (self._lanes.is_braked or self._outbox.is_refused or is_silent)

    def describe(self) -> dict[str, Any]:
        """Tell people how busy it is."""
        return {
            "partitions": sorted(f"{t}/{p}" for t, p in self._dispatcher.partitions),
            "in_flight": sum(lane.under_way for _, lane in self._lanes),
            "buffered": self._dispatcher.buffered,
            "deferred": sum(self._dispatcher.deferred.values()),
            "parked": len(self._parking),
            "waiting": self._dispatcher.count_waiting(),
            "conditions": {bot: lane.condition for bot, lane in self._lanes},
            "why": {bot: lane.why for bot, lane in self._lanes if lane.why},
        }

    def refresh(self, metrics: Metrics) -> None:
        """Bring the gauges up to date."""
        self._gauges.refresh(metrics, self._shared.settings.topic.outbound)

    def _build_lanes(self) -> Lanes:
        sender = self._shared.settings.sender
        rules = Rules(
            sender.circuit_failures,
            sender.dlq_max_ratio,
            sender.dlq_max_consecutive,
            self._backoff,
        )
        return Lanes(
            sender.max_in_flight,
            self._rate_of,
            rules,
            self._calls.look_at_account,
            self._shared.clock,
            self._shared.observer.bot_held_back,
        )

    def _build_outbox(self) -> Outbox:
        topic = self._shared.settings.topic
        return Outbox(
            self._shared.tracing.publishing(self._shared.publisher.publish),
            topic.results,
            topic.dead_letters,
            self._shared.bots,
            self._shared.clock.sleep,
            self._shared.observer.command_ended,
        )

    def _build_dispatcher(self) -> Dispatcher:
        sender, clock = self._shared.settings.sender, self._shared.clock
        viber = Sender(
            self._shared.tracing.calling(self._calls.send),
            self._lanes.of,
            self._parking,
            Patience(sender.max_attempts, sender.max_age_seconds, self._backoff),
            clock,
            self._shared.observer.attempt_made,
        )
        delivery = Delivery(
            viber.send, self._outbox, clock, self._judged, self._recent.remember
        )
        return Dispatcher(
            self._decode,
            viber.admit,
            self._shared.tracing.delivering(delivery.__call__),
            self._rereader.read,
            self._room(),
        )

    def _room(self) -> Room:
        """Give each bot its part of half the buffer, where there are several."""
        sender, bots = self._shared.settings.sender, len(self._shared.bots)
        part = max(sender.max_buffered // (2 * bots), PER_KEY) if bots > 1 else None
        return Room(PER_KEY, part, Counter())

    def _build_source(self) -> CommandSource:
        clients, observer = self._shared.clients, self._shared.observer
        group = self._shared.settings.kafka.consumer_group
        return CommandSource(
            clients,
            GroupOffsets(clients.admin, group).read,
            sorted(self._outbound),
            observer.rebalanced,
            observer.commit_refused,
        )

    def _build_progress(self) -> Progress:
        settings = self._shared.settings
        return Progress(
            self._progress_topic,
            settings.kafka.consumer_group,
            self._shared.publisher.publish,
            self._rereader.read,
            settings.sender.commit_interval_seconds,
        )

    def _progress_topic(self, outbound: str) -> str:
        bots = self._shared.bots
        topic = self._shared.settings.topic.progress
        return topic_of(topic, self._outbound.get(outbound), bots)

    def _build_gauges(self) -> Gauges:
        return Gauges(
            self._dispatcher,
            self._lanes,
            self._source,
            self._consumer,
            self._progress,
            self._shared.clock,
        )

    def _build_consumer(self) -> Consumer:
        sender = self._shared.settings.sender
        pace = Pace(
            sender.max_buffered,
            MAX_DEFERRED,
            sender.commit_every,
            sender.commit_interval_seconds,
            sender.drain_timeout_seconds,
            self._session_seconds,
        )
        return Consumer(
            self._source,
            self._dispatcher,
            self._progress,
            pace,
            self._shared.clock,
            self,
        )

    @property
    def _backoff(self) -> Backoff:
        sender = self._shared.settings.sender
        return Backoff(
            sender.backoff_initial_seconds, sender.backoff_max_seconds, random.random
        )

    def _rate_of(self, bot: str) -> float:
        known = self._shared.bots.get(bot)
        own = known.rate_limit_per_second if known else None
        return own or self._shared.settings.sender.rate_limit_per_second

    def _decode(self, record: Record) -> Command | InvalidCommand:
        now = self._shared.clock.wall()
        return self._decoder.decode(record, now, self._outbound.get(record.topic))

    def _judged(self, command: Command, ending: Ending) -> None:
        """Tell the brakes."""
        self._lanes.ended(command.bot, ending.reason)

    def kafka_changed(self, trouble: str | None) -> None:
        """Tell operators."""
        self._shared.observer.kafka_state("consumer", trouble)

    def polled(self, records: int) -> None:
        """Be alive."""
        self._shared.observer.records_read(records)
        self._shared.health.started("consumer")
        self._shared.health.tick()

    def proven(self, seconds: float) -> None:
        """Send on: the partitions are surely ours."""
        self._lanes.confirm(seconds)

    def ownership_changed(self, partitions: frozenset[TopicPartition]) -> None:
        """Take the part of each bot's rate that our partitions are worth."""
        for topic, bot in self._outbound.items():
            owned = sum(partition.topic == topic for partition in partitions)
            total = self._source.count_partitions(topic)
            self._lanes.set_share(bot, owned, total)
            if not total:
                log.warning("topic_missing", topic=topic)

    def _bots_changed(self, before: Mapping[str, Bot], now: Mapping[str, Bot]) -> None:
        """Read new bots' topics, take new rates, probe for a new token at once."""
        self._outbound = per_bot(self._shared.settings.topic.outbound, now)
        self._source.subscribe(sorted(self._outbound))
        self._lanes.rates_changed()
        for name, bot in now.items():
            begin_commands_of(self._shared.metrics, name)
            if name in before and bot.token != before[name].token:
                self._lanes.of(name).token_changed()
