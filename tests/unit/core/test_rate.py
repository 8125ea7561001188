"""How fast a bot may send, over any window and any assignment."""

from itertools import accumulate
from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core.rate import (
    BROADCAST_WINDOW_SECONDS,
    BROADCASTS,
    AdaptiveLimit,
    Pace,
    TokenBucket,
    broadcast_pace,
    pace,
    share,
)

rates = st.floats(0.1, 1000)
starts = st.floats(-1e6, 1e6)


def drain(bucket: TokenBucket, now: float) -> int:
    """Take all permits that there are."""
    taken = 0
    while bucket.take(now) == 0:
        taken += 1
    return taken


@pytest.mark.parametrize(
    ("rate", "expected"), [(50, Pace(50, 5)), (10, Pace(10, 1)), (0.5, Pace(0.5, 1))]
)
def test_the_burst_is_a_tenth_of_a_second(rate: float, expected: Pace) -> None:
    """And at least 1, or a slow bot would never send."""
    assert pace(rate) == expected


def test_shares_add_up_to_the_rate() -> None:
    """However the partitions are spread."""
    assert share(50, 4, 12) + share(50, 3, 12) + share(50, 5, 12) == pytest.approx(50)
    assert share(50, 0, 12) == 0
    assert share(50, 0, 0) == 0


def test_a_bucket_starts_empty() -> None:
    """A new assignment gives no second burst."""
    bucket = TokenBucket(Pace(10, 3), now=100)

    assert bucket.take(100) == pytest.approx(0.1)
    assert bucket.take(100.05) == pytest.approx(0.05)
    assert repr(bucket) == "<TokenBucket 0.50 of 3 permits, 10/s>"


@given(rates, starts)
def test_who_waits_as_long_as_told_gets_a_permit(rate: float, start: float) -> None:
    """The wait is exact: at its end at most a rounding error is missing."""
    bucket = TokenBucket(pace(rate), start)
    now = start
    waits = [bucket.take(now)]
    while waits[-1]:
        now += waits[-1]
        waits.append(bucket.take(now))

    assert now - start == pytest.approx(1 / rate, rel=1e-3, abs=1e-5)
    assert all(wait > 0 for wait in waits[:-1])


def test_a_bucket_without_a_rate_waits_for_an_assignment() -> None:
    """A replica that owns no partition sends nothing."""
    assert TokenBucket(pace(share(50, 0, 12)), now=0).take(1000) == inf


def test_a_jump_ahead_gives_no_more_than_a_burst() -> None:
    """A suspended machine does not make up for what it missed."""
    bucket = TokenBucket(Pace(50, 5), now=0)

    assert drain(bucket, now=1e9) == 5


def test_a_jump_back_gives_nothing_and_freezes_nothing() -> None:
    """The bucket earns on from the time that the clock now shows."""
    bucket = TokenBucket(Pace(50, 5), now=1000)

    assert drain(bucket, now=0) == 0
    assert drain(bucket, now=1) == 5


def test_a_new_pace_keeps_what_was_earned() -> None:
    """Up to the new burst; and what was earned before was earned at the old rate."""
    bucket = TokenBucket(Pace(10, 8), now=0)
    bucket.set_pace(0.5, Pace(100, 10))
    assert drain(bucket, now=0.5) == 5

    bucket.set_pace(10, Pace(10, 2))
    assert drain(bucket, now=10) == 2


@given(
    rates,
    st.lists(st.floats(-5, 5) | st.floats(0, 0.1), min_size=1, max_size=50),
)
def test_no_window_has_more_permits_than_rate_and_burst(
    rate: float, steps: list[float]
) -> None:
    """Every pause and jump counted, each window holds rate x window + burst at most."""
    bucket = TokenBucket(pace(rate), 0)
    moments = list(accumulate(steps))
    taken = [drain(bucket, now) for now in moments]

    for first in range(len(steps)):
        window = 0.0
        permits = 0
        for i in range(first, len(steps)):
            window += max(steps[i], 0.0) if i > first else 0.0
            permits += taken[i]
            assert permits <= rate * window + pace(rate).burst + 1e-6


@given(
    rate=rates,
    steps=st.lists(
        st.tuples(
            st.floats(0, 2),
            st.sets(st.integers(0, 3)),
            st.lists(st.integers(0, 3), min_size=12, max_size=12),
        ),
        max_size=15,
    ),
)
def test_all_replicas_together_keep_the_rate(
    rate: float, steps: list[tuple[float, set[int], list[int]]]
) -> None:
    """Any assignment of partitions to replicas, any sequence of them, any window."""
    paces = [pace(0)] * 4
    buckets = [TokenBucket(pace, 0) for pace in paces]
    moments: list[float] = [0]
    taken: list[int] = []
    bursts: list[float] = []

    for step, takers, owners in steps:
        now = moments[-1] + step
        moments.append(now)
        bursts.append(sum(p.burst for p in paces))
        taken.append(sum(drain(buckets[replica], now) for replica in takers))
        paces = [pace(share(rate, owners.count(replica), 12)) for replica in range(4)]
        for bucket, new in zip(buckets, paces, strict=True):
            bucket.set_pace(now, new)

    for first in range(len(steps)):
        for last in range(first, len(steps)):
            window = moments[last + 1] - moments[first + 1]
            permits = sum(taken[first : last + 1])
            assert permits <= rate * window + bursts[first] + 1e-6


@given(st.integers(1, 125), st.integers(1, 125))
def test_broadcasts_stay_within_500_in_10_seconds(owned: int, others: int) -> None:
    """Burst and refill of all replicas together; a window may begin with a burst."""
    total = owned + others
    paces = [broadcast_pace(owned, total)] + [broadcast_pace(1, total)] * others

    worst = sum(p.burst + p.rate * BROADCAST_WINDOW_SECONDS for p in paces)

    assert worst == pytest.approx(BROADCASTS)


def test_a_replica_with_hardly_a_share_of_broadcasts_still_sends() -> None:
    """With more than 250 replicas nobody waits for ever."""
    tiny = broadcast_pace(1, 1000)

    assert tiny.burst == 1
    assert tiny.rate == pytest.approx(0.5 / 2 / BROADCAST_WINDOW_SECONDS)
    assert broadcast_pace(0, 12).rate == 0


def test_a_limit_is_halved_and_rises_again() -> None:
    """By a twentieth of the setting every second, up to the setting."""
    limit = AdaptiveLimit(50, now=0)
    limit.slow_down(10)

    assert limit.rate(10) == 25
    assert limit.rate(11) == pytest.approx(27.5)
    assert limit.rate(19) == pytest.approx(47.5)
    assert limit.rate(100) == 50
    assert repr(limit) == "<AdaptiveLimit 50 of 50/s>"


def test_a_limit_is_halved_once_a_second() -> None:
    """One burst of complaints is one complaint."""
    limit = AdaptiveLimit(64, now=0)
    for now in (10, 10, 10.5, 10.9):
        limit.slow_down(now)
    assert limit.rate(10.9) == pytest.approx(32 + 0.9 * 3.2)

    limit.slow_down(11)
    assert limit.rate(11) == pytest.approx((32 + 3.2) / 2)


@pytest.mark.parametrize(("setting", "lowest"), [(4, 1), (0.5, 0.5)])
def test_a_limit_never_falls_below_one(setting: float, lowest: float) -> None:
    """Or below the setting, where that is less."""
    limit = AdaptiveLimit(setting, now=0)
    for now in range(1, 20):
        before = limit.rate(now)
        limit.slow_down(now)
        assert limit.rate(now) == max(before / 2, lowest)


@given(
    rates,
    st.lists(st.tuples(st.floats(-10, 10), st.booleans()), max_size=30),
)
def test_a_limit_stays_between_one_and_the_setting(
    setting: float, steps: list[tuple[float, bool]]
) -> None:
    """Whatever Viber says and however the clock jumps."""
    limit = AdaptiveLimit(setting, now=0)
    now = 0.0
    for step, complains in steps:
        now += step
        if complains:
            limit.slow_down(now)
        assert min(1, setting) <= limit.rate(now) <= setting


def test_a_limit_recovers_after_the_clock_jumped_back() -> None:
    """It rises from the time that the clock now shows."""
    limit = AdaptiveLimit(50, now=1000)
    limit.slow_down(1000)

    assert limit.rate(0) == 25
    assert limit.rate(1) == pytest.approx(27.5)
    limit.slow_down(1)
    assert limit.rate(1) == pytest.approx(13.75)


def test_a_new_setting_counts_at_once() -> None:
    """A rate that is held back keeps rising, to the new setting."""
    limit = AdaptiveLimit(50, now=0)
    limit.set_setting(1, 80)
    assert limit.rate(1) == 80

    limit.slow_down(2)
    limit.set_setting(2, 60)
    assert limit.rate(2) == 40
    assert limit.rate(3) == pytest.approx(43)

    limit.set_setting(3, 20)
    assert limit.rate(3) == 20
