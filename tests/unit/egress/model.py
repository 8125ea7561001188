"""A topic with its group, and a process that ends commands when it is told to.

`Log` is a partition: it knows of each record whether its command has ended, and what
of that the group knows.  `Process` is a real dispatcher with a scripted way to Viber.
Room and slots are tiny, so that commands are put off and read again all the time.
"""

import asyncio
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from gateway.core.command import Command
from gateway.core.record import Commit, Record, TopicPartition
from gateway.egress.activity import Activity, Wait
from gateway.egress.dispatcher import Dispatcher
from gateway.egress.partition import Room
from gateway.egress.turnstile import Queue, Turn, Turnstile
from tests.fakes.broker import TOPIC
from tests.fakes.clock import FakeClock
from tests.fakes.commands import TWO_BOTS, record
from tests.fakes.record import NOON, ReadRecord

SLOTS = 3
PER_KEY = 1
PER_BOT = 6


def kind(bot: str, key: bytes | None, body: bytes | None) -> ReadRecord:
    """Return what a bot may write."""
    return replace(record(b"", bot=bot), key=key, value=body)


COMMAND = b'{"broadcast_list": ["somebody"]}'
# What bots write: for a user, for nobody, or nothing that is a command.
KINDS: Mapping[str, ReadRecord] = {
    "a": kind("shop", b"a", COMMAND),
    "b": kind("shop", b"b", COMMAND),
    "-": kind("shop", None, COMMAND),
    "A": kind("help", b"a", COMMAND),
    "?": kind("shop", b"a", b"no JSON"),
    "0": kind("shop", b"a", None),
}


class Log:
    """A partition of the topic, and what became of its records.

    Attributes:
        records: What is there, by offset.
        ended: The records whose commands have ended, as far as anybody knows.
        kept: Those of which the group knows; a crash leaves only these.
        committed: What the group knows them by.
    """

    def __init__(self, number: int) -> None:
        self.name = TopicPartition(TOPIC, number)
        self.records: dict[int, ReadRecord] = {}
        self.end = self.position = 0
        self.ended: frozenset[int] = frozenset()
        self.kept: frozenset[int] = frozenset()
        self.committed = Commit(0)

    def write(self, draft: ReadRecord, gap: int) -> None:
        """Append a record, perhaps after offsets that none has."""
        offset = self.end + gap
        self.records[offset] = replace(
            draft, topic=TOPIC, partition=self.name.partition, offset=offset
        )
        self.end = offset + 1

    def cut(self, end: int) -> None:
        """Lose what stands from here on."""
        self.records = {o: r for o, r in self.records.items() if o < end}
        self.end = end

    def begin(self) -> None:
        """Be read from where the group has got to."""
        self.position = self.committed.offset
        self.ended = self.kept

    def read(self, count: int) -> list[ReadRecord]:
        """Return what comes next."""
        found = [r for o, r in self.records.items() if o >= self.position][:count]
        if found:
            self.position = found[-1].offset + 1
        return found

    @property
    def commands(self) -> list[ReadRecord]:
        """The records that ask for something: all but tombstones."""
        return [record for record in self.records.values() if record.value]

    @property
    def unended(self) -> list[ReadRecord]:
        """The records whose commands have not ended."""
        return [r for r in self.commands if r.offset not in self.ended]

    def is_next(self, running: Record) -> bool:
        """Whether all that came before it with its key has ended."""
        same = [r for r in self.unended if same_key(r, running)]
        return running == same[0] if same else False


def same_key(one: Record, other: Record) -> bool:
    """Whether two records keep their order."""
    if one == other:
        return True
    is_ordered = one.key is not None and one.value == other.value == COMMAND
    return is_ordered and (one.key, one.headers) == (other.key, other.headers)


@dataclass(eq=False, slots=True)
class Delivery:
    """A command that its key has begun with.

    Attributes:
        answer: While it is sent: done with whether that was the end of it.
        waker: While it waits for something other than a turn.
    """

    record: Record
    answer: asyncio.Future[bool] | None = None
    waker: asyncio.Future[None] | None = None


class Process:
    """A dispatcher whose commands end, or wait, when the machine says so."""

    def __init__(self, logs: Sequence[Log]) -> None:
        self._logs = {log.name: log for log in logs}
        self._turnstile = Turnstile(SLOTS, lambda: True, FakeClock())
        self._queue = Queue(lambda: 0.0)
        self.running: list[Delivery] = []
        self.rereading: list[asyncio.Future[None]] = []
        self.room = Room(PER_KEY, PER_BOT, Counter())
        self.dispatcher = Dispatcher(
            lambda record: TWO_BOTS.decode(record, NOON),
            self._admit,
            self._deliver,
            self._reread,
            self.room,
        )

    @property
    def sending(self) -> list[Delivery]:
        """The commands that hold a slot."""
        return [delivery for delivery in self.running if delivery.answer]

    @property
    def waiting(self) -> int:
        """How many commands wait for a turn."""
        return self.dispatcher.count_waiting().get(Wait.TURN, 0)

    @property
    def parked(self) -> list[Delivery]:
        """The commands that wait for something other than a turn."""
        return [delivery for delivery in self.running if delivery.waker]

    def running_of(self, log: Log) -> set[Delivery]:
        """The commands of a partition that its keys have begun with."""
        number = log.name.partition
        return {each for each in self.running if each.record.partition == number}

    def _admit(self, _command: Command, activity: Activity) -> None:
        activity.lane = self
        self._turnstile.join(self._queue, activity)

    def withdraw(self, activity: Activity) -> None:
        """Let a command wait for its turn no longer."""
        self._queue.withdraw(activity)

    def leave(self) -> None:
        """End a turn."""
        self._turnstile.leave()

    async def _deliver(self, activity: Activity) -> None:
        delivery = Delivery(activity.command.record)
        self.running.append(delivery)
        try:
            while not await self._send(activity, delivery):
                delivery.waker = asyncio.get_running_loop().create_future()
                with activity.waiting(Wait.PARKED):
                    await delivery.waker
                delivery.waker = None
        finally:
            self.running.remove(delivery)
        log = self._logs[TopicPartition(TOPIC, delivery.record.partition)]
        log.ended |= {delivery.record.offset}

    async def _send(self, activity: Activity, delivery: Delivery) -> bool:
        """Hold a slot until there is an answer; tell whether it is the end."""
        if not activity.use_turn():
            await self._wait_for_turn(activity)
        with self._slot(delivery) as answer:
            return await answer

    async def _wait_for_turn(self, activity: Activity) -> None:
        turn = Turn()
        self._turnstile.join(self._queue, turn)
        try:
            with activity.waiting(Wait.TURN):
                await turn
        except asyncio.CancelledError:
            self._queue.withdraw(turn)
            if turn.done() and not turn.cancelled():
                self._turnstile.leave()
            raise

    @contextmanager
    def _slot(self, delivery: Delivery) -> Iterator[asyncio.Future[bool]]:
        delivery.answer = asyncio.get_running_loop().create_future()
        try:
            yield delivery.answer
        finally:
            delivery.answer = None
            self.leave()

    async def _reread(
        self, partition: TopicPartition, offsets: Sequence[int]
    ) -> Sequence[Record]:
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.rereading.append(done)
        try:
            await done
        finally:
            self.rereading.remove(done)
        records = self._logs[partition].records
        return [records[offset] for offset in offsets if offset in records]
