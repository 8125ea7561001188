"""Replicas come, go and die while commands flow."""

import pytest

from tests.chaos.flow import COMMANDS, Flow
from tests.e2e.support.account import CUT_OFF, NOT_COMMITTED
from tests.e2e.support.gateway import Gateway, Gateways
from tests.e2e.support.waiting import wait_for

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(120)]

DELAY_MS = 150
SLOTS = 32
COMMIT_EVERY = 50
ROUNDS = 6
SETTINGS = {
    "SENDER_MAX_IN_FLIGHT": str(SLOTS),
    "SENDER_COMMIT_EVERY": str(COMMIT_EVERY),
}


def join(gateways: Gateways) -> Gateway:
    """Start a sender and wait until it has a share of the partitions."""
    gateway = gateways.start("sender", SETTINGS)
    wait_for("partitions", lambda: gateway.health()["partitions"])
    return gateway


def test_replicas_that_come_and_go_lose_and_repeat_nothing(
    gateways: Gateways, flow: Flow
) -> None:
    """Each takes over where another has ended, again and again."""
    flow.begin(DELAY_MS)
    oldest, newest = join(gateways), join(gateways)

    for _ in range(ROUNDS):
        assert oldest.stop() == 0
        oldest, newest = newest, join(gateways)
        assert flow.topics.count(flow.topics.results) < COMMANDS
    account = flow.settle()
    assert [oldest.stop(), newest.stop()] == [0, 0]

    assert (account.accepted, account.duplicates.total()) == (COMMANDS, 0)


def test_the_others_take_over_from_a_replica_that_dies(
    gateways: Gateways, flow: Flow
) -> None:
    """Only what the dead one had under way, or not yet committed, is repeated."""
    flow.begin(DELAY_MS)
    dying, _ = join(gateways), join(gateways)
    flow.wait_for(0.25)

    dying.kill()

    account = flow.settle(crashes=1)
    assert account.accepted == COMMANDS
    assert account.duplicates.keys() <= {CUT_OFF, NOT_COMMITTED}
    assert account.duplicates.total() <= SLOTS + 2 * COMMIT_EVERY


def test_a_replica_with_a_fixed_name_comes_back_unnoticed(
    gateways: Gateways, flow: Flow
) -> None:
    """Static membership: it gets its partitions back, and the other keeps its own."""
    patient = {**SETTINGS, "KAFKA_SESSION_TIMEOUT_SECONDS": "60"}
    flow.begin(DELAY_MS)
    one, other = (
        gateways.start("sender", {**patient, "KAFKA_GROUP_INSTANCE_ID": name})
        for name in ("one", "other")
    )
    wait_for("its share", lambda: len(one.health()["partitions"]) == 2)
    flow.wait_for(0.25)
    rebalances = len(other.logged("rebalanced"))

    one.kill()
    one = gateways.restart(one)
    account = flow.settle(crashes=1)
    assert [one.stop(), other.stop()] == [0, 0]

    assert account.accepted == COMMANDS
    assert account.duplicates.keys() <= {CUT_OFF, NOT_COMMITTED}
    assert len(other.logged("rebalanced")) == rebalances
