"""The outbound topics, read as a member of a consumer group.

A commit for a partition that is gone is refused, locally or by the broker; both are
normal around a rebalance and are told as False.

aiokafka repeats a commit for a topic that is gone without an end, over rebalances too,
with all other offsets in it: so none is made for a topic that is not there, and a
rebalance ends the one that is under way.
"""

import asyncio
from collections.abc import (
    Awaitable,
    Callable,
    Collection,
    Iterable,
    Mapping,
    Sequence,
)
from contextlib import suppress

from aiokafka import AIOKafkaConsumer
from aiokafka import TopicPartition as ClientPartition
from aiokafka.errors import CommitFailedError, IllegalStateError, KafkaError

from gateway.adapters.kafka.beginning import go_to_end
from gateway.adapters.kafka.clients import KafkaClients
from gateway.adapters.kafka.group import NOTHING
from gateway.adapters.kafka.listener import Commits, Listener, Rebalance
from gateway.adapters.kafka.topics import require_topics
from gateway.core.errors import GatewayError, KafkaUnavailableError
from gateway.core.record import Commit, Record, TopicPartition
from gateway.log import get_logger

GIVE_UP_SECONDS = 5.0
NOWHERE = ClientPartition("", 0)

log = get_logger(__name__)


class CommandSource:
    """Reads topics as one member of the group.

    Args:
        clients: Of the cluster.
        committed: Tells where the group has got to, of what it has committed.
        topics: What to read.
        on_rebalance: Hears the kind (`assigned`, `revoked`) and the partitions.
        on_commit_error: Hears of each refused commit.
    """

    def __init__(
        self,
        clients: KafkaClients,
        committed: Callable[[Iterable[TopicPartition]], Awaitable[Commits]],
        topics: Sequence[str],
        on_rebalance: Callable[[str, Iterable[TopicPartition]], None],
        on_commit_error: Callable[[], None],
    ) -> None:
        self._clients = clients
        self._committed = committed
        self._topics = topics
        self._joining: Sequence[str] = ()
        self._on_rebalance = on_rebalance
        self._on_commit_error = on_commit_error
        self._consumer: AIOKafkaConsumer | None = None
        self._listener: Listener | None = None

    async def start(self, rebalance: Rebalance) -> None:
        """Join the group.

        Raises:
            KafkaUnavailableError: Kafka does not answer, or a topic is missing, for
                which the library would wait without a word; try again.
        """
        try:
            await require_topics(self._clients, self._topics)
        except GatewayError as error:
            raise KafkaUnavailableError(str(error)) from error
        consumer = self._clients.consumer()
        self._listener = Listener(
            consumer, rebalance, self._beginning, self._on_rebalance
        )
        consumer.subscribe(topics=self._topics, listener=self._listener)
        self._consumer = consumer  # the callbacks may come before `start` returns
        self._tell_of_joining()
        try:
            await consumer.start()
        except (KafkaError, OSError) as error:
            await self._give_up(consumer)
            raise KafkaUnavailableError(self._clients.explain(error)) from error
        except asyncio.CancelledError:  # we stop meanwhile
            await self._give_up(consumer)
            raise

    async def _beginning(self, partitions: Iterable[TopicPartition]) -> Commits:
        """Tell where partitions begin.

        The end, where a new group begins, is committed at once: what is written there
        from now on is not skipped by whoever comes after us.
        """
        begin = dict.fromkeys(partitions, NOTHING)
        committed = await self._committed(begin)
        if self._clients.begins_at_end and (new := begin.keys() - committed.keys()):
            consumer, _ = self._started()
            begin |= (ends := await go_to_end(consumer, new))
            with suppress(TimeoutError):
                async with asyncio.timeout(GIVE_UP_SECONDS):
                    await self.commit(ends)
        return begin | dict(committed)

    def _tell_of_joining(self) -> None:
        """Log it, but not each time that it is tried anew."""
        if self._topics != self._joining:
            log.info("joining_group", topics=self._topics)
        self._joining = self._topics

    async def _give_up(self, consumer: AIOKafkaConsumer) -> None:
        """Leave without having joined: in good order only if that is soon possible.

        Kafka answers who wants to join when all others have joined or timed out, and
        the library waits for the answer before it leaves.
        """
        self._consumer = None
        with suppress(TimeoutError):
            async with asyncio.timeout(GIVE_UP_SECONDS):
                await consumer.stop()

    def subscribe(self, topics: Sequence[str]) -> None:
        """Read these topics from now on; the group shares them out anew."""
        if list(topics) == list(self._topics):
            return
        self._topics = topics
        if self._consumer is not None:
            self._consumer.subscribe(topics=topics, listener=self._listener)

    async def poll(
        self, seconds: float, most: int, paused: Collection[TopicPartition]
    ) -> Sequence[Record]:
        """Wait for records, at most so long and so many, but for paused partitions.

        The library's own `pause` would throw away what was fetched ahead of them.

        Raises:
            Exception: What a callback of the last rebalance raised.
        """
        consumer, listener = self._started()
        batches = await consumer.getmany(
            *_all_but(paused, consumer.assignment()),
            timeout_ms=round(seconds * 1000),
            max_records=most,
        )
        if listener.fault is not None:
            raise listener.fault
        return [record for batch in batches.values() for record in batch]

    def count_partitions(self, topic: str) -> int:
        """Return how many partitions a topic has, as far as is known."""
        consumer, _ = self._started()
        return len(consumer.partitions_for_topic(topic) or ())

    def ends(
        self, partitions: Iterable[TopicPartition]
    ) -> Mapping[TopicPartition, int]:
        """Tell where partitions end, as far as the last fetch has told.

        This is asked for at any time, also before there is a consumer.
        """
        consumer = self._consumer
        if consumer is None:
            return {}
        known = {p: consumer.highwater(ClientPartition(*p)) for p in partitions}
        return {partition: end for partition, end in known.items() if end is not None}

    def seek(self, offsets: Mapping[TopicPartition, int]) -> None:
        """Read on there; what was fetched already is thrown away."""
        consumer, _ = self._started()
        ours = consumer.assignment()
        for partition, offset in offsets.items():
            if (at := ClientPartition(*partition)) in ours:
                consumer.seek(at, offset)

    async def commit(self, commits: Mapping[TopicPartition, Commit]) -> bool:
        """Commit; False when it was refused: the next one will tell it all again."""
        consumer, listener = self._started()
        known = [p for p in commits if self.count_partitions(p.topic)]
        if not known:
            return False
        try:
            async with listener.until_revoked():
                await consumer.commit(
                    {ClientPartition(*p): tuple(commits[p]) for p in known}
                )
        except (CommitFailedError, IllegalStateError, TimeoutError) as error:
            log.info("commit_superseded", error=str(error))
        except KafkaError as error:
            log.warning("commit_failed", error=f"{type(error).__name__}: {error}")
        else:
            return True
        self._on_commit_error()
        return False

    async def stop(self) -> None:
        """Leave the group; what was not committed is read again by others."""
        if self._consumer is not None:
            await self._consumer.stop()

    def _started(self) -> tuple[AIOKafkaConsumer, Listener]:
        if self._consumer is None or self._listener is None:
            raise RuntimeError("the source is not started")
        return self._consumer, self._listener


def _all_but(
    paused: Collection[TopicPartition], ours: Iterable[ClientPartition]
) -> Sequence[ClientPartition]:
    """Name what is to be read; no name at all stands for all partitions."""
    if not paused:
        return ()
    return [p for p in ours if TopicPartition(*p) not in paused] or [NOWHERE]
