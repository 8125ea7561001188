"""Kafka records as this product sees them: what it reads and what it writes.

A record read from Kafka is only looked at, so any object with these members will
do: the adapter hands on the client library's own, without a copy.
"""

from collections.abc import Sequence
from typing import NamedTuple, Protocol

Header = tuple[str, bytes]


class TopicPartition(NamedTuple):
    """One partition of one topic; equal to the client library's own."""

    topic: str
    partition: int


class NewRecord(NamedTuple):
    """A record to be written; the partition follows from the key."""

    topic: str
    key: bytes | None
    value: bytes | None
    headers: tuple[Header, ...]


class Place(NamedTuple):
    """Where a record stands in its topic."""

    partition: int
    offset: int


class Record(Protocol):
    """A record that was read."""

    @property
    def topic(self) -> str:
        """Where it stands."""

    @property
    def partition(self) -> int:
        """Its number within the topic."""

    @property
    def offset(self) -> int:
        """Its place within the partition."""

    @property
    def timestamp(self) -> int:
        """When it was written, in milliseconds since 1970."""

    @property
    def key(self) -> bytes | None:
        """What decides its partition."""

    @property
    def value(self) -> bytes | None:
        """Its content; None is a tombstone."""

    @property
    def headers(self) -> Sequence[Header]:
        """What is said about it."""


class Commit(NamedTuple):
    """What a group keeps for a partition: where to go on, and a text beside it."""

    offset: int
    text: str = ""


def coordinates(record: Record) -> str:
    """`topic/partition/offset`: the name that every record has."""
    return f"{record.topic}/{record.partition}/{record.offset}"
