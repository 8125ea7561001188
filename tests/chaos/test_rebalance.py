"""Replicas come, go and die while commands flow."""

import pytest

from tests.e2e.support.account import (
    CUT_OFF,
    NOT_COMMITTED,
    account_of_commands,
)
from tests.e2e.support.commands import messages
from tests.e2e.support.fixtures import Enter
from tests.e2e.support.gateway import Gateway, Gateways
from tests.e2e.support.topics import Topics
from tests.e2e.support.viber import Viber
from tests.e2e.support.waiting import wait_for

pytestmark = [
    pytest.mark.chaos,
    pytest.mark.real_kafka,  # a group of several members
    pytest.mark.timeout(120),
]

USERS = 50
COMMANDS = 2000
SLOTS = 32
COMMIT_EVERY = 50
ROUNDS = 4
SETTINGS = {
    "SENDER_MAX_IN_FLIGHT": str(SLOTS),
    "SENDER_COMMIT_EVERY": str(COMMIT_EVERY),
}


def flow(viber: Viber, topics: Topics) -> None:
    """Write the commands; Viber takes each slowly enough for much to happen."""
    viber.misbehave("delay", method="send_message", delay_ms=[100, 500])
    users = viber.add_users(USERS)
    topics.write(messages(topics.outbound, viber.bot, users, COMMANDS))


def join(gateways: Gateways) -> Gateway:
    """Start a sender and wait until it has a share of the partitions."""
    gateway = gateways.start("sender", SETTINGS)
    wait_for("partitions", lambda: gateway.health()["partitions"])
    return gateway


def test_replicas_that_come_and_go_lose_and_repeat_nothing(
    gateways: Gateways, viber: Viber, topics: Topics, enter: Enter
) -> None:
    """Each takes over where another has ended, again and again."""
    flow(viber, topics)
    oldest, newest = join(gateways), join(gateways)

    for _ in range(ROUNDS):
        assert oldest.stop() == 0
        oldest, newest = newest, join(gateways)
        assert topics.count(topics.results) < COMMANDS
    topics.wait_for(topics.results, COMMANDS)
    assert [oldest.stop(), newest.stop()] == [0, 0]

    account = enter(account_of_commands(topics, viber))
    assert (account.accepted, account.lost) == (COMMANDS, ())
    assert (account.disorders, account.duplicates.total()) == ((), 0)


def test_the_others_take_over_from_a_replica_that_dies(
    gateways: Gateways, viber: Viber, topics: Topics, enter: Enter
) -> None:
    """Only what the dead one had under way, or not yet committed, is repeated."""
    flow(viber, topics)
    dying, _ = join(gateways), join(gateways)
    topics.wait_for(topics.results, COMMANDS // 4)

    dying.kill()

    topics.wait_until_ended(COMMANDS)
    account = enter(account_of_commands(topics, viber, crashes=1))
    assert (account.accepted, account.lost) == (COMMANDS, ())
    assert account.disorders == ()
    assert account.duplicates.keys() <= {CUT_OFF, NOT_COMMITTED}
    assert account.duplicates.total() <= SLOTS + 2 * COMMIT_EVERY


def test_a_replica_with_a_fixed_name_comes_back_unnoticed(
    gateways: Gateways, viber: Viber, topics: Topics, enter: Enter
) -> None:
    """Static membership: it gets its partitions back, and the other keeps its own."""
    patient = {**SETTINGS, "KAFKA_SESSION_TIMEOUT_SECONDS": "60"}
    flow(viber, topics)
    one, other = (
        gateways.start("sender", {**patient, "KAFKA_GROUP_INSTANCE_ID": name})
        for name in ("one", "other")
    )
    wait_for("its share", lambda: len(one.health()["partitions"]) == 2)
    topics.wait_for(topics.results, COMMANDS // 4)
    rebalances = len(other.logged("rebalanced"))

    one.kill()
    one = gateways.restart(one)
    topics.wait_until_ended(COMMANDS)
    assert [one.stop(), other.stop()] == [0, 0]

    account = enter(account_of_commands(topics, viber, crashes=1))
    assert (account.accepted, account.lost, account.disorders) == (COMMANDS, (), ())
    assert account.duplicates.keys() <= {CUT_OFF, NOT_COMMITTED}
    assert len(other.logged("rebalanced")) == rebalances
