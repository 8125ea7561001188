"""Which partitions are paused, because they fill their part of the buffer."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core.pausing import without_room
from gateway.core.record import TopicPartition

MOST = 10_000


def paused(*held: int, most: int = MOST) -> set[int]:
    """Tell the numbers of the paused partitions, given what each holds."""
    partitions = {TopicPartition("t", n): count for n, count in enumerate(held)}
    return {p.partition for p in without_room(partitions, most)}


@pytest.mark.parametrize(
    ("held", "expected"),
    [
        ((), set()),
        ((0, 0), set()),
        ((6666,), set()),
        ((6667,), {0}),
        ((3493, 3235, 1877, 0, 0, 0), {0, 1}),
        ((1538,) * 6, set()),
        ((1539,) * 6, set(range(6))),
        ((5000, 5000, 0), {0, 1, 2}),
        ((9999, 0), {0}),
        ((6000, 6000, 0), {0, 1, 2}),
    ],
)
def test_who_holds_twice_what_is_free_is_paused(
    held: tuple[int, ...], expected: set[int]
) -> None:
    """One alone may fill two thirds; what is full is full for all."""
    assert paused(*held) == expected


@given(st.lists(st.integers(0, MOST), min_size=1, max_size=20))
def test_who_holds_nothing_is_read_as_long_as_anything_is_free(held: list[int]) -> None:
    """However much the others have."""
    is_read = len(held) not in paused(*held, 0)
    assert is_read == (sum(held) < MOST)


@given(st.lists(st.integers(0, MOST), min_size=1, max_size=20))
def test_no_one_is_read_who_has_more_than_one_who_is_not(held: list[int]) -> None:
    """Fewest first."""
    full = paused(*held)
    most_read = max((n for p, n in enumerate(held) if p not in full), default=0)
    assert all(held[p] >= most_read for p in full)
