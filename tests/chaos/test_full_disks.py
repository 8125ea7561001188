"""The brokers' disks are full: first one, which the others make up for, then all.

Each broker has a small disk of its own, which the test fills to the last page.
Where none can be mounted, no file of a broker may grow: its error takes the same way.
"""

from typing import Final

import pytest

from tests.chaos.flow import COMMANDS, Flow
from tests.e2e.support.account import REPEATED, account_of_callbacks
from tests.e2e.support.fixtures import Note
from tests.e2e.support.gateway import Gateways
from tests.e2e.support.waiting import wait_for
from tests.kafka.cluster import KafkaCluster
from tests.kafka.guard import why_no_disks
from tests.kafka.plugin import StartCluster
from tests.kafka.properties import ClusterShape

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(180)]

TELLING: Final = 1000  # users of whom each writes once, as nobody's order is at stake
DISK_MB: Final = 64  # several times what the flow writes
SETTINGS: Final = {"SENDER_MAX_IN_FLIGHT": "16", "HTTP_PUBLISH_TIMEOUT_SECONDS": "0.5"}
STRICT: Final = {"auto.create.topics.enable": "false"}
# About no user, so that it is in no account: refused, it may still be written.
CALLBACK: Final = b'{"event": "seen", "message_token": 1}'


@pytest.fixture
def brokers(kafka_cluster: StartCluster, note: Note) -> KafkaCluster:
    """Return three brokers with a disk each, or else with files that may be limited."""
    refusal = why_no_disks()
    if refusal:
        note(f"full disks: a limit of the size of files, for want of disks: {refusal}")
    disk_mb = 0 if refusal else DISK_MB
    return kafka_cluster(ClusterShape(brokers=3, disk_mb=disk_mb, settings=STRICT))


def test_full_disks_are_waited_for(
    brokers: KafkaCluster, gateways: Gateways, flow: Flow
) -> None:
    """Beside one, all goes on; while all are full, callbacks get 503, commands wait."""
    flow.begin(50)
    gateway = gateways.start("all", SETTINGS)
    flow.viber.set_webhook(gateway.webhook(flow.viber))

    def answer() -> int:
        return gateway.call_back(flow.viber, CALLBACK).status

    flow.wait_for(0.1)
    brokers.fill_disks(1)
    wait_for("callbacks are taken", answer, lambda status: status == 200)
    flow.wait_for(0.3)
    with flow.viber.writing(flow.viber.add_users(TELLING), 1):
        brokers.fill_disks(2, 3)
        refused = gateway.call_back(flow.viber, CALLBACK)
        assert (refused.status, refused.headers["retry-after"]) == (503, "5")
        brokers.mend()
    wait_for("callbacks are taken", answer, lambda status: status == 200)

    commands = flow.settle()
    assert (commands.accepted, commands.dead_letters) == (COMMANDS, 0)
    assert commands.duplicates.total() == 0
    wait_for("answers", flow.viber.count_answered, lambda count: count == TELLING, 60)
    callbacks = flow.enter(account_of_callbacks(flow.topics, flow.viber))
    assert (callbacks.accepted, callbacks.lost) == (TELLING, ())
    assert callbacks.attempts > TELLING
    assert callbacks.duplicates.keys() <= {REPEATED}
