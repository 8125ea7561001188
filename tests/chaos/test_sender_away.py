"""The sender is killed, or stands still: what it had under way goes twice, at most."""

import json
import signal
from typing import Final

import pytest

from tests.chaos.flow import COMMANDS, Flow
from tests.e2e.support.account import CUT_OFF, NOT_COMMITTED
from tests.e2e.support.gateway import Gateway, Gateways
from tests.e2e.support.waiting import wait_for

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(180)]

KILLS: Final = 10
SLOTS: Final = 16
FEW: Final = 4
COMMIT_EVERY: Final = 20
PARTITIONS: Final = 4
SETTINGS: Final = {
    "SENDER_MAX_IN_FLIGHT": str(SLOTS),
    "SENDER_COMMIT_EVERY": str(COMMIT_EVERY),
}
STEADFAST: Final = {"KAFKA_GROUP_INSTANCE_ID": "one"}


def most_repeated(slots: int) -> int:
    """How many commands one crash may repeat.

    Besides what was under way: what had ended since the last commit, and while that
    commit itself was on its way.
    """
    return slots + 2 * COMMIT_EVERY


def test_ten_kills_repeat_only_what_was_under_way_or_not_committed(
    gateways: Gateways, flow: Flow
) -> None:
    """It is a static member, so it goes on at once where it was."""
    flow.begin(30)
    gateway = gateways.start("sender", {**SETTINGS, **STEADFAST})

    for kill in range(KILLS):
        flow.wait_for((kill + 1) / (KILLS + 1))
        gateway.kill()
        gateway = gateways.restart(gateway)

    account = flow.settle(crashes=KILLS)
    assert account.accepted == COMMANDS
    assert account.duplicates.keys() <= {CUT_OFF, NOT_COMMITTED}
    assert account.duplicates.total() <= KILLS * most_repeated(SLOTS)


def join(gateways: Gateways, name: str, slots: int) -> Gateway:
    """Start a sender whose messages show who sent them, with its share."""
    own = {"SENDER_MAX_IN_FLIGHT": str(slots), "VIBER_SENDER_NAME": name}
    session = {"KAFKA_SESSION_TIMEOUT_SECONDS": "3"}
    gateway = gateways.start("sender", {**SETTINGS, **session, **own})
    wait_for("partitions", lambda: gateway.health()["partitions"])
    return gateway


def test_a_sender_that_stood_still_starts_and_commits_nothing_of_others(
    gateways: Gateways, flow: Flow
) -> None:
    """It wakes up with partitions that another one has had since."""
    flow.begin(50)
    zombie, other = join(gateways, "zombie", FEW), join(gateways, "other", SLOTS)
    flow.wait_for(0.2)

    zombie.process.send_signal(signal.SIGSTOP)
    wait_for("all partitions", lambda: len(other.health()["partitions"]) == PARTITIONS)
    flow.wait_for(0.5)
    before = flow.topics.committed()
    zombie.process.send_signal(signal.SIGCONT)
    zombie.wait_for_log("membership_in_doubt")
    wait_for("a share", lambda: len(other.health()["partitions"]) < PARTITIONS)
    after = flow.topics.committed()

    account = flow.settle(crashes=1)
    assert account.accepted == COMMANDS
    assert account.duplicates.total() <= most_repeated(FEW)
    assert all(before[number] <= after[number] for number in before)
    assert repeated_by("zombie", flow) == set()


def repeated_by(name: str, flow: Flow) -> set[str]:
    """Name the commands that a sender sent after another one had sent them."""
    sent: set[str] = set()
    repeated = set()
    for call in flow.viber.calls():
        body = json.loads(call["body"])
        if body["sender"]["name"] == name and body["text"] in sent:
            repeated.add(body["text"])
        sent.add(body["text"])
    return repeated
