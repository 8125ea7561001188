"""The dead-letter brake."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core.brake import BOT_REASONS, PROCESS_REASONS, WINDOW, Brake
from gateway.core.errors import Reason

DEAD = Reason.HTTP_ERROR
endings = st.lists(
    st.sampled_from([None, DEAD, Reason.ATTEMPTS_EXHAUSTED, Reason.EXPIRED]),
    max_size=600,
)


def record(brake: Brake, *reasons: Reason | None) -> list[bool]:
    """Record how commands ended; what the brake said each time."""
    return [brake.record(reason) for reason in reasons]


def test_dead_letters_in_a_row_engage_it() -> None:
    """At the number that is set, and until a restart."""
    brake = Brake(BOT_REASONS, 1, 3)

    assert record(brake, DEAD, DEAD, None, DEAD, DEAD) == [False] * 5
    assert record(brake, DEAD, None, None) == [True] * 3
    assert brake.is_engaged
    assert repr(brake) == "<Brake engaged, 5 of 8 dead, 0 in a row>"


def test_too_large_a_share_engages_it_once_there_are_enough() -> None:
    """Half of the last 200, but not half of the first few."""
    brake = Brake(BOT_REASONS, 0.5, 0)
    first = record(brake, *[DEAD, None] * (WINDOW // 2))

    assert first == [False] * (WINDOW - 1) + [True]


def test_the_share_is_of_the_last_200() -> None:
    """What lies further back is forgotten."""
    brake = Brake(BOT_REASONS, 0.5, 0)
    record(brake, *[None] * 1000)

    assert record(brake, *[DEAD] * 100) == [False] * 99 + [True]

    mended = Brake(BOT_REASONS, 0.5, 0)
    record(mended, *[DEAD] * 99, *[None] * 200)
    assert record(mended, *[DEAD] * 99) == [False] * 99
    assert repr(mended) == "<Brake released, 99 of 200 dead, 99 in a row>"


@pytest.mark.parametrize(
    "reason",
    sorted(set(Reason) - BOT_REASONS),
)
def test_what_is_no_fault_of_ours_does_not_count(reason: Reason) -> None:
    """A producer's mistake, Viber's verdict or old age stop nobody."""
    brake = Brake(BOT_REASONS, 0.1, 10)

    assert not any(record(brake, *[reason] * 500))


@pytest.mark.parametrize("reason", sorted(BOT_REASONS))
def test_what_may_be_our_fault_counts(reason: Reason) -> None:
    """For the bot each of the three; for the process our own bugs only."""
    assert record(Brake(BOT_REASONS, 1, 1), reason) == [True]
    is_bug = reason is Reason.INTERNAL_ERROR
    assert record(Brake(PROCESS_REASONS, 1, 1), reason) == [is_bug]


def test_it_can_be_switched_off() -> None:
    """By a ratio of 1 and a row of 0."""
    assert not any(record(Brake(BOT_REASONS, 1, 0), *[DEAD] * 1000))


@given(endings, st.floats(0.01, 1), st.integers(0, 50))
def test_it_engages_exactly_when_a_limit_is_reached(
    reasons: list[Reason | None], ratio: float, row: int
) -> None:
    """Counted anew from the whole history at each step."""
    brake = Brake(BOT_REASONS, ratio, row)
    dead = [reason in BOT_REASONS for reason in reasons]
    expected = False

    for n, said in enumerate(record(brake, *reasons), start=1):
        is_row = 0 < row <= n and all(dead[n - row : n])
        is_share = n >= WINDOW and sum(dead[n - WINDOW : n]) >= ratio * WINDOW
        expected = expected or is_row or (is_share and ratio < 1)
        assert said == expected
