"""Welcome messages that a bot is asked for over Kafka (`welcome.mode = "reply"`)."""

import json
from pathlib import Path

import pytest

from tests.e2e.support.bots_file import BotsFile
from tests.e2e.support.gateway import Gateways
from tests.e2e.support.records import Draft
from tests.e2e.support.topics import Topics
from tests.e2e.support.viber import Viber
from tests.e2e.support.waiting import wait_for
from tests.kafka.broker import Kafka

pytestmark = pytest.mark.timeout(60)


@pytest.fixture
def replies(broker: Kafka) -> str:
    """Return the topic where bots answer."""
    return broker.create_topic("replies")


def open_chat(
    gateways: Gateways, viber: Viber, folder: Path, replies: str, seconds: float
) -> str:
    """Let a user open the chat with a bot that has so long to answer."""
    bots = BotsFile(folder / "bots")
    fallback = 'welcome.message = { type = "text", text = "nobody answered" }'
    mode = f'welcome.mode = "reply"\nwelcome.timeout_seconds = {seconds}\n'
    bots.add(viber, mode + fallback)
    settings = {**bots.settings, "TOPIC_REPLIES": replies}
    gateway = gateways.start("receiver", settings)
    viber.set_webhook(gateway.webhook(viber), ["conversation_started"])
    user = viber.add_guest()
    viber.act(user, "open")
    return user


def test_the_bots_reply_is_the_welcome_message(
    gateways: Gateways, viber: Viber, topics: Topics, replies: str, tmp_path: Path
) -> None:
    """The event asks; what the bot writes to the topic it names goes to the user."""
    user = open_chat(gateways, viber, tmp_path, replies, seconds=4)
    (event,) = wait_for("the question", topics.events)
    question = event.header("ce_correlationid")
    answer = json.dumps({"type": "text", "text": "Hello from Kafka"}).encode()

    topics.write(
        [
            Draft(
                event.header("ce_replyto"),
                answer,
                question,
                {"ce_correlationid": question},
            )
        ]
    )

    wait_for("the welcome", lambda: viber.texts(user) == ["Hello from Kafka"])
    assert event.header("ce_replyto") == replies
    assert event.header("ce_receivedat") < event.header("ce_deadline")


def test_a_bot_that_does_not_answer_is_not_waited_for(
    gateways: Gateways, viber: Viber, topics: Topics, replies: str, tmp_path: Path
) -> None:
    """At the deadline the user gets the bot's standing message."""
    user = open_chat(gateways, viber, tmp_path, replies, seconds=0.2)

    wait_for("the fallback", lambda: viber.texts(user) == ["nobody answered"])
    assert len(topics.events()) == 1
