"""The offsets that are not finished, against a plain sorted list."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core.unfinished import BLOCK, Unfinished


def of(*offsets: int) -> Unfinished:
    """Return a set of offsets."""
    unfinished = Unfinished()
    for offset in offsets:
        unfinished.add(offset)
    return unfinished


@given(st.lists(st.integers(0, 300), unique=True).flatmap(st.permutations))
def test_it_is_a_sorted_set(going: list[int]) -> None:
    """Whatever goes, and in which order."""
    left = sorted(going)
    unfinished = of(*left)

    for gone in going:
        assert list(unfinished) == left
        assert unfinished.first == left[0]
        assert len(unfinished) == len(left)
        unfinished.remove(gone)
        left.remove(gone)
        assert gone not in unfinished

    assert (list(unfinished), unfinished.first, len(unfinished)) == ([], None, 0)


def test_many_are_kept_in_blocks() -> None:
    """Each is found, at the borders of blocks too, and the first one is the first."""
    many = range(0, BLOCK * 6, 2)
    unfinished = of(*many)
    assert list(unfinished) == list(many)

    for offset in many[: BLOCK + 1]:
        assert unfinished.first == offset
        unfinished.remove(offset)

    assert unfinished.first == many[BLOCK + 1]
    assert all(offset in unfinished for offset in many[BLOCK + 1 :])
    assert not any(offset + 1 in unfinished for offset in many)


@pytest.mark.parametrize("offset", [-1, 0, 15, 31])
def test_what_is_not_there_cannot_go(offset: int) -> None:
    """It would be a record that ends twice: a bug of the caller's."""
    unfinished = of(10, 20, 30)
    assert offset not in unfinished

    with pytest.raises(KeyError):
        unfinished.remove(offset)
