"""Where a consumer group has got to: offsets, and the text beside them.

`AIOKafkaConsumer.committed` drops the text, so the admin client reads both.  It needs
no more rights than the consumer has (READ on the group).
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping

from aiokafka import TopicPartition as ClientPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from gateway.core.record import Commit, TopicPartition
from gateway.log import get_logger

RETRY_SECONDS = 0.2
NOTHING = Commit(0)  # was committed

log = get_logger(__name__)


class GroupOffsets:
    """Reads what a group has committed.

    Args:
        make_admin: Makes an admin client that is not started yet.
        group: The group's name.
    """

    def __init__(
        self, make_admin: Callable[[], AIOKafkaAdminClient], group: str
    ) -> None:
        self._make_admin = make_admin
        self._group = group

    async def read(
        self, partitions: Iterable[TopicPartition]
    ) -> Mapping[TopicPartition, Commit]:
        """Read the commits of those partitions that have one, as often as it takes."""
        wanted = list(partitions)
        while wanted:
            try:
                return await self._read(wanted)
            except (KafkaError, OSError) as error:
                log.warning("group_offsets_unavailable", error=str(error))
                await asyncio.sleep(RETRY_SECONDS)
        return {}

    async def _read(
        self, partitions: list[TopicPartition]
    ) -> Mapping[TopicPartition, Commit]:
        admin = self._make_admin()
        try:
            await admin.start()
            found = await admin.list_consumer_group_offsets(
                self._group, partitions=[ClientPartition(*p) for p in partitions]
            )
        finally:
            await admin.close()
        return {
            TopicPartition(*partition): Commit(at.offset, at.metadata or "")
            for partition, at in found.items()
            if at.offset >= 0
        }
