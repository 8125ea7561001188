"""What operators see of a real process: of itself, and of what Viber knows."""

from functools import partial

import pytest

from tests.e2e.support.commands import messages
from tests.e2e.support.gateway import Gateway, Gateways
from tests.e2e.support.metrics import metric
from tests.e2e.support.topics import Topics
from tests.e2e.support.viber import Viber
from tests.e2e.support.waiting import wait_for

pytestmark = pytest.mark.kafka

BRAKED = {"SENDER_DLQ_MAX_CONSECUTIVE": "3", "SENDER_MAX_IN_FLIGHT": "1"}
REGISTERED = "viber_bot_webhook_registered"
VALID = "viber_bot_token_valid"


def wait_for_metric(gateway: Gateway, value: float, name: str, bot: str) -> None:
    """Wait until a bot's metric has a value."""
    wait_for(f"{name} {value}", lambda: metric(gateway, name, bot=bot) == value)


def test_a_sender_tells_whether_viber_knows_our_webhook(
    gateways: Gateways, viber: Viber
) -> None:
    """It asks where it was told which one is ours; else it says nothing of it."""
    receiver = gateways.start("receiver")
    viber.set_webhook(receiver.webhook(viber))
    ours = gateways.start("sender", {"VIBER_WEBHOOK_URL": f"{receiver.url()}/"})
    other = gateways.start("sender", {"VIBER_WEBHOOK_URL": "https://gw.example"})
    without = gateways.start("sender")

    wait_for_metric(ours, 1, REGISTERED, viber.bot)
    wait_for_metric(other, 0, REGISTERED, viber.bot)
    assert metric(without, REGISTERED, bot=viber.bot) is None
    for each in (ours, other):
        assert metric(each, VALID, bot=viber.bot) == 1


def test_a_refused_token_shows(gateways: Gateways, viber: Viber) -> None:
    """At the start already, where accounts are looked at."""
    wrong = {
        "VIBER_WEBHOOK_URL": "https://gw.example",
        "VIBER_AUTH_TOKEN": "0" * 16,
    }

    sender = gateways.start("sender", wrong)

    wait_for_metric(sender, 0, VALID, viber.bot)
    assert metric(sender, REGISTERED, bot=viber.bot) is None


@pytest.mark.parametrize(("role", "ready"), [("sender", 503), ("all", 200)])
def test_a_brake_shows_and_keeps_the_rest(
    gateways: Gateways, viber: Viber, topics: Topics, role: str, ready: int
) -> None:
    """Callbacks are welcome all the same; after a restart the rest is sent."""
    viber.misbehave("http", method="send_message", code=404)
    users = viber.add_users(10)
    gateway = gateways.start(role, BRAKED)
    topics.write(messages(topics.outbound, viber.bot, users, len(users)))

    wait_for_metric(gateway, 1, "viber_bot_braked", viber.bot)

    assert metric(gateway, "viber_ready", check="sender") == 0
    assert gateway.probe("readyz").status == ready
    health = gateway.health()
    assert health["checks"]["sender"] is False
    assert health["conditions"] == {viber.bot: "braked"}
    assert topics.count(topics.results) in {3, 4}  # one may be under way
    gateway.stop()
    viber.behave()
    gateways.restart(gateway)
    topics.wait_until_ended(len(users))


def test_a_process_tells_what_it_was_built_from(gateways: Gateways) -> None:
    """To Prometheus and to people, in the image's words."""
    process = gateways.start("receiver", {"BUILD_REVISION": "4e9f2c1"})

    assert metric(process, "viber_build_info", revision="4e9f2c1") == 1
    assert process.health()["revision"] == "4e9f2c1"


def test_the_event_loop_is_measured(gateways: Gateways) -> None:
    """In every role, from the start."""
    name = "viber_event_loop_lag_seconds_count"
    for role in ("receiver", "sender"):
        process = gateways.start(role)

        wait_for(name, partial(metric, process, name))
