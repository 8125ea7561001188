"""A bot that Viber refuses, or that has no credit: kept, and resumed by itself."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest

from tests.e2e.support.bots_file import BotsFile
from tests.e2e.support.commands import message
from tests.e2e.support.gateway import Gateway, Gateways
from tests.e2e.support.topics import Topics
from tests.e2e.support.viber import Viber
from tests.e2e.support.waiting import wait_for

pytestmark = pytest.mark.timeout(60)

SLOW_PROBES: Final = {
    "SENDER_BACKOFF_INITIAL_SECONDS": "20",
    "SENDER_BACKOFF_MAX_SECONDS": "60",
}
COMMANDS: Final = 30
DELAY_MS: Final = 50


@pytest.fixture
def bots(tmp_path: Path, viber: Viber) -> BotsFile:
    """Return the bots file with the bot in it."""
    bots = BotsFile(tmp_path / "bots")
    bots.add(viber)
    return bots


def begin(topics: Topics, viber: Viber) -> list[str]:
    """Write commands to as many users; return these."""
    users = viber.add_users(COMMANDS)
    topic = topics.outbound
    topics.write([message(topic, viber.bot, user, f"to {user}") for user in users])
    return users


def condition(gateway: Gateway, viber: Viber) -> Callable[[], str]:
    """Return what tells what holds the bot back."""
    return lambda: str(gateway.health()["conditions"].get(viber.bot))


def outcomes(topics: Topics) -> set[str]:
    """How the commands have ended."""
    topics.wait_until_ended(COMMANDS)
    return {result.json["outcome"] for result in topics.read(topics.results)}


def test_a_new_token_ends_the_halt_without_waiting_for_a_probe(
    gateways: Gateways, bots: BotsFile, viber: Viber, topics: Topics
) -> None:
    """The next probe would be twenty seconds off; the file is looked at sooner."""
    renewed = viber.renew_token()
    users = begin(topics, renewed)
    gateway = gateways.start("sender", {**bots.settings, **SLOW_PROBES})
    wait_for("a halt", condition(gateway, viber), lambda c: c == "halted")
    assert topics.count(topics.results) == 0

    bots.change_token(renewed.bot, renewed.token)

    topics.wait_for(topics.results, COMMANDS, seconds=15)
    assert outcomes(topics) == {"accepted"}
    assert {text for user in users for text in renewed.texts(user)} == {
        f"to {user}" for user in users
    }


def test_set_webhook_ends_the_halt_of_a_bot_without_one(
    gateways: Gateways, viber: Viber, topics: Topics
) -> None:
    """Until then nothing is failed, and hardly anything is tried."""
    users = begin(topics, viber)
    viber.leave()
    gateway = gateways.start("all")
    wait_for("a halt", condition(gateway, viber), lambda c: c == "halted")

    viber.set_webhook(gateway.webhook(viber))

    assert outcomes(topics) == {"accepted"}
    assert topics.count(topics.dead_letters) == 0
    refused = [call for call in viber.calls() if not call["accepted"]]
    assert len(refused) <= len(users)


@pytest.mark.parametrize("status", [23, 24])
def test_without_credit_commands_go_one_by_one(
    gateways: Gateways, viber: Viber, topics: Topics, status: int
) -> None:
    """Until one that was refused is accepted; the others wait for no more than that."""
    (poor,) = viber.add_users(1)
    fault: dict[str, Any] = {"status": status, "receiver": poor}
    viber.misbehave("status", method="send_message", **fault)
    viber.misbehave("delay", method="send_message", delay_ms=DELAY_MS)
    topics.write([message(topics.outbound, viber.bot, poor, "poor")])
    gateway = gateways.start("sender")
    wait_for("no credit", condition(gateway, viber), lambda c: c == "without_credit")

    begin(topics, viber)

    topics.wait_for(topics.results, COMMANDS)
    assert condition(gateway, viber)() == "without_credit"
    times = [call["at"] for call in viber.calls() if call["accepted"]]
    assert times[-1] - times[0] >= (COMMANDS - 1) * DELAY_MS
    viber.behave()
    topics.wait_until_ended(COMMANDS + 1)
    wait_for("credit", condition(gateway, viber), lambda c: c == "open")
