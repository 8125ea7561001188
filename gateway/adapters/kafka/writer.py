"""Writes records one after another, for commands that people run.

The gateway's own publisher waits for a Kafka that is away; a person wants to know.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError, MessageSizeTooLargeError

from gateway.adapters.kafka.clients import KafkaClients
from gateway.adapters.kafka.topics import require_topics
from gateway.core.errors import KafkaUnavailableError, RecordTooLargeError
from gateway.core.record import NewRecord

ACKNOWLEDGED_SECONDS = 15.0


class Writer:
    """Writes records."""

    def __init__(self, producer: AIOKafkaProducer) -> None:
        self._producer = producer

    async def write(self, record: NewRecord) -> tuple[int, int]:
        """Write a record; return partition and offset once Kafka has acknowledged it.

        Raises:
            KafkaUnavailableError: Kafka does not take it.
            RecordTooLargeError: The topic takes no record of this size.
        """
        try:
            async with asyncio.timeout(ACKNOWLEDGED_SECONDS):
                at = await self._producer.send_and_wait(
                    record.topic,
                    record.value,
                    key=record.key,
                    headers=list(record.headers),
                )
        except TimeoutError:
            raise KafkaUnavailableError(
                f"topic {record.topic}: no acknowledgement within "
                f"{ACKNOWLEDGED_SECONDS:g} s"
            ) from None
        except MessageSizeTooLargeError as error:
            raise RecordTooLargeError(f"topic {record.topic}: {error}") from error
        return at.partition, at.offset


@asynccontextmanager
async def open_writer(
    clients: KafkaClients, topics: Sequence[str]
) -> AsyncIterator[Writer]:
    """Connect; with the block the connection ends.

    Args:
        clients: Of the cluster.
        topics: What will be written to.

    Raises:
        KafkaUnavailableError: Kafka does not answer, or does not take a record.
        TopicMissingError: A topic is not there.
    """
    await require_topics(clients, topics)
    producer = clients.producer()
    try:
        await producer.start()
        yield Writer(producer)
    except (KafkaError, OSError) as error:
        raise clients.unavailable(error) from error
    finally:
        await producer.stop()
