"""How a process stops: told once it finishes its work, told twice it ends."""

import signal
from datetime import UTC, datetime, timedelta

import pytest

from tests.e2e.support.account import account_of_callbacks, account_of_commands
from tests.e2e.support.commands import headers, messages, text
from tests.e2e.support.fixtures import Enter
from tests.e2e.support.gateway import Gateways
from tests.e2e.support.place import Place
from tests.e2e.support.records import Draft
from tests.e2e.support.topics import Topics
from tests.e2e.support.viber import Viber
from tests.e2e.support.waiting import wait_for
from tests.kafka.wire import free_ports

pytestmark = pytest.mark.timeout(120)

USERS = 50
EACH = 20
LONG = {"HTTP_DRAIN_SECONDS": "60"}
CALLBACK = b'{"event": "seen", "message_token": 1, "user_id": "u"}'


def test_sigterm_under_load_loses_nothing(
    gateways: Gateways, viber: Viber, topics: Topics, enter: Enter
) -> None:
    """Every 200 is in the topic; every command has one result, after a restart."""
    viber.misbehave("delay", method="send_message", delay_ms=100)
    users = viber.add_users(USERS)
    gateway = gateways.start("all", {"HTTP_PORT": str(next(free_ports()))})
    viber.set_webhook(gateway.webhook(viber))
    topics.write(messages(topics.outbound, viber.bot, users, USERS * EACH))

    with viber.writing(users, EACH):
        topics.wait_for(topics.inbound, 300)
        assert gateway.stop() == 0
        assert account_of_callbacks(topics, viber).lost == ()
        assert 0 < topics.count(topics.results) < USERS * EACH
        gateway = gateways.restart(gateway)
    topics.wait_for(topics.results, USERS * EACH)
    wait_for("all answers", viber.count_answered, lambda count: count == USERS * EACH)
    assert gateway.stop() == 0

    callbacks = enter(account_of_callbacks(topics, viber))
    assert (callbacks.accepted, callbacks.lost) == (USERS * EACH, ())
    commands = enter(account_of_commands(topics, viber))
    assert (commands.accepted, commands.lost) == (USERS * EACH, ())
    assert (commands.disorders, commands.duplicates.total()) == ((), 0)
    assert topics.count(topics.results) == USERS * EACH


@pytest.mark.real_kafka
def test_who_waits_for_a_dead_member_can_be_stopped(gateways: Gateways) -> None:
    """The group lets nobody in before the dead one's session is over."""
    patient = {
        "KAFKA_SESSION_TIMEOUT_SECONDS": "600",
        "SENDER_DRAIN_TIMEOUT_SECONDS": "600",
    }
    gateways.start("sender", patient).kill()
    gateway = gateways.launch("sender", patient)
    gateway.wait_for_log("joining_group")

    assert gateway.stop() == 0
    assert not gateway.logged("rebalanced")


def test_a_call_under_way_is_finished(
    gateways: Gateways, viber: Viber, topics: Topics
) -> None:
    """Its answer comes, its result is written, its offset is committed."""
    fault = viber.misbehave("delay", method="send_message", delay_ms=1000)
    (user,) = viber.add_users(1)
    gateway = gateways.start("sender")
    topics.write(messages(topics.outbound, viber.bot, [user], 1))
    wait_for("the call", lambda: viber.times_struck(fault) == 1)
    assert gateway.health()["in_flight"] == 1

    assert gateway.stop() == 0

    (result,) = topics.read(topics.results)
    assert result.json["outcome"] == "accepted"
    viber.behave()
    again = Place(gateways.restart(gateway), viber, topics)
    assert again.send_text(user, "the next one").json["outcome"] == "accepted"
    assert len(viber.calls()) == 2


def test_a_viber_that_hangs_does_not_hold_the_process(
    gateways: Gateways, viber: Viber, topics: Topics
) -> None:
    """The time to drain counts, not that of a call; what was cut off goes again."""
    fault = viber.misbehave("hang", method="send_message")
    users = viber.add_users(USERS)
    waiting = {
        "SENDER_DRAIN_TIMEOUT_SECONDS": "0.5",
        "VIBER_REQUEST_TIMEOUT_SECONDS": "3600",
    }
    gateway = gateways.start("sender", waiting)
    topics.write(messages(topics.outbound, viber.bot, users, USERS))
    wait_for("calls", lambda: viber.times_struck(fault) == USERS)

    assert gateway.stop() == 0

    assert topics.count(topics.results) == 0
    viber.behave()
    gateways.restart(gateway)
    topics.wait_until_ended(USERS)


@pytest.mark.parametrize(
    "number", [signal.SIGTERM, signal.SIGINT], ids=lambda n: n.name
)
def test_what_waits_is_let_go_and_starts_again(
    gateways: Gateways, viber: Viber, topics: Topics, number: signal.Signals
) -> None:
    """A command that is held for an hour does not hold the process."""
    (user,) = viber.add_users(1)
    held = headers(viber.bot, "send_message", "held")
    held["ce_notbefore"] = (datetime.now(UTC) + timedelta(minutes=50)).isoformat()
    gateway = gateways.start("sender", {"SENDER_DRAIN_TIMEOUT_SECONDS": "60"})
    topics.write([Draft(topics.outbound, text(user, "held"), user, held)])
    wait_for("the hold", lambda: gateway.health()["buffered"] == 1)

    assert gateway.stop(number) == 0

    gateway = gateways.restart(gateway)
    wait_for("the hold again", lambda: gateway.health()["buffered"] == 1)
    assert viber.calls() == []


def test_a_draining_process_is_alive_and_serves_but_is_not_ready(
    gateways: Gateways, viber: Viber
) -> None:
    """Load balancers still send for a moment, and nobody must restart it."""
    gateway = gateways.start("all", LONG)

    gateway.process.terminate()

    gateway.wait_for_probe("readyz", 503)
    assert gateway.probe("livez").status == 200
    assert gateway.probe("startupz").status == 200
    assert gateway.call_back(viber, CALLBACK).status == 200


def test_an_answer_while_draining_ends_its_connection(
    gateways: Gateways, viber: Viber
) -> None:
    """Who keeps connections is elsewhere before this one is closed."""
    gateway = gateways.start("all", LONG)
    before = gateway.call_back(viber, CALLBACK)

    gateway.process.terminate()

    gateway.wait_for_probe("readyz", 503)
    assert "connection" not in before.headers
    for _ in range(3):
        assert gateway.call_back(viber, CALLBACK).headers["connection"] == "close"


def test_a_second_signal_ends_it_at_once(gateways: Gateways) -> None:
    """Whoever asks twice does not want to wait for a minute."""
    gateway = gateways.start("all", LONG)
    gateway.process.terminate()
    gateway.wait_for_log("draining")

    assert gateway.stop() == 1
