"""How long to wait before the next attempt."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core.backoff import Backoff

seconds = st.floats(0.001, 1000)
draws = st.floats(0, 1, exclude_max=True)


def backoff(draw: float = 0.0, initial: float = 0.5, longest: float = 60) -> Backoff:
    """Return a backoff whose dice always fall the same."""
    return Backoff(initial, longest, lambda: draw)


@pytest.mark.parametrize(
    ("retry", "shortest", "longest"),
    [
        (1, 0.5, 1),
        (2, 1, 2),
        (3, 2, 4),
        (7, 32 - 2, 60),
        (8, 30, 60),
        (10**6, 30, 60),
    ],
)
def test_waits_double_up_to_the_longest(
    retry: int, shortest: float, longest: float
) -> None:
    """Each wait lies between the end of the one before and twice that."""
    assert backoff(0.0).delay(retry) == pytest.approx(shortest)
    assert backoff(1.0).delay(retry) == pytest.approx(longest)
    assert backoff(0.5).delay(retry) == pytest.approx((shortest + longest) / 2)


@given(seconds, seconds, draws, st.integers(1, 10_000))
def test_waits_stay_between_initial_and_longest(
    initial: float, longest: float, draw: float, retry: int
) -> None:
    """Whatever the dice say; where the two contradict, the longest wins."""
    wait = backoff(draw, initial, longest).delay(retry)

    assert min(initial, longest) <= wait <= longest


@given(draws, st.integers(1, 100), st.floats(0, 86_400))
def test_retry_after_is_never_undercut(
    draw: float, retry: int, retry_after: float
) -> None:
    """Who asks for a minute gets a minute, also beyond the longest wait."""
    wait = backoff(draw)

    assert wait.delay(retry, retry_after) == max(wait.delay(retry), retry_after)


def test_slow_waits_begin_where_the_others_end() -> None:
    """From the longest wait to ten times as long."""
    assert backoff(0.0).slow.delay(1) == 60
    assert backoff(0.9).slow.delay(20) == pytest.approx(300 + 0.9 * 300)
