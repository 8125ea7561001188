"""Reads commands and commits what has ended.

Rule 1: it polls always, also when it wants nothing: a consumer that stops polling
leaves its group (KIP-62).  What has no room in the buffer is paused, and it polls on.
Rule 2: it commits only what `Dispatcher.committable` allows: in time, in number, when
partitions are revoked, and at the end.
Rule 3: our partitions are surely ours for one session after the group gave them, or
took a commit; it tells how long that is.

Revoked partitions are drained and committed before they are given back: their new
owner begins where we ended.
"""

import asyncio
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple, Protocol

from gateway.core.errors import KafkaUnavailableError
from gateway.core.pausing import without_room
from gateway.core.record import Commit, Record, TopicPartition
from gateway.egress.clock import Clock
from gateway.egress.dispatcher import Dispatcher
from gateway.egress.progress import Progress
from gateway.log import get_logger

POLL_SECONDS = 0.2
RECONNECT_SECONDS = 1.0
MAX_POLL_RECORDS = 100
PROOFS_PER_SESSION = 3
EXPIRE_SECONDS = 1.0

log = get_logger(__name__)


class Source(Protocol):
    """The outbound topics, as a member of the consumer group."""

    async def start(self, rebalance: "Rebalance", /) -> None:
        """Join the group, or raise KafkaUnavailableError; may be cancelled."""

    async def poll(
        self, seconds: float, most: int, paused: Collection[TopicPartition], /
    ) -> Sequence[Record]:
        """Wait for records, at most so long and so many, but for paused partitions."""

    async def commit(self, commits: Mapping[TopicPartition, Commit], /) -> bool:
        """Commit; False when the group has moved on and it no longer counts."""

    def seek(self, offsets: Mapping[TopicPartition, int], /) -> None:
        """Read on there."""

    async def stop(self) -> None:
        """Leave the group."""


class Rebalance(Protocol):
    """Is told what the group gives and takes."""

    async def assigned(self, committed: Mapping[TopicPartition, Commit], /) -> None:
        """Begin with these, where the group has got to."""

    async def revoked(self, partitions: Iterable[TopicPartition], /) -> None:
        """End with these before returning."""


class Member(Protocol):
    """Hears how we stand with the group."""

    def kafka_changed(self, trouble: str | None, /) -> None:
        """Kafka cannot be reached, and why; or None: it is."""

    def polled(self, records: int, /) -> None:
        """The poll loop went round and read so many records."""

    def proven(self, seconds: float, /) -> None:
        """Our partitions are surely ours for so many more seconds."""

    def ownership_changed(self, partitions: frozenset[TopicPartition], /) -> None:
        """These partitions are ours now."""


class Pace(NamedTuple):
    """How much is held, and how often committed."""

    max_buffered: int
    max_deferred: int
    commit_every: int
    commit_interval_seconds: float
    drain_seconds: float
    session_seconds: float


class Consumer:
    """Drives the dispatcher from Kafka.

    Args:
        source: Where commands come from.
        dispatcher: Runs them.
        progress: Keeps what is too large to be committed.
        pace: How much is held, and how often committed.
        clock: Tells the time.
        member: Hears how we stand with the group.
    """

    def __init__(
        self,
        source: Source,
        dispatcher: Dispatcher,
        progress: Progress,
        pace: Pace,
        clock: Clock,
        member: Member,
    ) -> None:
        self._source = source
        self._dispatcher = dispatcher
        self._progress = progress
        self._pace = pace
        self._clock = clock
        self._member = member
        self._proven_at = clock.monotonic()
        self._is_in_doubt = False
        self._can_be_proven = True
        self._committed: dict[TopicPartition, Commit] = {}
        self._is_stopping = False
        self._joining: asyncio.Task[None] | None = None

    @property
    def paused(self) -> frozenset[TopicPartition]:
        """The partitions that fill their part of the buffer, or have too much put off.

        Nothing is read of them.
        """
        held, put_off = self._dispatcher.held, self._dispatcher.deferred.items()
        most = self._pace.max_deferred
        overdrawn = frozenset(p for p, count in put_off if count >= most)
        return without_room(held, self._pace.max_buffered) | overdrawn

    def stop(self) -> None:
        """End `run` in good order."""
        self._is_stopping = True
        if self._joining is not None:
            self._joining.cancel()

    async def run(self) -> None:
        """Read, run and commit until `stop`; then drain, commit, leave the group."""
        async with asyncio.TaskGroup() as tasks:
            self._joining = tasks.create_task(self._join())
        if self._joining.cancelled():
            return
        try:
            async with asyncio.TaskGroup() as tasks:
                regular = (self._commit_regularly(), self._expire_regularly())
                running = [tasks.create_task(each) for each in regular]
                await self._poll()
                for task in running:
                    task.cancel()
            await self._hand_back(self._dispatcher.partitions)
        finally:
            await self._source.stop()

    async def _join(self) -> None:
        """Join the group, as often as it takes."""
        while not (self._is_stopping or await self._has_joined()):
            await self._clock.sleep(RECONNECT_SECONDS)

    async def _has_joined(self) -> bool:
        try:
            await self._source.start(self)
        except KafkaUnavailableError as error:
            self._member.kafka_changed(str(error))
            return False
        self._member.kafka_changed(None)
        return True

    async def _poll(self) -> None:
        while not self._is_stopping:
            records = await self._source.poll(
                POLL_SECONDS, MAX_POLL_RECORDS, self.paused
            )
            for record in records:
                self._dispatcher.submit(record)
            if self._dispatcher.put_back:
                seconds = self._pace.drain_seconds
                self._source.seek(await self._dispatcher.renew(seconds))
            if self._is_proof_due():
                self._doubt()
                self._dispatcher.hasten()
            self._member.polled(len(records))
            await asyncio.sleep(0)  # a poll that finds records gives way to nobody

    def _is_proof_due(self) -> bool:
        """Tell whether the last proof that our partitions are ours is of some age."""
        return self._proof_age > self._pace.session_seconds / PROOFS_PER_SESSION

    @property
    def _proof_age(self) -> float:
        return self._clock.monotonic() - self._proven_at

    def _doubt(self) -> None:
        """Tell once when our partitions may be somebody else's.

        A process that stood still (stopped, or starved), or that the group's
        coordinator has not heard of for a session, may have lost them without being
        told.  The group gives them, and takes commits of nobody else.  Before the
        first record of all there is nothing to commit, so its coming is no news.
        """
        could_be_proven = self._can_be_proven
        self._can_be_proven = any(self._dispatcher.positions().values())
        if self._proof_age <= self._pace.session_seconds or self._is_in_doubt:
            return
        if could_be_proven and self._can_be_proven:
            self._is_in_doubt = True
            age = round(self._proof_age, 1)
            log.warning("membership_in_doubt", proven_seconds_ago=age)

    def _proven(self, at: float) -> None:
        """Know that our partitions were ours at some moment."""
        self._proven_at = max(at, self._proven_at)
        self._is_in_doubt, self._can_be_proven = False, True
        self._member.proven(self._pace.session_seconds - self._proof_age)

    async def assigned(self, committed: Mapping[TopicPartition, Commit]) -> None:
        """Begin with partitions."""
        self._proven(self._clock.monotonic())
        committed = await self._progress.restore(committed)
        for partition, commit in committed.items():
            self._dispatcher.assign(partition, commit)
        self._committed |= committed
        self._member.ownership_changed(self._dispatcher.partitions)

    async def revoked(self, partitions: Iterable[TopicPartition]) -> None:
        """Drain, commit and forget partitions before the group gives them away."""
        await self._hand_back(frozenset(partitions))

    async def _hand_back(self, partitions: frozenset[TopicPartition]) -> None:
        await self._dispatcher.drain(partitions, self._pace.drain_seconds)
        await self._commit(self._new())
        self._dispatcher.forget(partitions)
        self._member.ownership_changed(self._dispatcher.partitions)
        for partition in partitions:
            self._committed.pop(partition, None)

    async def _commit_regularly(self) -> None:
        while True:
            try:
                async with asyncio.timeout(self._pace.commit_interval_seconds):
                    await self._dispatcher.many_ended(self._pace.commit_every)
            except TimeoutError:
                pass  # the interval is over
            await self._commit(self._read() if self._is_proof_due() else self._new())

    async def _expire_regularly(self) -> None:
        while True:
            await self._clock.sleep(EXPIRE_SECONDS)
            self._dispatcher.expire(self._clock.wall())

    async def _commit(self, commits: Mapping[TopicPartition, Commit]) -> None:
        """Commit; what fails is committed the next time."""
        begun = self._clock.monotonic()
        kept = await self._progress.keep(commits)
        if kept and await self._source.commit(kept):
            self._proven(begun)
            self._committed |= {partition: commits[partition] for partition in kept}

    def _new(self) -> Mapping[TopicPartition, Commit]:
        """Return what may be committed and is not."""
        return {
            partition: commit
            for partition, commit in self._dispatcher.committable().items()
            if self._committed.get(partition) != commit
        }

    def _read(self) -> Mapping[TopicPartition, Commit]:
        """Return what may be committed, of all partitions of which something was read.

        A commit for another would say that it begins at 0.
        """
        positions = self._dispatcher.positions()
        may_be_committed = self._dispatcher.committable().items()
        return {p: commit for p, commit in may_be_committed if positions[p]}
