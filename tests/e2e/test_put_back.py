"""The outbound topic is not the one any more that the sender knew."""

import signal
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import pytest
from confluent_kafka import TopicPartition

from gateway.core.finished_map import FinishedMap, encode
from tests.e2e.support.commands import message
from tests.e2e.support.gateway import Gateways
from tests.e2e.support.records import commit, recreate
from tests.e2e.support.topics import Topics
from tests.e2e.support.viber import Viber
from tests.e2e.support.waiting import wait_for
from tests.kafka.broker import Kafka

pytestmark = pytest.mark.real_kafka

# Who stands still must not lose its membership by that.
PATIENT: Final = {"KAFKA_SESSION_TIMEOUT_SECONDS": "45"}


@pytest.fixture
def topics(broker: Kafka) -> Topics:
    """Return topics, the outbound one of one partition."""
    return replace(Topics.create(broker), outbound=broker.create_topic("out", 1))


@pytest.fixture
def user(viber: Viber) -> str:
    """Return the one user."""
    return viber.add_users(1)[0]


def write(topics: Topics, viber: Viber, user: str, texts: Sequence[str]) -> None:
    """Write commands that send these texts."""
    topics.write([message(topics.outbound, viber.bot, user, t) for t in texts])


@pytest.mark.parametrize("reset", ["earliest", "latest"])
def test_commands_of_a_topic_that_was_made_anew_are_sent(
    gateways: Gateways, viber: Viber, topics: Topics, user: str, reset: str
) -> None:
    """Though they stand where others stood that had ended."""
    old = [f"old {number}" for number in range(20)]
    new = [f"new {number}" for number in range(5)]
    settings = {**PATIENT, "KAFKA_AUTO_OFFSET_RESET": reset}
    sender = gateways.start("sender", settings)
    wait_for("the partition", lambda: sender.health()["partitions"])
    write(topics, viber, user, old)
    topics.wait_for_commit(len(old))

    sender.process.send_signal(signal.SIGSTOP)
    recreate(topics.servers, topics.outbound)
    write(topics, viber, user, new)
    sender.process.send_signal(signal.SIGCONT)

    told = sender.wait_for_log("put_back")
    assert (told["read_to"], told["begins_at"]) == (len(old), 0)
    topics.wait_for_commit(len(new))
    assert viber.texts(user) == old + new


def test_a_commit_beyond_the_end_hides_nothing(
    gateways: Gateways, viber: Viber, topics: Topics, user: str
) -> None:
    """It was made when the topic was longer, and so was the map beside it."""
    texts = [f"text {number}" for number in range(9)]
    beyond = encode(FinishedMap(6, (8, 30)))
    place = TopicPartition(topics.outbound, 0, 6, metadata=beyond)
    commit(topics.servers, topics.group, place)

    sender = gateways.start("sender", PATIENT)
    write(topics, viber, user, texts[:3])
    sender.wait_for_log("put_back")
    write(topics, viber, user, texts[3:])

    topics.wait_for_commit(len(texts))
    assert viber.texts(user) == texts
