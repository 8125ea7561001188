"""Is the process started, ready, alive."""

import pytest

from gateway.ops.health import POLL_LIMIT_SECONDS, Health


class Watch:
    """A clock that stands until it is set."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        """Tell the time."""
        return self.now


def is_ready(health: Health) -> bool:
    """Ask anew: mypy takes a property for a constant."""
    return not health.failing


def is_alive(health: Health) -> bool:
    """Ask anew, for the same reason."""
    return health.is_alive


@pytest.fixture
def watch() -> Watch:
    """Return the health's clock."""
    return Watch()


@pytest.fixture
def health(watch: Watch) -> Health:
    """Return the health of a process of two parts."""
    return Health(watch, frozenset({"producer", "consumer"}))


def test_a_process_has_started_when_each_part_has(health: Health) -> None:
    """Each has reached Kafka once; losing it later does not undo that."""
    assert not health.is_started

    health.started("producer")
    health.started("producer")
    assert not health.is_started

    health.started("consumer")
    assert health.is_started


def test_a_part_that_is_needed_later_is_waited_for(health: Health) -> None:
    """The reader of replies, once some bot is asked."""
    health.started("producer")
    health.started("consumer")
    health.expect("replies")
    assert not health.is_started

    health.started("replies")

    assert health.is_started


def test_a_part_that_nobody_waits_for_may_start_too(health: Health) -> None:
    """It changes nothing."""
    health.started("stranger")

    assert not health.is_started


def test_it_is_ready_when_started_and_not_draining(health: Health) -> None:
    """With no other check there is no other condition."""
    assert not is_ready(health)
    health.started("producer")
    health.started("consumer")
    assert is_ready(health)

    health.is_draining = True

    assert not is_ready(health)
    assert health.checks == {"startup": True, "draining": False}


def test_every_check_must_be_well(health: Health) -> None:
    """Each is asked anew, and told by its name."""
    troubles: set[str] = set()
    health.started("producer")
    health.started("consumer")
    health.add_check("buffer", lambda: "buffer" not in troubles)
    health.add_check("sender", lambda: "sender" not in troubles)
    assert is_ready(health)

    troubles.add("buffer")

    assert not is_ready(health)
    assert {name for name, is_well in health.checks.items() if not is_well} == troubles


def test_what_is_only_told_keeps_nobody_away(health: Health) -> None:
    """The sender's troubles, in a process that serves callbacks."""
    health.started("producer")
    health.started("consumer")

    health.add_check("sender", lambda: False, is_needed=False)

    assert is_ready(health)
    assert health.checks["sender"] is False


def test_it_is_alive_while_the_poll_loop_goes_round(
    health: Health, watch: Watch
) -> None:
    """Before the first round there is no loop, which is no fault: Kafka may be away."""
    watch.now += 1000
    assert is_alive(health)

    health.tick()
    watch.now += POLL_LIMIT_SECONDS - 0.1
    assert is_alive(health)

    watch.now += 0.1
    assert not is_alive(health)

    health.tick()
    assert is_alive(health)


def test_draining_does_not_end_life(health: Health) -> None:
    """Else the platform would kill what wants to finish."""
    health.tick()
    health.is_draining = True

    assert is_alive(health)
