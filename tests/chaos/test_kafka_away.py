"""Kafka goes away and comes back: the gateway waits for it and is never restarted."""

from collections.abc import Callable
from typing import Final

import pytest

from tests.e2e.support.account import (
    REPEATED,
    account_of_callbacks,
    account_of_commands,
)
from tests.e2e.support.commands import messages
from tests.e2e.support.fixtures import Enter
from tests.e2e.support.gateway import Gateways
from tests.e2e.support.metrics import metric
from tests.e2e.support.topics import Topics
from tests.e2e.support.viber import Viber
from tests.e2e.support.waiting import wait_for
from tests.kafka.broker import Kafka
from tests.kafka.cluster import KafkaCluster
from tests.kafka.plugin import StartCluster
from tests.kafka.properties import ClusterShape

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(120)]

Act = Callable[[KafkaCluster, int], None]

USERS = 50
EACH = 10
QUICK: Final = {"HTTP_PUBLISH_TIMEOUT_SECONDS": "0.5"}
# About no user, so that it is in no account: refused, it may still be written.
CALLBACK: Final = b'{"event": "seen", "message_token": 1}'
OUTAGES: Final[dict[str, tuple[Act, Act]]] = {
    "frozen": (KafkaCluster.pause_broker, KafkaCluster.resume_broker),
    "killed": (KafkaCluster.kill_broker, KafkaCluster.start_broker),
}


@pytest.fixture
def cluster(kafka_cluster: StartCluster) -> KafkaCluster:
    """Return a cluster of one broker that the test may break."""
    return kafka_cluster(ClusterShape())


@pytest.fixture
def broker(cluster: KafkaCluster) -> Kafka:
    """Return it as the Kafka that the test runs on."""
    return Kafka("java", cluster.bootstrap_servers)


def test_kafka_may_come_after_the_gateway(
    cluster: KafkaCluster, gateways: Gateways, viber: Viber
) -> None:
    """The process waits, says so, and becomes ready by itself."""
    cluster.kill_broker(1)
    gateway = gateways.launch("all", QUICK)
    assert gateway.probe("livez").status == 200
    assert gateway.probe("startupz").status == 503
    assert gateway.call_back(viber, CALLBACK).status == 503

    cluster.start_broker(1)

    gateway.wait_until_ready()
    assert gateway.probe("startupz").status == 200
    assert gateway.call_back(viber, CALLBACK).status == 200


@pytest.mark.parametrize("outage", OUTAGES)
@pytest.mark.parametrize("role", ["receiver", "sender"])
def test_an_outage_is_told_though_there_is_nothing_to_do(
    cluster: KafkaCluster, gateways: Gateways, role: str, outage: str
) -> None:
    """Nobody waits for a callback or a command to find out; each is told once."""
    begin, end = OUTAGES[outage]
    gateway = gateways.start(role)

    def is_connected() -> float | None:
        return metric(gateway, "viber_kafka_connected", client="producer")

    begin(cluster, 1)
    wait_for("disconnected", is_connected, lambda value: value == 0)
    end(cluster, 1)
    wait_for("connected again", is_connected, lambda value: value == 1)

    assert gateway.probe("readyz").status == 200
    told = gateway.logged("kafka_unavailable", client="producer")
    assert len(told) == 1
    assert len(gateway.logged("kafka_connected", client="producer")) == 2


@pytest.mark.parametrize("outage", OUTAGES)
def test_an_outage_of_kafka_loses_nothing(
    cluster: KafkaCluster,
    gateways: Gateways,
    viber: Viber,
    topics: Topics,
    enter: Enter,
    outage: str,
) -> None:
    """Callbacks get 503 and are repeated; commands wait; both go on by themselves."""
    begin, end = OUTAGES[outage]
    viber.misbehave("delay", method="send_message", delay_ms=100)
    users = viber.add_users(USERS)
    gateway = gateways.start("all", QUICK)
    viber.set_webhook(gateway.webhook(viber))
    topics.write(messages(topics.outbound, viber.bot, users, USERS * EACH))

    with viber.writing(users, EACH):
        topics.wait_for(topics.inbound, 100)
        begin(cluster, 1)
        refused = gateway.call_back(viber, CALLBACK)
        assert (refused.status, refused.headers["retry-after"]) == (503, "5")
        assert gateway.probe("readyz").status == 200
        end(cluster, 1)
    topics.wait_for(topics.results, USERS * EACH)
    wait_for("all answers", viber.count_answered, lambda count: count == USERS * EACH)
    assert gateway.stop() == 0

    callbacks = enter(account_of_callbacks(topics, viber))
    assert (callbacks.accepted, callbacks.lost) == (USERS * EACH, ())
    assert callbacks.duplicates.keys() <= {REPEATED}
    commands = enter(account_of_commands(topics, viber))
    assert (commands.accepted, commands.lost) == (USERS * EACH, ())
    assert (commands.disorders, commands.duplicates.total()) == ((), 0)
