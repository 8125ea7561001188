"""Which offset of a partition may be committed.

Records finish in any order; Kafka keeps one number per partition, and beside it a
little text.  The number is the committable offset, just past the longest run of
finished records; the text is the map of what is finished beyond it.

Rule 1: an offset below the position that is not in flight is finished.  So offsets
that no record has (compaction, transaction markers) are finished too, and memory
grows with what is in flight, not with what waits behind a stuck record.
Rule 2: one `Offsets` is one assignment of one partition; the next begins anew.  So
does a partition of which records come again below the position.
"""

from bisect import bisect_right

from gateway.core.finished_map import FinishedMap
from gateway.core.unfinished import Unfinished


class Offsets:
    """The offsets of one partition during one assignment.

    Args:
        committed: The group's committed offset, where reading begins.
        finished: The map beside it, if there is one that can be used.  Records in it
            come again: skip those that `is_finished` knows, track the others.

    Attributes:
        position: Where reading goes on.
    """

    def __init__(self, committed: int, finished: FinishedMap | None = None) -> None:
        self.position = committed
        self._in_flight = Unfinished()
        self._ahead = finished.bounds if finished else ()

    def track(self, offset: int) -> None:
        """Take a record in flight.

        Raises:
            ValueError: It lies below the position: the partition was rewound, which
                calls for a new `Offsets`.
        """
        if offset < self.position:
            raise ValueError(f"offset {offset} is below the position of {self}")
        self._in_flight.add(offset)
        self.advance(offset + 1)

    def advance(self, position: int) -> None:
        """Note that every record below this position was tracked or skipped.

        A partition may end in offsets that no record has; without this they would
        be lag for ever.
        """
        self.position = max(self.position, position)
        if self._ahead and self._ahead[-1] <= self.position:
            self._ahead = ()

    def resolve(self, offset: int) -> None:
        """Note that a record in flight has ended for good.

        Raises:
            KeyError: It is not in flight.
        """
        self._in_flight.remove(offset)

    def is_finished(self, offset: int) -> bool:
        """Tell whether a record has ended, now or in an earlier assignment."""
        if offset < self.position:
            return offset not in self._in_flight
        return bisect_right(self._ahead, offset) % 2 == 1

    @property
    def committable(self) -> int:
        """The offset after the longest finished prefix."""
        first = self._in_flight.first
        return self._read_to if first is None else first

    @property
    def in_flight(self) -> int:
        """How many records were tracked and not yet resolved."""
        return len(self._in_flight)

    def finished(self) -> FinishedMap:
        """Return what is finished beyond the committable offset.

        It costs one step per record in flight below the last finished one: what is
        merely buffered, and comes after it, is not looked at.
        """
        base = at = self.committable
        left = self.position - base - len(self._in_flight)
        bounds: list[int] = []
        for offset in self._in_flight:
            if offset > at:
                bounds += at, offset
                left -= offset - at
            at = offset + 1
            if not left:
                at = self.position
                break
        read_to = self._read_to
        if read_to > at:
            bounds += at, read_to
        bounds += self._ahead[bisect_right(self._ahead, read_to) :]
        return FinishedMap(base, tuple(bounds))

    @property
    def _read_to(self) -> int:
        """The position, moved over what an earlier assignment finished right there."""
        behind = bisect_right(self._ahead, self.position)
        return self._ahead[behind] if behind % 2 else self.position

    def __repr__(self) -> str:
        return (
            f"<Offsets committable {self.committable}, position {self.position}, "
            f"{self.in_flight} in flight, {len(self.finished())} finished beyond>"
        )
