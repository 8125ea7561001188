"""SIGKILL in the middle of the work: nothing is lost, and what repeats is counted."""

import pytest

from tests.e2e.support.account import (
    CUT_OFF,
    NOT_COMMITTED,
    REPEATED,
    account_of_callbacks,
    account_of_commands,
)
from tests.e2e.support.commands import messages
from tests.e2e.support.fixtures import Enter
from tests.e2e.support.gateway import Gateways
from tests.e2e.support.topics import Topics
from tests.e2e.support.viber import Viber
from tests.e2e.support.waiting import wait_for
from tests.kafka.wire import free_ports

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(120)]

USERS = 50
EACH = 20
SLOTS = 16
COMMIT_EVERY = 20


def test_callbacks_survive_the_receivers_death(
    gateways: Gateways, viber: Viber, topics: Topics, enter: Enter
) -> None:
    """Viber repeats what was not answered; a repeat has the id of the first."""
    port = {"HTTP_PORT": str(next(free_ports()))}
    gateway = gateways.start("receiver", port)
    viber.set_webhook(gateway.webhook(viber))

    with viber.writing(viber.add_users(USERS), EACH):
        for share in (300, 600):
            topics.wait_for(topics.inbound, share)
            gateway.kill()
            gateway = gateways.restart(gateway)
    wait_for("1000 answers", viber.count_answered, lambda count: count == 1000, 60)
    assert gateway.stop() == 0

    account = enter(account_of_callbacks(topics, viber))
    assert (account.sent, account.accepted, account.lost) == (1000, 1000, ())
    assert account.duplicates.keys() <= {REPEATED}
    assert len({e.header("ce_id") for e in topics.events()}) == account.sent


def test_commands_survive_the_senders_death(
    gateways: Gateways, viber: Viber, topics: Topics, enter: Enter
) -> None:
    """Only what was under way, or had ended since the last commit, is sent again."""
    viber.misbehave("delay", method="send_message", delay_ms=30)
    viber.misbehave("http", method="send_message", code=503, every=10)
    topics.write(
        messages(topics.outbound, viber.bot, viber.add_users(USERS), USERS * EACH)
    )
    settings = {
        "SENDER_MAX_IN_FLIGHT": str(SLOTS),
        "SENDER_COMMIT_EVERY": str(COMMIT_EVERY),
    }
    gateway = gateways.start("sender", settings)

    for share in (300, 600):
        topics.wait_for(topics.results, share)
        gateway.kill()
        gateway = gateways.restart(gateway)
    topics.wait_until_ended(1000)
    assert gateway.stop() == 0

    account = enter(account_of_commands(topics, viber, crashes=2))
    assert (account.sent, account.accepted, account.lost) == (1000, 1000, ())
    assert account.disorders == ()
    assert account.duplicates.keys() <= {CUT_OFF, NOT_COMMITTED}
    # Besides what was under way: what had ended since the last commit, and while
    # that commit itself was on its way.
    assert account.duplicates.total() <= 2 * (SLOTS + 2 * COMMIT_EVERY)
