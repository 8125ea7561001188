"""Partitions change their leader while callbacks come."""

import pytest

from tests.e2e.support.gateway import Gateways
from tests.e2e.support.records import elect_preferred
from tests.e2e.support.stream import streaming
from tests.e2e.support.topics import Topics
from tests.e2e.support.viber import Viber
from tests.kafka.cluster import KafkaCluster

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(180)]

BROKERS = (1, 2, 3)
SECONDS = 60.0


def test_no_callback_is_lost_while_leaders_change(
    brokers: KafkaCluster, gateways: Gateways, viber: Viber, topics: Topics
) -> None:
    """In order, by kill -9, and back: what was answered with 200 is in the topic."""
    gateway = gateways.start("receiver")

    with streaming(gateway, viber) as stream:
        for number in BROKERS:
            for end in (brokers.stop_broker, brokers.kill_broker):
                stream.goes_on(SECONDS)
                end(number)
                stream.goes_on(SECONDS)
                brokers.start_broker(number)
        elect_preferred(topics.servers, topics.inbound)
        stream.goes_on(SECONDS)
    assert gateway.stop() == 0

    assert stream.statuses <= {200, 503}
    assert stream.accepted <= {event.value for event in topics.events()}
