"""The offsets that are not finished, against a plain set."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core import unfinished
from gateway.core.unfinished import Unfinished


def test_what_is_removed_is_gone() -> None:
    """The lowest one moves up; others stay."""
    offsets = Unfinished()
    for offset in (3, 5, 9):
        offsets.add(offset)

    offsets.remove(3)

    assert (offsets.first, list(offsets), len(offsets)) == (5, [5, 9], 2)
    assert 3 not in offsets
    assert 5 in offsets


@pytest.mark.parametrize("absent", [2, 4, 10])
def test_what_is_not_there_cannot_be_removed(absent: int) -> None:
    """Below, between and beyond: each is a bug of the caller's."""
    offsets = Unfinished()
    offsets.add(3)
    offsets.add(9)

    with pytest.raises(KeyError):
        offsets.remove(absent)
    assert absent not in offsets


def test_nothing_is_lowest_of_nothing() -> None:
    """Empty, it has no first."""
    assert Unfinished().first is None


@given(st.lists(st.integers(1, 9), max_size=3000))
def test_it_is_an_ordered_set_over_many_blocks(gaps: list[int]) -> None:
    """Whatever comes in ascending order and goes in any, it holds just the rest."""
    offsets, model, offset = Unfinished(), set[int](), 0
    for gap in gaps:
        offset += gap
        offsets.add(offset)
        model.add(offset)
        if gap % 3 == 0:
            gone = sorted(model)[len(model) // 2]
            offsets.remove(gone)
            model.discard(gone)

    assert list(offsets) == sorted(model)
    assert offsets.first == min(model, default=None)
    assert all(o in offsets for o in model)


def test_a_hundred_thousand_take_little_memory() -> None:
    """Eight bytes each, and a list entry per block."""
    offsets = Unfinished()
    for offset in range(100_000):
        offsets.add(offset)

    assert len(offsets._blocks) == -(-100_000 // unfinished.BLOCK)  # noqa: SLF001  its shape is the promise
    assert sum(b.itemsize * len(b) for b in offsets._blocks) == 800_000  # noqa: SLF001  its shape is the promise
