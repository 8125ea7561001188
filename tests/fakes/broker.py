"""The outbound topic and its consumer group, in memory.

A member gets partitions, reads them from where the group has got to, and commits.
What the group forgets, a later member reads again: as with Kafka.
"""

import asyncio
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Protocol

from gateway.core.errors import KafkaUnavailableError
from gateway.core.record import Commit, Record, TopicPartition
from tests.fakes.record import ReadRecord

TOPIC = "viber.outbound"


class Rebalance(Protocol):
    """Is told what the group gives and takes."""

    async def assigned(self, committed: Mapping[TopicPartition, Commit], /) -> None:
        """Begin with these."""

    async def revoked(self, partitions: Iterable[TopicPartition], /) -> None:
        """End with these."""


class FakeBroker:
    """The topic: its records, and how far the group has got.

    Attributes:
        committed: The last commit of each partition.
        commits: All of them, in order.
        news: Set at each commit.
        gone: Partitions and offsets that retention has taken.
    """

    def __init__(self) -> None:
        self.logs: defaultdict[TopicPartition, list[ReadRecord]] = defaultdict(list)
        self.committed: dict[TopicPartition, Commit] = {}
        self.commits: list[Mapping[TopicPartition, Commit]] = []
        self.news = asyncio.Event()
        self.gone: set[tuple[int, int]] = set()

    def put(self, record: ReadRecord, partition: int = 0) -> ReadRecord:
        """Write a record to the end of a partition."""
        log = self.logs[TopicPartition(TOPIC, partition)]
        written = replace(record, topic=TOPIC, partition=partition, offset=len(log))
        log.append(written)
        return written

    def cut(self, length: int, partition: int = 0) -> None:
        """Lose the end of a partition; at 0 its topic was deleted and made anew."""
        del self.logs[TopicPartition(TOPIC, partition)][length:]

    def commit(self, commits: Mapping[TopicPartition, Commit]) -> None:
        """Keep how far the group has got."""
        self.committed |= commits
        self.commits.append(dict(commits))
        self.news.set()

    def begin(
        self, partitions: Iterable[TopicPartition]
    ) -> dict[TopicPartition, Commit]:
        """Tell where the group has got to."""
        return {p: self.committed.get(p, Commit(0)) for p in partitions}


class FakeSource:
    """One member of the group.

    Attributes:
        is_refusing: Whether the group refuses its commits.
        paused: What was not to be read the last time.
        is_member: Between joining the group and leaving it.
        may_join: Until it is set, the others do not let it in.
    """

    def __init__(self, broker: FakeBroker, refusals: int = 0) -> None:
        self._broker = broker
        self._refusals = refusals
        self._positions: dict[TopicPartition, int] = {}
        self._news = asyncio.Event()
        self._rebalance: Rebalance | None = None
        self.is_refusing = False
        self.is_member = False
        self.may_join = asyncio.Event()
        self.may_join.set()
        self.paused: frozenset[TopicPartition] = frozenset()

    async def start(self, rebalance: Rebalance) -> None:
        """Join the group, unless Kafka is away."""
        if self._refusals:
            self._refusals -= 1
            raise KafkaUnavailableError("no broker")
        await self.may_join.wait()
        self._rebalance = rebalance
        self.is_member = True

    async def assign(self, *partitions: int) -> None:
        """Be given partitions by the group."""
        assert self._rebalance is not None
        begin = self._broker.begin(TopicPartition(TOPIC, p) for p in partitions)
        self._positions |= {p: commit.offset for p, commit in begin.items()}
        await self._rebalance.assigned(begin)
        self.wake()

    async def revoke(self, *partitions: int) -> None:
        """Give partitions back to the group."""
        assert self._rebalance is not None
        leaving = [TopicPartition(TOPIC, p) for p in partitions]
        await self._rebalance.revoked(leaving)
        for partition in leaving:
            del self._positions[partition]

    def wake(self) -> None:
        """Let `poll` look again."""
        self._news.set()

    async def poll(
        self, _seconds: float, most: int, paused: Collection[TopicPartition]
    ) -> Sequence[Record]:
        """Return what was not read yet, or wait until somebody wakes us."""
        self.paused = frozenset(paused)
        found = self._fetch(most)
        if not found:
            self._news.clear()
            await self._news.wait()
        return found

    def _fetch(self, most: int) -> list[ReadRecord]:
        found: list[ReadRecord] = []
        for partition, position in self._positions.items():
            if partition not in self.paused:
                log = self._broker.logs[partition]
                begin = 0 if position > len(log) else position  # out of range
                fetched = log[begin:][: most - len(found)]
                self._positions[partition] = begin + len(fetched)
                found += fetched
        return found

    async def reread(
        self, partition: TopicPartition, offsets: Sequence[int]
    ) -> Sequence[Record]:
        """Read records again that were put off."""
        await asyncio.sleep(0)
        log, gone = self._broker.logs[partition], self._broker.gone
        return [log[n] for n in offsets if (partition.partition, n) not in gone]

    def seek(self, offsets: Mapping[TopicPartition, int]) -> None:
        """Read on there."""
        self._positions |= offsets

    async def commit(self, commits: Mapping[TopicPartition, Commit]) -> bool:
        """Commit, as long as the group takes it."""
        await asyncio.sleep(0)
        if self.is_refusing:
            return False
        self._broker.commit(commits)
        return True

    async def stop(self) -> None:
        """Leave the group."""
        self.is_member = False
