"""More callbacks than there is room for: what tells least is refused first."""

import json
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Final

import pytest

from tests.e2e.support.gateway import Gateway, Gateways
from tests.e2e.support.topics import Topics
from tests.e2e.support.viber import Viber
from tests.e2e.support.waiting import wait_for
from tests.e2e.support.web import Answer
from tests.kafka.broker import Kafka
from tests.kafka.cluster import KafkaCluster
from tests.kafka.plugin import StartCluster
from tests.kafka.properties import ClusterShape

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(120)]

ROOM: Final = 20
BUSY: Final = 16  # from here on receipts are refused
PATIENT: Final = {
    "HTTP_MAX_IN_FLIGHT": str(ROOM),
    "HTTP_PUBLISH_TIMEOUT_SECONDS": "30",
    "HTTP_DEADLINE_SECONDS": "30",
}
MATTERS: Final = ("message", "subscribed", "unsubscribed", "conversation_started")
RECEIPTS: Final = ("delivered", "seen")


@pytest.fixture
def cluster(kafka_cluster: StartCluster) -> KafkaCluster:
    """Return a cluster of one broker that the test may freeze."""
    return kafka_cluster(ClusterShape())


@pytest.fixture
def broker(cluster: KafkaCluster) -> Kafka:
    """Return it as the Kafka that the test runs on."""
    return Kafka("java", cluster.bootstrap_servers)


def body(event: str, number: int) -> bytes:
    """Return a callback."""
    user = {"id": f"user {number}"}
    said = {"event": event, "message_token": number, "user": user, "sender": user}
    return json.dumps(said).encode()


def in_flight(gateway: Gateway) -> int:
    """Tell how many callbacks are being answered."""
    name = 'http_server_active_requests{http_request_method="POST"}'
    lines = gateway.probe("metrics").body.decode().splitlines()
    (line,) = [line for line in lines if line.startswith(name)]
    return round(float(line.split()[-1]))


def test_receipts_give_way_to_what_matters(
    cluster: KafkaCluster, gateways: Gateways, viber: Viber, topics: Topics
) -> None:
    """While Kafka stands still; Viber repeats what was refused, at once, with 503."""
    gateway = gateways.start("receiver", PATIENT)
    assert gateway.call_back(viber, body("seen", 0)).status == 200

    with ThreadPoolExecutor(ROOM) as people:

        def post(events: Sequence[str]) -> list[Future[Answer]]:
            """Post callbacks, and wait until they wait for Kafka."""
            before = in_flight(gateway)
            answers = [
                people.submit(gateway.call_back, viber, body(event, before + number))
                for number, event in enumerate(events, 1)
            ]
            wait_for("them", lambda: in_flight(gateway) == before + len(events))
            return answers

        cluster.pause_broker(1)
        waiting = post(["seen"] * BUSY)
        waiting += post(MATTERS[: ROOM - BUSY - 1])
        refused = [gateway.call_back(viber, body(event, 99)) for event in RECEIPTS]
        waiting += post(MATTERS[ROOM - BUSY - 1 :])
        refused.append(gateway.call_back(viber, body("message", 99)))
        cluster.resume_broker(1)

    assert {(a.status, a.headers["retry-after"]) for a in refused} == {(503, "5")}
    assert {answer.result().status for answer in waiting} == {200}
    assert topics.count(topics.inbound) == 1 + ROOM
