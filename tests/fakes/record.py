"""Records as they come from Kafka, made by hand."""

from collections.abc import Sequence
from dataclasses import dataclass

from gateway.core.record import Header

NOON_MS = 1_772_366_400_000  # 2026-03-01T12:00:00Z
NOON = NOON_MS / 1000


@dataclass(frozen=True, slots=True)
class ReadRecord:
    """A record that was read; the defaults do for most tests."""

    value: bytes | None = b"{}"
    headers: Sequence[Header] = ()
    key: bytes | None = None
    topic: str = "viber.outbound"
    partition: int = 3
    offset: int = 41
    timestamp: int = NOON_MS


def content(headers: Sequence[Header]) -> dict[str, str]:
    """Return headers as text by name; a name that stands twice is a mistake."""
    found = {name: value.decode() for name, value in headers}
    assert len(found) == len(headers), headers
    return found
