"""Which offset may be committed, against a naive model."""

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from gateway.core.finished_map import FinishedMap, decode, encode
from gateway.core.offsets import Offsets


def tracked(*offsets: int, committed: int = 10) -> Offsets:
    """Return the offsets of a partition with these records in flight."""
    offsets_ = Offsets(committed)
    for offset in offsets:
        offsets_.track(offset)
    return offsets_


def test_nothing_read_leaves_the_committed_offset() -> None:
    """A new assignment commits what was committed."""
    assert Offsets(10).committable == 10
    assert Offsets(10).finished() == FinishedMap(10)


def test_the_first_unfinished_record_holds_the_offset() -> None:
    """What ends behind it stands in the map until it ends itself."""
    offsets = tracked(10, 11, 12, 13)
    offsets.resolve(11)
    offsets.resolve(13)
    assert offsets.finished() == FinishedMap(10, (11, 12, 13, 14))

    offsets.resolve(10)
    assert offsets.finished() == FinishedMap(12, (13, 14))

    offsets.resolve(12)
    assert offsets.committable == 14


def test_a_record_is_finished_when_it_has_ended_or_never_was() -> None:
    """Below the position, only what is in flight is unfinished."""
    offsets = tracked(10, 11, 13)
    offsets.resolve(11)

    assert [n for n in range(9, 15) if offsets.is_finished(n)] == [9, 11, 12]


def test_offsets_that_no_record_has_count_as_finished() -> None:
    """Compaction and transaction markers leave gaps."""
    offsets = tracked(15, 20)
    assert offsets.committable == 15

    offsets.resolve(15)
    assert offsets.committable == 20


def test_a_partition_that_ends_in_a_gap_has_no_lag() -> None:
    """The consumer's position goes beyond the last record."""
    offsets = tracked(10)
    offsets.resolve(10)
    offsets.advance(12)

    assert offsets.committable == 12

    offsets.advance(11)
    assert offsets.committable == 12


def test_a_restored_map_is_skipped_and_committed_again() -> None:
    """What had ended before is finished although it was not read again."""
    offsets = Offsets(10, FinishedMap(10, (11, 13, 15, 16)))
    assert [n for n in range(10, 18) if offsets.is_finished(n)] == [11, 12, 15]
    assert offsets.finished() == FinishedMap(10, (11, 13, 15, 16))

    offsets.track(10)
    assert offsets.finished() == FinishedMap(10, (11, 13, 15, 16))

    offsets.resolve(10)
    assert offsets.finished() == FinishedMap(13, (15, 16))

    offsets.track(13)
    offsets.track(16)
    assert offsets.finished() == FinishedMap(13, (14, 16))


def test_a_rewound_partition_is_noticed() -> None:
    """A record below the position would otherwise count as finished."""
    with pytest.raises(ValueError, match="offset 10 is below the position"):
        tracked(10, 11).track(10)


def test_a_record_ends_once() -> None:
    """Who resolves twice, or what was never tracked, has lost count."""
    offsets = tracked(10)
    offsets.resolve(10)

    with pytest.raises(KeyError):
        offsets.resolve(10)


def test_a_stuck_record_costs_no_memory() -> None:
    """A hundred thousand finished records behind it leave one in flight."""
    offsets = tracked(10)
    for offset in range(11, 100_011):
        offsets.track(offset)
        offsets.resolve(offset)

    assert repr(offsets) == (
        "<Offsets committable 10, position 100011, 1 in flight, 100000 finished beyond>"
    )


class OffsetsAgainstAModel(RuleBasedStateMachine):
    """A log with gaps, records that end in any order, commits, crashes.

    The model knows of each record in the log whether it has ended, and nothing else.
    """

    log: list[int]
    ended: set[int]
    durable: set[int]

    @initialize(first=st.integers(0, 50))
    def start(self, first: int) -> None:
        """Begin with an empty log that does not start at 0."""
        self.log, self.ended, self.durable = [], set(), set()
        self.first = self.end = first
        self.begin(committed=first, metadata="")

    def begin(self, committed: int, metadata: str) -> None:
        """Begin an assignment as the consumer does, from what was committed."""
        read = decode(metadata, committed)
        finished = read if isinstance(read, FinishedMap) else None
        self.offsets = Offsets(committed, finished)
        self.committed, self.metadata = committed, metadata
        self.unread = [n for n in self.log if n >= committed]
        self.in_flight: list[int] = []

    @rule(gap=st.integers(0, 3), records=st.integers(1, 5))
    def produce(self, gap: int, records: int) -> None:
        """Append records to the log, perhaps after offsets that none has."""
        new = range(self.end + gap, self.end + gap + records)
        self.log += new
        self.unread += new
        self.end = new.stop

    @precondition(lambda self: self.unread)
    @rule(records=st.integers(1, 8))
    def poll(self, records: int) -> None:
        """Read on: skip what is finished, track the rest."""
        for _ in self.unread[:records]:
            offset = self.unread.pop(0)
            assert self.offsets.is_finished(offset) == (offset in self.ended)
            if not self.offsets.is_finished(offset):
                self.offsets.track(offset)
                self.in_flight.append(offset)

    @precondition(lambda self: not self.unread)
    @rule()
    def reach_the_end(self) -> None:
        """Learn that nothing but a gap is left."""
        self.offsets.advance(self.end)

    @precondition(lambda self: self.in_flight)
    @rule(data=st.data())
    def end_one(self, data: st.DataObject) -> None:
        """End any record in flight."""
        offset = data.draw(st.sampled_from(self.in_flight))
        self.in_flight.remove(offset)
        self.offsets.resolve(offset)
        self.ended.add(offset)

    @rule()
    def commit(self) -> None:
        """Commit as the consumer does: the offset and the map."""
        self.committed = self.offsets.committable
        self.metadata = encode(self.offsets.finished())
        self.durable = set(self.ended)

    @rule()
    def restart_after_a_commit(self) -> None:
        """Hand the partition over in good order."""
        self.commit()
        self.begin(self.committed, self.metadata)

    @rule()
    def crash(self) -> None:
        """Lose what ended since the last commit, and only that."""
        self.ended = set(self.durable)
        self.begin(self.committed, self.metadata)

    @invariant()
    def nothing_unfinished_lies_below(self) -> None:
        """Every record below the committable offset has ended."""
        below = [n for n in self.log if n < self.offsets.committable]
        assert set(below) <= self.ended

    @invariant()
    def the_prefix_is_the_longest(self) -> None:
        """The committable offset is not held back without a reason."""
        unended = [n for n in self.log if n not in self.ended]
        highest = max((n + 1 for n in self.ended), default=self.first)
        assert self.offsets.committable >= min([*unended, highest])

    @invariant()
    def the_map_says_what_has_ended(self) -> None:
        """Beyond it, a record is in the map when it has ended."""
        finished = self.offsets.finished()
        beyond = [n for n in self.log if n >= self.offsets.committable]
        assert {n for n in beyond if n in finished} == {
            n for n in beyond if n in self.ended
        }
        assert finished.base not in finished

    @invariant()
    def as_many_are_in_flight_as_were_taken(self) -> None:
        """What was tracked and has not ended is in flight."""
        assert self.offsets.in_flight == len(self.in_flight)


TestOffsetsAgainstAModel = OffsetsAgainstAModel.TestCase
