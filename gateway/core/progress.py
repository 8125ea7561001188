"""Maps of finished offsets that are too large for Kafka's commit metadata.

Such a map stands in a record of the progress topic, and the metadata refers to it:
`vg>`, the record's partition and offset, and the beginning of the map's SHA-256, so
that another record in that place is noticed.  Keys are group, topic and partition, so
compaction keeps the newest map of each.
"""

import hashlib
import re
from typing import NamedTuple

from gateway.core.record import NewRecord, Place, Record, TopicPartition

MAX_TEXT = 4096  # characters; Kafka's default offset.metadata.max.bytes
PREFIX = "vg>"
_REFERENCE = re.compile(r"vg>(\d{1,10}) (\d{1,19}) ([0-9a-f]{16})", re.ASCII)


class Reference(NamedTuple):
    """Where a map stands, and what it begins with when hashed."""

    place: Place
    digest: str

    def __str__(self) -> str:
        return f"{PREFIX}{self.place.partition} {self.place.offset} {self.digest}"


def progress_record(
    topic: str, group: str, partition: TopicPartition, text: str
) -> NewRecord:
    """Write a map as a record of the progress topic."""
    key = f"{group}/{partition.topic}/{partition.partition}"
    return NewRecord(topic, key.encode(), text.encode(), ())


def refer(place: Place, text: str) -> str:
    """Return what the metadata says in place of a map."""
    return str(Reference(place, _digest(text.encode())))


def read_reference(text: str) -> Reference | None:
    """Read what the metadata says; None when it is a map itself, or anything else."""
    found = _REFERENCE.fullmatch(text)
    if found is None:
        return None
    partition, offset, digest = found.groups()
    return Reference(Place(int(partition), int(offset)), digest)


def read_map(reference: Reference, record: Record) -> str | None:
    """Return the map in a record; None when it is not the one that was referred to."""
    value = record.value or b""
    return value.decode() if _digest(value) == reference.digest else None


def _digest(value: bytes) -> str:
    return hashlib.sha256(value).hexdigest()[:16]
