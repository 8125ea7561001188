"""Viber is away, overloaded, or refuses: commands wait for it, and none is lost."""

from pathlib import Path
from typing import Final

import pytest

from tests.chaos.flow import COMMANDS, USERS, Flow
from tests.e2e.support.account import UNANSWERED
from tests.e2e.support.gateway import Gateway, Gateways
from tests.e2e.support.waiting import wait_for

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(240)]

SLOTS: Final = 64
OUTAGE_SECONDS: Final = 60
STORM_SECONDS: Final = 10
TENTH: Final = USERS // 10
MOST_GROWTH_MB: Final = 20


def start(gateways: Gateways, flow: Flow, role: str = "sender") -> Gateway:
    """Start a gateway in the middle of the commands."""
    gateway = gateways.start(role, {"SENDER_MAX_IN_FLIGHT": str(SLOTS)})
    flow.wait_for(0.2)
    return gateway


def wait_for_condition(gateway: Gateway, flow: Flow, condition: str) -> None:
    """Wait until something holds the bot back, or nothing (`open`)."""
    bot = flow.viber.bot
    what = f"{bot} is {condition}"
    wait_for(what, lambda: gateway.health()["conditions"].get(bot) == condition)


def attempts_used_up(flow: Flow) -> set[int]:
    """Tell how many attempts the commands say that they have used up."""
    return {r.json["attempts"] for r in flow.topics.read(flow.topics.results)}


def rss_mb(gateway: Gateway) -> float:
    """How much memory a process takes (VmRSS, proc(5))."""
    status = Path(f"/proc/{gateway.process.pid}/status").read_text()
    (line,) = [line for line in status.splitlines() if line.startswith("VmRSS")]
    return int(line.split()[1]) / 1024


def test_a_minute_without_viber_fails_no_command(
    gateways: Gateways, flow: Flow
) -> None:
    """Nobody hammers at it: a probe now and then, and it goes on by itself."""
    flow.begin(50)
    gateway = start(gateways, flow)

    outage = flow.viber.misbehave("reset_before", until_seconds=OUTAGE_SECONDS)
    wait_for_condition(gateway, flow, "unreachable")

    account = flow.settle()
    assert (account.accepted, account.duplicates.total()) == (COMMANDS, 0)
    # What was under way, then a probe at least every half a second.
    assert flow.viber.times_struck(outage) <= SLOTS + 2 * OUTAGE_SECONDS + 10


def test_overload_and_lost_answers_lose_nothing(gateways: Gateways, flow: Flow) -> None:
    """A fifth is refused; of a twentieth the answer never comes, so it goes twice."""
    flow.viber.misbehave("http", method="send_message", code=503, probability=0.2)
    silent = {"accept": True, "probability": 0.05}
    flow.viber.misbehave("hang", method="send_message", **silent)
    settings = {
        "SENDER_MAX_ATTEMPTS": "30",  # none uses them up by bad luck
        "VIBER_REQUEST_TIMEOUT_SECONDS": "2",
    }
    flow.begin(10)
    gateways.start("sender", settings)

    account = flow.settle()

    assert account.accepted == COMMANDS
    silences = [call for call in flow.viber.calls() if call["fault"] == "hang"]
    assert account.duplicates == {UNANSWERED: len(silences)}


def test_a_storm_of_429_uses_up_nothing(gateways: Gateways, flow: Flow) -> None:
    """Each opens the circuit; no command pays for it, and memory does not grow."""
    flow.viber.misbehave("http", method="send_message", code=429, probability=0.01)
    flow.begin(20)
    gateway = start(gateways, flow)
    before = rss_mb(gateway)

    flow.viber.misbehave("http", code=429, until_seconds=STORM_SECONDS)
    wait_for_condition(gateway, flow, "unreachable")

    account = flow.settle()
    assert (account.accepted, account.duplicates.total()) == (COMMANDS, 0)
    assert attempts_used_up(flow) == {1}
    assert rss_mb(gateway) < before + MOST_GROWTH_MB


def test_a_tenth_of_the_users_over_their_limit_delays_nobody_else(
    gateways: Gateways, flow: Flow
) -> None:
    """They are asked for once, and go on when their users write."""
    users = flow.begin(10)
    over = users[:TENTH]
    refusals = [
        flow.viber.misbehave("status", method="send_message", status=12, receiver=user)
        for user in over
    ]
    gateway = gateways.start("all")
    flow.viber.set_webhook(gateway.webhook(flow.viber))
    flow.wait_for(0.9)
    wait_for("they are parked", lambda: gateway.health()["parked"] == TENTH)
    struck = [flow.viber.times_struck(refusal) for refusal in refusals]

    flow.viber.behave()
    for user in over:
        flow.viber.write(user, "go on")

    account = flow.settle()
    assert struck == [1] * TENTH
    assert (account.accepted, account.duplicates.total()) == (COMMANDS, 0)
    assert attempts_used_up(flow) == {1}


def test_a_token_that_is_revoked_and_restored_costs_nothing(
    gateways: Gateways, flow: Flow
) -> None:
    """The bot is halted, not failed; a probe finds out that it is well again."""
    flow.begin(20)
    gateway = start(gateways, flow)

    flow.viber.misbehave("status", status=2)
    wait_for_condition(gateway, flow, "halted")
    assert flow.topics.count(flow.topics.results) < COMMANDS
    flow.viber.behave()

    account = flow.settle()
    assert (account.accepted, account.dead_letters) == (COMMANDS, 0)
    assert account.duplicates.total() == 0
    assert attempts_used_up(flow) == {1}
