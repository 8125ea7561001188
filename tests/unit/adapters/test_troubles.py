"""Which topics cannot be written to: told when it begins, and when it is over."""

import pytest

from gateway.adapters.kafka.troubles import QUIET_SECONDS, Troubles

TOPIC = "viber.inbound"


class Told:
    """Troubles on a clock that is moved by hand, and what was told of them."""

    def __init__(self) -> None:
        self.now = 100.0
        self.changes: list[tuple[str, str | None]] = []
        self.troubles = Troubles(
            lambda: self.now, lambda topic, why: self.changes.append((topic, why))
        )


@pytest.fixture
def told() -> Told:
    """Return troubles of which there are none yet."""
    return Told()


def test_a_topic_that_works_is_not_talked_about(told: Told) -> None:
    """Nothing has changed."""
    told.troubles.worked(TOPIC)

    assert told.changes == []


def test_each_reason_is_told_once(told: Told) -> None:
    """Partitions that fail for different reasons take turns; a new trouble is news."""
    for _ in range(3):
        told.troubles.failed(TOPIC, "no leader")
        told.troubles.failed(TOPIC, "not authorised")
    told.now += QUIET_SECONDS
    told.troubles.worked(TOPIC)
    told.troubles.failed(TOPIC, "not authorised")

    assert told.changes == [
        (TOPIC, "no leader"),
        (TOPIC, "not authorised"),
        (TOPIC, None),
        (TOPIC, "not authorised"),
    ]


def test_a_topic_recovers_when_it_works_and_nothing_fails_any_more(told: Told) -> None:
    """It is told once; the next failure is news again."""
    told.troubles.failed(TOPIC, "no leader")
    told.now += QUIET_SECONDS

    told.troubles.worked(TOPIC)
    told.troubles.worked(TOPIC)
    told.troubles.failed(TOPIC, "again")

    assert told.changes == [(TOPIC, "no leader"), (TOPIC, None), (TOPIC, "again")]


def test_one_partition_that_works_is_no_recovery(told: Told) -> None:
    """Beside one without a leader the log would tell of a change at each record."""
    for _ in range(10):
        told.troubles.failed(TOPIC, "no leader")
        told.now += QUIET_SECONDS * 0.9
        told.troubles.worked(TOPIC)

    assert told.changes == [(TOPIC, "no leader")]


def test_topics_are_told_apart(told: Told) -> None:
    """One that works says nothing about another."""
    told.troubles.failed(TOPIC, "not authorised")
    told.now += QUIET_SECONDS

    told.troubles.worked("viber.dlq")

    assert told.changes == [(TOPIC, "not authorised")]


def test_a_first_answer_ends_what_was_unanswered(told: Told) -> None:
    """Nothing has failed, so nothing else must be waited for."""
    told.troubles.unanswered(TOPIC, "no answer")
    told.troubles.unanswered(TOPIC, "no answer")
    assert told.troubles.is_silent(["viber.dlq", TOPIC])

    told.troubles.worked(TOPIC)

    assert told.changes == [(TOPIC, "no answer"), (TOPIC, None)]
    assert not told.troubles.is_silent([TOPIC])


def test_what_fails_and_is_not_answered_either_is_one_trouble(told: Told) -> None:
    """It goes on failing, for two reasons."""
    told.troubles.failed(TOPIC, "no leader")
    told.troubles.unanswered(TOPIC, "no answer")
    told.troubles.worked(TOPIC)

    assert told.changes == [(TOPIC, "no leader"), (TOPIC, "no answer")]
