"""What a rebalance calls.

aiokafka 0.14 awaits the callbacks of a rebalance while heartbeats go on, but logs and
swallows what they raise: here it is kept, for whoever polls next.
"""

import asyncio
from collections.abc import (
    AsyncIterator,
    Awaitable,
    Callable,
    Coroutine,
    Iterable,
    Mapping,
    Sequence,
)
from contextlib import asynccontextmanager
from typing import Any, Protocol

from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener
from aiokafka import TopicPartition as ClientPartition

from gateway.core.record import Commit, TopicPartition

Commits = Mapping[TopicPartition, Commit]

GRACE_SECONDS = 1.0  # in which Kafka answers, unless the library asks without an end


class Rebalance(Protocol):
    """Is told what the group gives and takes."""

    async def assigned(self, committed: Mapping[TopicPartition, Commit], /) -> None:
        """Begin with these, where the group has got to."""

    async def revoked(self, partitions: Iterable[TopicPartition], /) -> None:
        """End with these before returning."""


class Listener(ConsumerRebalanceListener):
    """Passes on what the group gives and takes; keeps what that raises.

    Attributes:
        fault: What it has raised.
    """

    def __init__(
        self,
        consumer: AIOKafkaConsumer,
        rebalance: Rebalance,
        committed: Callable[[Iterable[TopicPartition]], Awaitable[Commits]],
        on_rebalance: Callable[[str, Iterable[TopicPartition]], None],
    ) -> None:
        self._consumer = consumer
        self._rebalance = rebalance
        self._committed = committed
        self._on_rebalance = on_rebalance
        self.fault: Exception | None = None
        self._limits: set[asyncio.Timeout] = set()

    @asynccontextmanager
    async def until_revoked(self) -> AsyncIterator[None]:
        """End the block with a TimeoutError soon after the group takes partitions.

        Not at once: a request is under way, and the library would leave the refusal
        that is its answer to nobody, who logs it as an error.
        """
        async with asyncio.timeout(None) as limit:
            self._limits.add(limit)
            try:
                yield
            finally:
                self._limits.discard(limit)

    async def on_partitions_revoked(self, revoked: Iterable[ClientPartition]) -> None:
        """Let the owner end with these before others begin."""
        partitions = [TopicPartition(*p) for p in revoked]
        self._on_rebalance("revoked", partitions)
        for limit in self._limits:
            limit.reschedule(asyncio.get_running_loop().time() + GRACE_SECONDS)
        await self._guard(self._rebalance.revoked(partitions))

    async def on_partitions_assigned(self, assigned: Iterable[ClientPartition]) -> None:
        """Let the owner begin with these."""
        partitions = [TopicPartition(*p) for p in assigned]
        self._on_rebalance("assigned", partitions)
        await self._guard(self._begin(partitions))

    async def _begin(self, partitions: Sequence[TopicPartition]) -> None:
        # aiokafka fetches while this callback runs.  What it handed out before the
        # owner has begun would be nobody's, and later count as finished.
        assigned = [ClientPartition(*p) for p in partitions]
        self._consumer.pause(*assigned)
        await self._rebalance.assigned(await self._committed(partitions))
        self._consumer.resume(*assigned)

    async def _guard(self, callback: Coroutine[Any, Any, None]) -> None:
        try:
            await callback
        except Exception as fault:  # noqa: BLE001  aiokafka would swallow it
            self.fault = fault
