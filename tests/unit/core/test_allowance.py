"""A bot's permits on one replica: its share of the rate, and of the broadcasts."""

import pytest

from gateway.core.allowance import Allowance


def taken(allowance: Allowance, until: float, *, broadcasts: bool = False) -> int:
    """Take permits greedily from 0 s on; return how many there were."""
    take = allowance.take_broadcast if broadcasts else allowance.take
    now, count = 0.0, 0
    while now < until:
        seconds = take(now)
        count += not seconds
        now += seconds
    return count


def owner(rate: float, owned: int = 6, total: int = 6) -> Allowance:
    """Return the allowance of a replica that owns so many of all partitions."""
    allowance = Allowance(rate, 0.0)
    allowance.set_share(owned, total, 0.0)
    return allowance


def test_nothing_may_be_sent_before_anything_is_owned() -> None:
    """Without partitions there are no permits."""
    assert Allowance(50, 0.0).take(100.0) == float("inf")


@pytest.mark.parametrize(("owned", "expected"), [(6, 500), (3, 250), (1, 83)])
def test_a_replica_takes_its_share(owned: int, expected: int) -> None:
    """By the partitions that it owns; the first permits must be earned."""
    assert taken(owner(50, owned), 10.0) == pytest.approx(expected, abs=5)


def test_the_limit_falls_and_rises() -> None:
    """Halved when Viber finds the bot too fast, back after some seconds."""
    allowance = owner(100)
    allowance.slow_down(0.0)

    assert allowance.rate(0.0) == 50
    assert taken(allowance, 1.0) < 60
    assert allowance.rate(10.0) == 100


def test_broadcasts_have_a_limit_of_their_own() -> None:
    """500 in 10 s, even where the rate would allow more."""
    assert 400 < taken(owner(1000), 10.0, broadcasts=True) <= 500


def test_a_broadcast_waits_for_both_permits_and_loses_none() -> None:
    """The rarer permit is kept while the other one is awaited."""
    assert taken(owner(1), 10.5, broadcasts=True) == 10


def test_a_broadcast_that_waits_takes_its_rare_permit_once() -> None:
    """However often it asks, others of the same kind lose nothing by it."""
    allowance = owner(1)
    assert all(allowance.take_broadcast(0.5) for _ in range(10))

    allowance.set_rate(1000, 0.5)
    allowance.take(0.5)

    assert sum(not allowance.take_broadcast(0.51) for _ in range(10)) == 5


def test_it_tells_what_is_left() -> None:
    """For the metric; as of the last look."""
    allowance = owner(100)
    allowance.take(1.0)

    assert allowance.permits == 9
