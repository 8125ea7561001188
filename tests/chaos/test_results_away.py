"""The topic of results has too few replicas in sync."""

from dataclasses import replace
from typing import Final

import pytest
from confluent_kafka.admin import AdminClient
from confluent_kafka.cimpl import NewTopic

from tests.e2e.support.commands import messages
from tests.e2e.support.gateway import Gateways
from tests.e2e.support.metrics import metric
from tests.e2e.support.topics import Topics
from tests.e2e.support.viber import Viber
from tests.e2e.support.waiting import wait_for
from tests.kafka.broker import Kafka
from tests.kafka.cluster import KafkaCluster

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(180)]

REPLICAS: Final = 3
SECONDS: Final = 20.0


@pytest.fixture
def topics(broker: Kafka) -> Topics:
    """Return topics of which the results want every broker."""
    name = broker.unique("results")
    config = {"min.insync.replicas": str(REPLICAS)}
    wish = NewTopic(name, 1, REPLICAS, config=config)
    admin = AdminClient({"bootstrap.servers": broker.bootstrap_servers})
    admin.create_topics([wish])[name].result(SECONDS)
    return replace(Topics.create(broker), results=name)


def test_results_that_wait_for_replicas_show(
    brokers: KafkaCluster, gateways: Gateways, viber: Viber, topics: Topics
) -> None:
    """They are written again and again without an error; the first answer ends it."""
    gateway = gateways.start("sender")
    brokers.kill_broker(REPLICAS)
    (user,) = viber.add_users(1)
    topics.write(messages(topics.outbound, viber.bot, [user], 1))

    gateway.wait_for_probe("readyz", 503)
    assert metric(gateway, "viber_ready", check="sender") == 0
    assert metric(gateway, "viber_kafka_connected", client="producer") == 0
    brokers.start_broker(REPLICAS)

    gateway.wait_for_probe("readyz", 200)
    wait_for("it ends", lambda: topics.count(topics.results) == 1)
    told = [
        line["event"] for line in gateway.log if line.get("topic") == topics.results
    ]
    assert told == ["publishing_fails", "publishing_recovered"]
