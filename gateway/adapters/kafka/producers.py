"""The producer of the moment: connected when Kafka is there, replaced when it is spent.

A batch that Kafka refuses for good leaves a gap in the idempotent producer's sequence
(KIP-98), and aiokafka 0.14 never gets over it: every later batch of that partition
fails with OutOfOrderSequenceNumber.  So a refusal retires the producer.  Who leased it
goes on with it; the next lease gets a new one; the last one back stops it.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Self

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

RECONNECT_SECONDS = 1.0
LOOK_SECONDS = 5.0  # how often, and how long, Kafka is looked for
STOP_SECONDS = 5.0
AWAY = "no broker answers any more ('doctor' tells why)"


class Producers:
    """Leases the current producer.

    Resource handling: an `async with` connects in the background, again and again
    until Kafka answers, and stops what is left when it ends.  While a producer is
    ready it asks for metadata now and then: who writes nothing, or without a time
    limit, would not notice that Kafka is away.

    Args:
        make: Makes a producer that is not started yet.
        explain: Says what an error of the library means.
        on_state: Told why Kafka is not reached, or None when it is.
        look_seconds: How often it is looked for.
    """

    def __init__(
        self,
        make: Callable[[], AIOKafkaProducer],
        explain: Callable[[Exception], str],
        on_state: Callable[[str | None], None],
        look_seconds: float = LOOK_SECONDS,
    ) -> None:
        self._make = make
        self._explain = explain
        self._on_state = on_state
        self._look_seconds = look_seconds
        self._current: AIOKafkaProducer | None = None
        self._leases: dict[AIOKafkaProducer, int] = {}
        self._ready = asyncio.Event()
        self._tasks = asyncio.TaskGroup()

    async def __aenter__(self) -> Self:
        await self._tasks.__aenter__()
        self._connecting = self._tasks.create_task(self._connect())
        return self

    async def __aexit__(self, *error: object) -> None:
        self._connecting.cancel()
        await self._tasks.__aexit__(None, None, None)
        if self._current is not None:
            await _stop(self._current)

    @asynccontextmanager
    async def lease(self) -> AsyncIterator[AIOKafkaProducer]:
        """Wait until a producer is ready, and use it."""
        producer = self._current
        while producer is None:
            await self._ready.wait()
            producer = self._current
        self._leases[producer] += 1
        try:
            yield producer
        finally:
            self._leases[producer] -= 1
            self._stop_if_spent(producer)

    def retire(self, producer: AIOKafkaProducer) -> None:
        """Give this producer to nobody any more."""
        if producer is self._current:
            self._current = None
            self._ready.clear()
            self._connecting.cancel()
            self._connecting = self._tasks.create_task(self._connect())

    def _stop_if_spent(self, producer: AIOKafkaProducer) -> None:
        if producer is not self._current and not self._leases[producer]:
            del self._leases[producer]
            self._tasks.create_task(_stop(producer))

    async def _connect(self) -> None:
        producer = await self._start()
        while producer is None:
            await asyncio.sleep(RECONNECT_SECONDS)
            producer = await self._start()
        self._leases[producer] = 0
        self._current = producer
        self._ready.set()
        self._on_state(None)
        await self._watch(producer)

    async def _watch(self, producer: AIOKafkaProducer) -> None:
        """Tell when Kafka is away, and when it is back; never returns."""
        was_there = True
        while True:
            await asyncio.sleep(self._look_seconds)
            is_there = await _is_there(producer)
            if is_there is not was_there:
                self._on_state(None if is_there else AWAY)
            was_there = is_there

    async def _start(self) -> AIOKafkaProducer | None:
        """Start a producer; None when Kafka does not answer."""
        producer = self._make()
        try:
            await producer.start()
        except (KafkaError, OSError) as error:
            self._on_state(self._explain(error))
            await _stop(producer)
            return None
        except asyncio.CancelledError:  # we stop meanwhile
            await _stop(producer)
            raise
        return producer


async def _is_there(producer: AIOKafkaProducer) -> bool:
    try:
        async with asyncio.timeout(LOOK_SECONDS):
            return bool(await producer.client.force_metadata_update())
    except TimeoutError:
        return False


async def _stop(producer: AIOKafkaProducer) -> None:
    """Stop a producer; what Kafka will not take by then is given up."""
    try:
        async with asyncio.timeout(STOP_SECONDS):
            await producer.stop()
    except TimeoutError:
        await producer.client.close()
