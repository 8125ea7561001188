"""A thousand callbacks and a thousand commands: each arrives, once, in order."""

import json

import pytest

from tests.e2e.support.account import account_of_callbacks, account_of_commands
from tests.e2e.support.commands import messages
from tests.e2e.support.fixtures import Enter
from tests.e2e.support.gateway import Gateways
from tests.e2e.support.topics import Topics
from tests.e2e.support.viber import Viber

pytestmark = pytest.mark.timeout(120)

USERS = 50
EACH = 20
CHECK = 1  # set_webhook calls the webhook, which is an event too


def test_a_thousand_callbacks_are_a_thousand_events(
    gateways: Gateways, viber: Viber, topics: Topics, enter: Enter
) -> None:
    """The bytes are Viber's own; key and headers say whose they are, in order."""
    gateway = gateways.start("receiver")
    viber.set_webhook(gateway.webhook(viber))

    with viber.writing(viber.add_users(USERS), EACH):
        topics.wait_for(topics.inbound, CHECK + USERS * EACH)
    assert gateway.stop() == 0

    told = {call["body"].encode(): call["user"] for call in viber.callbacks()}
    events = topics.events()
    assert len(events) == len(told) == USERS * EACH
    assert {event.value: (event.key or b"").decode() for event in events} == told
    for event in events:
        body = event.json
        assert event.header("ce_subject") == told[event.value or b""]
        assert event.header("ce_bot") == viber.bot
        assert event.header("ce_source") == f"/viber/bots/{viber.bot}"
        assert event.header("ce_type") == f"com.viber.callback.{body['event']}"
        assert event.header("ce_messagetoken") == str(body["message_token"])
    account = enter(account_of_callbacks(topics, viber))
    assert (account.accepted, account.attempts) == (1000, 1000)
    assert (account.lost, account.disorders, account.duplicates.total()) == ((), (), 0)


def test_a_thousand_commands_are_a_thousand_results(
    gateways: Gateways, viber: Viber, topics: Topics, enter: Enter
) -> None:
    """Every tenth attempt fails; still each is accepted once, in order per user."""
    viber.misbehave("http", method="send_message", code=503, every=10)
    topics.write(
        messages(topics.outbound, viber.bot, viber.add_users(USERS), USERS * EACH)
    )

    gateway = gateways.start("sender")
    topics.wait_for(topics.results, USERS * EACH, seconds=60)
    assert gateway.stop() == 0

    results = [json.loads(r.value or b"") for r in topics.read(topics.results)]
    assert len(results) == len({result["command_id"] for result in results}) == 1000
    assert {result["outcome"] for result in results} == {"accepted"}
    account = enter(account_of_commands(topics, viber))
    assert (account.accepted, account.attempts, account.dead_letters) == (1000, 1111, 0)
    assert (account.lost, account.disorders, account.duplicates.total()) == ((), (), 0)
    assert sum(result["attempts"] for result in results) == account.attempts
