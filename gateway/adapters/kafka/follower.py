"""Reads topics from a point in time on, without a group: every reader sees all."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager

from aiokafka import AIOKafkaConsumer
from aiokafka.errors import KafkaError

from gateway.core.errors import KafkaUnavailableError
from gateway.core.record import Record


class Follower:
    """Reads on, for as long as it is open."""

    def __init__(self, consumer: AIOKafkaConsumer) -> None:
        self._consumer = consumer

    async def poll(self, seconds: float) -> Sequence[Record]:
        """Wait for records, at most so long.

        Raises:
            KafkaUnavailableError: Kafka refuses to be read.
        """
        try:
            batches = await self._consumer.getmany(timeout_ms=round(seconds * 1000))
        except KafkaError as error:
            raise KafkaUnavailableError(str(error)) from error
        return [record for batch in batches.values() for record in batch]


@asynccontextmanager
async def follow(
    make_reader: Callable[[], AIOKafkaConsumer], since: float
) -> AsyncIterator[Follower]:
    """Begin to read.

    Args:
        make_reader: Makes a consumer of some topics, without a group, that is not
            started yet.
        since: From where on, in seconds since 1970.

    Raises:
        KafkaUnavailableError: Kafka does not answer.
    """
    consumer = make_reader()
    try:
        await consumer.start()
        times = dict.fromkeys(consumer.assignment(), round(since * 1000))
        for partition, found in (await consumer.offsets_for_times(times)).items():
            if found is None:
                await consumer.seek_to_end(partition)
            else:
                consumer.seek(partition, found.offset)
        yield Follower(consumer)
    except (KafkaError, OSError) as error:
        raise KafkaUnavailableError(str(error)) from error
    finally:
        await consumer.stop()
