"""The whole sending side of a gateway between a fake Kafka and a scripted Viber.

Only what lies outside is fake: the topic and its group, Viber's API, the clock.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

import msgspec

from gateway.bots import Bot
from gateway.core.backoff import Backoff
from gateway.core.command import Command, CommandDecoder, InvalidCommand
from gateway.core.outcome import Outcome
from gateway.core.record import Commit, NewRecord, Place, Record, TopicPartition
from gateway.core.result import Ending
from gateway.egress.bot_lane import Rules
from gateway.egress.consumer import Consumer, Pace
from gateway.egress.delivery import Delivery
from gateway.egress.dispatcher import Dispatcher
from gateway.egress.lanes import Lanes
from gateway.egress.outbox import Outbox
from gateway.egress.parking import Parking
from gateway.egress.partition import Room
from gateway.egress.progress import Progress
from gateway.egress.sender import Patience, Sender
from tests.fakes.broker import TOPIC, FakeBroker, FakeSource
from tests.fakes.clock import FakeClock
from tests.fakes.commands import TEXT, record
from tests.fakes.publish import FakePublish
from tests.fakes.record import ReadRecord, content
from tests.fakes.settle import settle
from tests.fakes.viber import FakeViber

# Without dice: 0.5, 1, 2, 4, 8, 16, 30, 30, ... seconds.
BACKOFF = Backoff(0.5, 60.0, lambda: 0.0)
FOR_EVER = 1e9
NO_HEADERS: dict[str, str] = {}


@dataclass(frozen=True, slots=True)
class Options:
    """What a test may set."""

    bots: tuple[str, ...] = ("shop",)
    slots: int = 64
    rate: float = 1e6
    partitions: int = 1
    max_attempts: int = 8
    max_age_seconds: float = 86_400.0
    circuit_failures: int = 5
    dlq_max_ratio: float = 1.0
    dlq_max_consecutive: int = 0
    max_buffered: int = 1000
    max_deferred: int = 100_000
    per_key: int = 100
    commit_every: int = 1
    commit_interval_seconds: float = FOR_EVER
    drain_seconds: float = 0.0
    session_seconds: float = FOR_EVER
    results: str = "viber.results"
    most_bytes: int = 1_000_000


class Side:
    """The parts, wired as the sender role wires them.

    Attributes:
        ended: Every command that has ended, in order.
        maps: The progress topic.
        rate: Every bot's calls per second.
        conditions: What held a bot back, each time that this changed.
        after_attempt: Called right after each attempt, before anything else goes on.
        waited: How long each attempt waited for its turn.
    """

    def __init__(
        self, options: Options, broker: FakeBroker | None = None, refusals: int = 0
    ) -> None:
        self._options = options
        self.rate = options.rate
        self.clock = FakeClock()
        self.viber = FakeViber(self.clock)
        self.broker = broker or FakeBroker()
        self.source = FakeSource(self.broker, refusals)
        self.publish = FakePublish(options.most_bytes)
        self.ended: list[tuple[str, Ending]] = []
        self.kafka_troubles: list[str | None] = []
        self.after_attempt: Callable[[], object] = lambda: None
        self.waited: list[float] = []
        self.conditions: list[tuple[str, str]] = []
        self.maps: list[ReadRecord] = []
        self.read = 0
        self.parking = Parking(self.clock)
        self.lanes = self._build_lanes()
        self.outbox = self._build_outbox()
        self.dispatcher = self._build_dispatcher()
        self.consumer = self._build_consumer()

    def _build_lanes(self) -> Lanes:
        options = self._options
        rules = Rules(
            options.circuit_failures,
            options.dlq_max_ratio,
            options.dlq_max_consecutive,
            BACKOFF,
        )
        return Lanes(
            options.slots,
            lambda _: self.rate,
            rules,
            self.viber.probe,
            self.clock,
            lambda bot, condition, _: self.conditions.append((bot, condition)),
        )

    def _build_outbox(self) -> Outbox:
        return Outbox(
            self.publish,
            self._options.results,
            "viber.dlq",
            self._options.bots,
            self.clock.sleep,
            lambda command, ending: self.ended.append((command.id, ending)),
        )

    def _judged(self, command: Command, ending: Ending) -> None:
        self.lanes.ended(command.bot, ending.reason)

    def _build_dispatcher(self) -> Dispatcher:
        options = self._options
        patience = Patience(options.max_attempts, options.max_age_seconds, BACKOFF)
        sender = Sender(
            self.viber.call,
            self.lanes.of,
            self.parking,
            patience,
            self.clock,
            self._observe,
        )
        per_bot = None if len(options.bots) == 1 else options.max_buffered // 2
        return Dispatcher(
            self._decode,
            sender.admit,
            Delivery(
                sender.send, self.outbox, self.clock, self._judged, lambda *_: None
            ),
            self.source.reread,
            Room(options.per_key, per_bot, Counter()),
        )

    def _build_consumer(self) -> Consumer:
        options = self._options
        pace = Pace(
            options.max_buffered,
            options.max_deferred,
            options.commit_every,
            options.commit_interval_seconds,
            options.drain_seconds,
            options.session_seconds,
        )
        progress = Progress(
            lambda _: "viber.progress", "group", self._keep, self._find, 1.0
        )
        return Consumer(self.source, self.dispatcher, progress, pace, self.clock, self)

    async def _keep(self, record: NewRecord, _seconds: float) -> Place:
        self.maps.append(ReadRecord(record.value, key=record.key, topic=record.topic))
        return Place(0, len(self.maps) - 1)

    async def _find(
        self, _partition: TopicPartition, offsets: Sequence[int]
    ) -> Sequence[Record]:
        return [self.maps[offset] for offset in offsets]

    def _observe(self, _command: Command, _outcome: Outcome, waited: float) -> None:
        self.waited.append(waited)
        self.after_attempt()

    def _decode(self, record: Record) -> Command | InvalidCommand:
        bots = {name: Bot(name, f"token of {name}") for name in self._options.bots}
        return CommandDecoder(bots).decode(record, self.clock.wall())

    def kafka_changed(self, trouble: str | None) -> None:
        """Hear whether Kafka can be reached."""
        self.kafka_troubles.append(trouble)

    def polled(self, records: int) -> None:
        """Hear that the poll loop went round."""
        self.read += records

    def proven(self, seconds: float) -> None:
        """Hear for how long the partitions are surely ours."""
        self.lanes.confirm(seconds)

    def ownership_changed(self, partitions: frozenset[TopicPartition]) -> None:
        """Hear which partitions are ours."""
        self.lanes.set_share(None, len(partitions), self._options.partitions)

    def put(
        self,
        identity: str,
        body: Any = TEXT,
        headers: Mapping[str, str] = NO_HEADERS,
        *,
        key: bytes | None = None,
        partition: int = 0,
    ) -> ReadRecord:
        """Write a command to the topic, under its id."""
        written = replace(record(body, **{**headers, "id": identity}), key=key)
        found = self.broker.put(written, partition)
        self.source.wake()
        return found

    async def pass_time(self, seconds: float = 1.0) -> None:
        """Let time pass."""
        await self.clock.pass_time(seconds)

    async def until_ended(self, *identities: str) -> None:
        """Let time pass until these commands have ended."""
        await self.clock.pass_until(
            lambda: set(identities) <= {identity for identity, _ in self.ended}
        )

    def results(self) -> list[tuple[str, str]]:
        """Return the id and the outcome of every result, in order."""
        return [(r["command_id"], r["outcome"]) for r in self._said("viber.results")]

    def result(self, identity: str) -> dict[str, Any]:
        """Return the one result of a command."""
        (found,) = (
            r for r in self._said("viber.results") if r["command_id"] == identity
        )
        return found

    def _said(self, topic: str) -> list[dict[str, Any]]:
        written = [r.value for r in self.publish.records if r.topic == topic]
        return [msgspec.json.decode(value or b"") for value in written]

    def reasons(self) -> dict[str, str]:
        """Return the reason of every dead letter by the command's id."""
        letters = [r.headers for r in self.publish.records if r.topic == "viber.dlq"]
        found = [content(headers) for headers in letters]
        return {each["dlq_command_id"]: each["dlq_reason"] for each in found}

    def committed(self, partition: int = 0) -> Commit:
        """Return how far the group has got."""
        return self.broker.committed.get(TopicPartition(TOPIC, partition), Commit(0))


@asynccontextmanager
async def running(
    options: Options | None = None, broker: FakeBroker | None = None
) -> AsyncIterator[Side]:
    """Run a sending side that owns all partitions; at the end it stops in order."""
    options = options or Options()
    side = Side(options, broker)
    async with side.lanes, side.dispatcher, asyncio.TaskGroup() as tasks:
        task = tasks.create_task(side.consumer.run())
        await settle()
        await side.source.assign(*range(options.partitions))
        await side.pass_time()
        yield side
        side.consumer.stop()
        side.source.wake()
        await side.clock.pass_until(task.done)
