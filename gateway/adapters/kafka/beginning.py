"""The end of partitions, for a group that begins there (`latest`).

aiokafka has one option for a group without commits and for a position out of range,
and would skip whatever lies between such a position and the end.  So it is always told
`earliest`, and who wants the end looks it up here.
"""

import asyncio
from collections.abc import Iterable, Mapping, Sequence

from aiokafka import AIOKafkaConsumer
from aiokafka import TopicPartition as ClientPartition
from aiokafka.errors import KafkaError

from gateway.core.record import Commit, TopicPartition
from gateway.log import get_logger

RETRY_SECONDS = 1.0

log = get_logger(__name__)


async def go_to_end(
    consumer: AIOKafkaConsumer, partitions: Iterable[TopicPartition]
) -> Mapping[TopicPartition, Commit]:
    """Read on from the end of partitions, and tell where that is.

    It goes on trying while Kafka does not answer.  The library's `seek_to_end` would
    take the answer to an older question, that for the beginning.
    """
    ends = await _ends(consumer, [ClientPartition(*p) for p in partitions])
    for partition, end in ends.items():
        consumer.seek(partition, end)
    return {TopicPartition(*p): Commit(end) for p, end in ends.items()}


async def _ends(
    consumer: AIOKafkaConsumer, partitions: Sequence[ClientPartition]
) -> Mapping[ClientPartition, int]:
    while True:
        try:
            ends: Mapping[ClientPartition, int]
            ends = await consumer.end_offsets(partitions)
        except (KafkaError, OSError) as error:
            log.warning("group_offsets_unavailable", error=str(error))
            await asyncio.sleep(RETRY_SECONDS)
        else:
            return ends
