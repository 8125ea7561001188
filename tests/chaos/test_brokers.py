"""Three brokers of which one is lost, or stands still, or changes places.

Nobody was killed who knew what had been sent: so nothing is sent twice.
"""

import time
from functools import partial
from typing import Final

import pytest

from tests.chaos.flow import COMMANDS, Flow
from tests.e2e.support.account import Account
from tests.e2e.support.gateway import Gateways
from tests.e2e.support.records import coordinator, elect_preferred, leaders
from tests.e2e.support.waiting import wait_for
from tests.kafka.cluster import KafkaCluster

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(180)]

ALL: Final = {1, 2, 3}
SETTINGS: Final = {"SENDER_MAX_IN_FLIGHT": "16"}
# A client notices after 40 s that a broker stands still; the default is longer.
PATIENT: Final = {**SETTINGS, "KAFKA_SESSION_TIMEOUT_SECONDS": "45"}
SESSION_SECONDS: Final = 6
OUTAGE_SECONDS: Final = 12
BRIEF: Final = {**SETTINGS, "KAFKA_SESSION_TIMEOUT_SECONDS": str(SESSION_SECONDS)}


def check(account: Account) -> None:
    """Check that each command was sent, and sent once."""
    assert (account.accepted, account.dead_letters) == (COMMANDS, 0)
    assert account.duplicates.total() == 0


def test_each_broker_may_be_killed_in_turn(
    brokers: KafkaCluster, gateways: Gateways, flow: Flow
) -> None:
    """Whichever it is: a leader, the group's coordinator, the controller."""
    flow.begin(50)
    gateways.start("sender", SETTINGS)

    for number in sorted(ALL):
        flow.wait_for(0.2 * number)
        brokers.kill_broker(number)
        brokers.start_broker(number)

    check(flow.settle())


def test_leaders_may_change_and_change_back(
    brokers: KafkaCluster, gateways: Gateways, flow: Flow
) -> None:
    """A broker that ends in order hands its partitions over, and gets them back."""
    servers, topic = flow.topics.servers, flow.topics.outbound
    flow.begin(50)
    gateways.start("sender", SETTINGS)
    flow.wait_for(0.2)
    first = leaders(servers, topic)

    for number in sorted(ALL):
        brokers.stop_broker(number)
        assert number not in leaders(servers, topic).values()
        brokers.start_broker(number)
    # A broker that came back leads again only once it has caught up.
    elect = partial(elect_preferred, servers, topic)
    wait_for("the first leaders", elect, lambda now: now == first)

    check(flow.settle())


def wait_until_alive(brokers: KafkaCluster, wanted: set[int]) -> None:
    """Wait until the last of some brokers says that just these are alive."""
    witness = max(wanted)
    wait_for("the living", lambda: brokers.alive(witness), lambda them: them == wanted)


def test_a_broker_may_stand_still(
    brokers: KafkaCluster, gateways: Gateways, flow: Flow
) -> None:
    """Until the others have given it up; then it comes back as if nothing had been."""
    flow.begin(50)
    gateways.start("sender", PATIENT)

    for number in sorted(ALL):
        flow.wait_for(0.2 * number)
        brokers.pause_broker(number)
        wait_until_alive(brokers, ALL - {number})
        brokers.resume_broker(number)
        wait_until_alive(brokers, ALL)

    check(flow.settle())


def test_nothing_starts_while_the_coordinator_stands_still_for_a_session(
    brokers: KafkaCluster, gateways: Gateways, flow: Flow
) -> None:
    """The group may have given the partitions to others, and nobody can tell us."""
    flow.begin(50)
    gateway = gateways.start("sender", BRIEF)
    flow.wait_for(0.2)
    number = coordinator(flow.topics.servers, flow.topics.group)

    begun = flow.viber.calls()[-1]["at"]
    brokers.pause_broker(number)
    time.sleep(OUTAGE_SECONDS)
    assert gateway.logged("membership_in_doubt")  # so it polls, though a commit hangs
    brokers.resume_broker(number)

    account = flow.settle(crashes=1)
    assert account.accepted == COMMANDS
    since = [call["at"] - begun for call in flow.viber.calls()]
    last_ms = 1000 * (SESSION_SECONDS + 1)
    assert not any(last_ms < ms < 1000 * OUTAGE_SECONDS for ms in since)
