"""A bot's permits on this replica."""

from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core.allowance import Allowance
from gateway.core.rate import RECOVERY_SECONDS


def owner(rate: float = 50.0, owned: int = 6, total: int = 6) -> Allowance:
    """Return the permits of an owner of so many partitions since second 0."""
    allowance = Allowance(rate, 0.0)
    allowance.set_share(owned, total, 0.0)
    return allowance


def drain(allowance: Allowance, now: float) -> int:
    """Take all the permits that there are at a moment."""
    taken = 0
    while not allowance.take(now):
        taken += 1
    return taken


def test_without_partitions_there_is_no_permit() -> None:
    """Before the first assignment, and after the last was revoked."""
    allowance = Allowance(50.0, 0.0)
    assert allowance.take(1000.0) == inf

    allowance.set_share(6, 6, 1000.0)
    assert not allowance.take(1001.0)
    assert allowance.permits == 4.0

    allowance.set_share(0, 6, 1002.0)
    assert allowance.take(2000.0) == inf


def test_an_assignment_begins_with_nothing() -> None:
    """Else every rebalance would bring a burst of each replica."""
    allowance = owner()
    assert drain(allowance, 10.0) == 5

    allowance.set_share(6, 6, 20.0)

    assert drain(allowance, 20.0) == 0
    assert allowance.take(20.0) == pytest.approx(0.02)


@given(st.integers(1, 6), st.integers(1, 10))
def test_the_permits_of_all_replicas_are_the_bot_s_rate(
    replicas: int, seconds: int
) -> None:
    """However the partitions are shared out, but for a burst of each."""
    shares = [owner(50.0, 1, replicas) for _ in range(replicas)]
    moments = [now / 50 for now in range(seconds * 50 + 1)]

    taken = sum(drain(share, now) for share in shares for now in moments)

    burst = max(1.0, 50.0 / replicas / 10)
    assert 35 * seconds <= taken <= 50 * seconds + replicas * burst


def test_a_broadcast_takes_a_permit_of_each_kind() -> None:
    """It is a call like others, and besides there is a limit of its own."""
    allowance = owner(rate=10.0)
    assert allowance.take_broadcast(0.0) > 0

    assert not allowance.take_broadcast(1.0)

    assert allowance.take(1.0) == pytest.approx(0.1)


def test_a_broadcast_that_waits_for_the_call_keeps_its_permit() -> None:
    """Else it would take another one of its kind at each try."""
    allowance = owner(rate=0.1)
    waits = [allowance.take_broadcast(float(now)) for now in range(1, 10)]

    assert waits == pytest.approx(range(9, 0, -1))
    assert not allowance.take_broadcast(10.1)


def test_broadcasts_stay_within_viber_s_limit() -> None:
    """500 in 10 seconds, whatever the bot's own rate."""
    allowance = owner(rate=1000.0)

    taken = sum(not allowance.take_broadcast(now / 1000) for now in range(10_001))

    assert taken <= 500


def test_a_bot_that_is_too_fast_is_slowed_down() -> None:
    """To half; then it rises to its setting again."""
    allowance = owner(rate=40.0)

    allowance.slow_down(100.0)
    assert allowance.rate(100.0) == 20.0
    assert drain(allowance, 100.0) <= 4
    assert allowance.take(100.0) > 1 / 40

    assert allowance.rate(100.0 + RECOVERY_SECONDS) == 40.0


def test_a_new_share_does_not_make_a_slow_bot_fast() -> None:
    """A rebalance changes nothing about what Viber thinks of it."""
    allowance = owner(rate=40.0)
    allowance.slow_down(100.0)

    allowance.set_share(3, 6, 100.0)

    assert allowance.take(100.0) == pytest.approx(1 / 10)
