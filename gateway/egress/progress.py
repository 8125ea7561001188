"""Keeps maps that are too large for commit metadata in the progress topic.

A map is acknowledged there before the commit that refers to it; if Kafka does not
take it, the partition is not committed this time: the last commit stands.  A map that
cannot be found again is ignored with a warning: what it held may be repeated.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from gateway.core.errors import PublishError
from gateway.core.progress import (
    MAX_TEXT,
    Reference,
    progress_record,
    read_map,
    read_reference,
    refer,
)
from gateway.core.record import Commit, NewRecord, Place, Record, TopicPartition
from gateway.log import get_logger

log = get_logger(__name__)


class Publish(Protocol):
    """Writes a record and tells where it stands."""

    async def __call__(self, record: NewRecord, timeout: float, /) -> Place:
        """Write a record, or raise a PublishError after so many seconds."""


class Reread(Protocol):
    """Reads records by offset."""

    async def __call__(
        self, partition: TopicPartition, offsets: Sequence[int], /
    ) -> Sequence[Record]:
        """Return the records of these offsets; those that are gone are left out."""


class Progress:
    """Writes and finds large maps.

    Args:
        topic: Names the progress topic of an outbound topic.
        group: The consumer group.
        publish: Writes a record.
        reread: Reads it again.
        seconds: How long one map may take to be acknowledged.
    """

    def __init__(
        self,
        topic: Callable[[str], str],
        group: str,
        publish: Publish,
        reread: Reread,
        seconds: float,
    ) -> None:
        self._topic = topic
        self._group = group
        self._publish = publish
        self._reread = reread
        self._seconds = seconds
        self.map_bytes: dict[TopicPartition, int] = {}

    async def keep(
        self, commits: Mapping[TopicPartition, Commit]
    ) -> Mapping[TopicPartition, Commit]:
        """Return the commits as Kafka takes them, with large maps kept elsewhere."""
        kept = {}
        for partition, commit in commits.items():
            self.map_bytes[partition] = len(commit.text)
            if len(commit.text) <= MAX_TEXT:
                kept[partition] = commit
            elif place := await self._write(partition, commit.text):
                kept[partition] = Commit(commit.offset, refer(place, commit.text))
        return kept

    async def restore(
        self, commits: Mapping[TopicPartition, Commit]
    ) -> Mapping[TopicPartition, Commit]:
        """Return commits with the maps that their metadata refers to."""
        restored = dict(commits)
        for partition, commit in commits.items():
            reference = read_reference(commit.text)
            if reference is not None:
                text = await self._find(partition, reference)
                restored[partition] = Commit(commit.offset, text)
        return restored

    async def _write(self, partition: TopicPartition, text: str) -> Place | None:
        topic = self._topic(partition.topic)
        record = progress_record(topic, self._group, partition, text)
        try:
            place = await self._publish(record, self._seconds)
        except PublishError as error:
            log.warning("map_not_kept", partition=partition, error=str(error))
            return None
        return place if place.offset >= 0 else None

    async def _find(self, partition: TopicPartition, reference: Reference) -> str:
        topic = self._topic(partition.topic)
        where = TopicPartition(topic, reference.place.partition)
        for record in await self._reread(where, [reference.place.offset]):
            text = read_map(reference, record)
            if text is not None:
                return text
        log.warning("map_not_found", partition=partition, reference=str(reference))
        return ""
