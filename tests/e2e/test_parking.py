"""Status 12: the user's own limit, until the user writes."""

from typing import Any, Final

import pytest

from tests.e2e.support.commands import message
from tests.e2e.support.gateway import Gateway, Gateways
from tests.e2e.support.place import Place
from tests.e2e.support.topics import Topics
from tests.e2e.support.viber import Viber
from tests.e2e.support.waiting import wait_for

pytestmark = pytest.mark.timeout(60)

WITHIN_MS: Final = 1000


def park(gateway: Gateway, viber: Viber, topics: Topics, user: str) -> str:
    """Let a command be parked; return its coordinates."""
    once: dict[str, Any] = {"receiver": user, "count": 1}
    viber.misbehave("status", method="send_message", status=12, **once)
    before = gateway.health()["parked"]
    draft = message(topics.outbound, viber.bot, user, f"to {user}")
    (where,) = topics.write([draft])
    wait_for("it is parked", lambda: gateway.health()["parked"] == before + 1)
    return where


def at(viber: Viber, user: str) -> list[int]:
    """When Viber was asked to send to a user, in milliseconds."""
    return [call["at"] for call in viber.calls() if call["receivers"] == [user]]


def test_a_user_who_writes_is_answered_within_a_second(
    gateways: Gateways, viber: Viber, topics: Topics
) -> None:
    """From the callback over the inbound topic to the next attempt."""
    gateway = gateways.start("all")
    viber.set_webhook(gateway.webhook(viber))
    (user,) = viber.add_users(1)
    where = park(gateway, viber, topics, user)

    viber.write(user, "go on")

    (result,) = topics.results_of(where)
    assert (result.json["outcome"], result.json["attempts"]) == ("accepted", 1)
    (callback,) = [c for c in viber.callbacks() if c["event"] == "message"]
    refused, sent = at(viber, user)
    assert refused < sent <= callback["at"] + WITHIN_MS


def test_another_user_wakes_nobody(
    gateways: Gateways, viber: Viber, topics: Topics
) -> None:
    """Each has a limit of their own; the one who did not write stays parked."""
    gateway = gateways.start("all")
    viber.set_webhook(gateway.webhook(viber))
    silent, writer = viber.add_users(2)
    park(gateway, viber, topics, silent)
    where = park(gateway, viber, topics, writer)

    viber.write(writer, "go on")

    (result,) = topics.results_of(where)
    assert result.json["outcome"] == "accepted"
    assert len(at(viber, silent)) == 1
    assert gateway.health()["parked"] == 1


def test_a_parked_command_outlives_its_process(
    gateways: Gateways, viber: Viber, topics: Topics
) -> None:
    """It starts again from its record, and nothing is lost or sent twice."""
    gateway = gateways.start("sender")
    (user,) = viber.add_users(1)
    where = park(gateway, viber, topics, user)
    assert gateway.stop() == 0

    gateways.restart(gateway)

    (result,) = topics.results_of(where)
    assert result.json["outcome"] == "accepted"
    assert viber.texts(user) == [f"to {user}"]


def test_commands_behind_a_parked_one_keep_their_order(
    gateways: Gateways, viber: Viber, topics: Topics
) -> None:
    """They wait with it, and follow it."""
    gateway = gateways.start("all")
    viber.set_webhook(gateway.webhook(viber))
    (user,) = viber.add_users(1)
    place = Place(gateway, viber, topics)
    park(gateway, viber, topics, user)
    topic = topics.outbound
    topics.write([message(topic, viber.bot, user, f"{n}") for n in range(5)])

    viber.write(user, "go on")

    assert place.send_text(user, "last").json["outcome"] == "accepted"
    assert viber.texts(user) == [f"to {user}", *map(str, range(5)), "last"]
