"""A broker leads that lacks the end of a partition, since nobody else is left.

Kafka loses what only the dead one had; that is the choice of whoever allows it
(`unclean.leader.election.enable`).  What is written afterwards must not be lost too.
"""

from dataclasses import replace

import pytest
from confluent_kafka.admin import AdminClient
from confluent_kafka.cimpl import NewTopic

from tests.e2e.support.commands import message
from tests.e2e.support.gateway import Gateways
from tests.e2e.support.records import leaders
from tests.e2e.support.topics import Topics
from tests.e2e.support.viber import Viber
from tests.e2e.support.waiting import wait_for
from tests.kafka.broker import Kafka
from tests.kafka.cluster import KafkaCluster

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(180)]

RISKY = {"unclean.leader.election.enable": "true", "min.insync.replicas": "1"}
AHEAD, BEHIND = 1, 2
SECONDS = 60.0


@pytest.fixture
def topics(broker: Kafka) -> Topics:
    """Return topics, the outbound one on two of the three brokers."""
    name = broker.unique("out")
    new = NewTopic(name, 1, replica_assignment=[[AHEAD, BEHIND]], config=RISKY)
    admin = AdminClient({"bootstrap.servers": broker.bootstrap_servers})
    admin.create_topics([new])[name].result(SECONDS)
    return replace(Topics.create(broker), outbound=name)


def elect_uncleanly(brokers: KafkaCluster, topics: Topics) -> None:
    """Let the one that is behind lead."""
    brokers.kill_broker(AHEAD)
    brokers.start_broker(BEHIND)
    wait_for(
        "another leader",
        lambda: leaders(topics.servers, topics.outbound),
        lambda them: them == {0: BEHIND},
        SECONDS,
    )


def test_what_is_written_after_an_unclean_election_is_sent(
    brokers: KafkaCluster, gateways: Gateways, viber: Viber, topics: Topics
) -> None:
    """It stands where commands stood that are gone; what is left is sent again."""
    (user,) = viber.add_users(1)

    def send(words: str, count: int) -> list[str]:
        """Write commands and wait until Viber has them all."""
        texts = [f"{words} {number}" for number in range(count)]
        topics.write([message(topics.outbound, viber.bot, user, t) for t in texts])
        sent = f"all of {words}"
        wait_for(sent, lambda: viber.texts(user)[-count:] == texts, seconds=SECONDS)
        return texts

    sender = gateways.start("sender")
    kept = send("kept", 10)
    brokers.stop_broker(BEHIND)
    gone = send("gone", 10)
    topics.wait_for_commit(20, SECONDS)
    elect_uncleanly(brokers, topics)

    new = send("new", 5)

    told = sender.wait_for_log("put_back")
    assert (told["read_to"], told["begins_at"]) == (20, 0)
    topics.wait_for_commit(15, SECONDS)
    assert viber.texts(user) == kept + gone + kept + new
