"""The receiver is killed: Viber repeats what was not answered."""

import pytest

from tests.e2e.support.account import REPEATED, account_of_callbacks
from tests.e2e.support.fixtures import Enter
from tests.e2e.support.gateway import Gateways
from tests.e2e.support.topics import Topics
from tests.e2e.support.viber import Viber
from tests.e2e.support.waiting import wait_for
from tests.kafka.wire import free_ports

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(120)]

USERS = 50
EACH = 20


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
