"""The topic of dead letters is missing."""

from dataclasses import replace
from typing import Final

import pytest

from tests.chaos.flow import COMMANDS, Flow
from tests.e2e.support.gateway import Gateways
from tests.e2e.support.records import create
from tests.e2e.support.topics import Topics
from tests.kafka.broker import Kafka

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(180)]

REFUSED: Final = COMMANDS // 10
STEADFAST: Final = {"KAFKA_GROUP_INSTANCE_ID": "one"}


@pytest.fixture
def topics(broker: Kafka) -> Topics:
    """Return topics of which one does not exist yet."""
    return replace(Topics.create(broker), dead_letters=broker.unique("dlq"))


def test_what_calls_for_a_dead_letter_waits_for_its_topic(
    gateways: Gateways, flow: Flow
) -> None:
    """Neither it nor what follows it of its key ends, nor is committed, till then."""
    users = flow.begin(10)
    for user in users[: len(users) // 10]:
        refusal = {"status": 3, "receiver": user}
        flow.viber.misbehave("status", method="send_message", **refusal)
    gateway = gateways.start("sender", STEADFAST)
    flow.wait_for(0.9)
    gateway.wait_for_probe("readyz", 503)

    gateway.kill()
    gateway = gateways.restart(gateway)
    gateway.wait_for_probe("readyz", 503)
    ended = flow.topics.read(flow.topics.results)
    assert {result.json["outcome"] for result in ended} == {"accepted"}
    create(flow.topics.servers, [flow.topics.dead_letters])

    account = flow.settle(crashes=1)
    assert (account.rejected, account.dead_letters) == (REFUSED, REFUSED)
    gateway.wait_for_probe("readyz", 200)
