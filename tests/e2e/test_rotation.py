"""Bots and tokens that change while all runs, however the files are changed."""

from pathlib import Path

import pytest

from tests.e2e.support.bots_file import BotsFile
from tests.e2e.support.commands import messages
from tests.e2e.support.folder import Folder, Mount
from tests.e2e.support.gateway import Gateway, Gateways
from tests.e2e.support.metrics import metric
from tests.e2e.support.stream import streaming
from tests.e2e.support.topics import Topics
from tests.e2e.support.viber import Simulator, Viber
from tests.e2e.support.waiting import wait_for

pytestmark = pytest.mark.timeout(60)

NOTICED_SECONDS = 5.0
CALLBACK = b'{"event": "seen", "message_token": 1, "user_id": "u"}'


@pytest.fixture(params=[Folder, Mount], ids=["replaced", "symlink swapped"])
def bots(request: pytest.FixtureRequest, tmp_path: Path) -> BotsFile:
    """Return an empty bots file."""
    return BotsFile(tmp_path / "bots", request.param)


def becomes(gateway: Gateway, signer: Viber, status: int) -> None:
    """Wait until a token's signatures are judged so; it must be soon."""
    wait_for(
        f"{status} for {signer.token}",
        lambda: gateway.call_back(signer, CALLBACK).status == status,
        seconds=NOTICED_SECONDS,
    )


def test_a_token_is_renewed_without_a_refused_callback(
    gateways: Gateways, bots: BotsFile, viber: Viber, topics: Topics
) -> None:
    """Both count until Viber has changed too; then the old one is taken away."""
    bots.add(viber)
    gateway = gateways.start("receiver", bots.settings)

    with streaming(gateway, viber) as stream:
        bots.keep_token(viber)
        renewed = viber.renew_token()
        bots.change_token(renewed.bot, renewed.token)
        becomes(gateway, renewed, 200)
        stream.goes_on()
        stream.signer = renewed
        stream.goes_on()
        bots.add(renewed)
        becomes(gateway, viber, 403)
        stream.goes_on()

    assert stream.statuses == {200}
    assert stream.accepted <= {event.value for event in topics.events()}


def test_bots_come_and_go_and_the_others_notice_nothing(
    gateways: Gateways, bots: BotsFile, viber: Viber, simulator: Simulator
) -> None:
    """Also when a version in between is faulty: the last right one stays."""
    other = simulator.open_bot()
    bots.add(viber)
    gateway = gateways.start("receiver", bots.settings)
    gateway.excuse("bots_refused")

    with streaming(gateway, viber) as stream:
        bots.add(other)
        becomes(gateway, other, 200)
        bots.spoil()
        gateway.wait_for_log("bots_refused")
        stream.goes_on()
        assert gateway.call_back(other, CALLBACK).status == 200
        bots.remove(other)
        becomes(gateway, other, 404)

    assert stream.statuses == {200}
    assert len(gateway.logged("bots_refused")) == 1
    assert len(gateway.logged("bots_changed")) == 2


def test_a_changed_rate_is_taken(
    gateways: Gateways, bots: BotsFile, viber: Viber, topics: Topics
) -> None:
    """While the bot's commands are sent."""
    bots.add(viber, "rate_limit_per_second = 1")
    gateway = gateways.start("sender", bots.settings)
    topics.write(messages(topics.outbound, viber.bot, viber.add_users(1), 1))
    topics.wait_until_ended(1)
    name = "viber_bot_rate_limit_per_second"
    assert metric(gateway, name, bot=viber.bot) == 1

    bots.add(viber, "rate_limit_per_second = 40")

    wait_for("the new rate", lambda: metric(gateway, name, bot=viber.bot) == 40)
