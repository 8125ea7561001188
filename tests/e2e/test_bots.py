"""Many bots in one gateway: apart from each other, and changed while it runs."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.e2e.support.bots_file import BotsFile
from tests.e2e.support.commands import headers, message, text
from tests.e2e.support.gateway import Gateway, Gateways
from tests.e2e.support.place import Place
from tests.e2e.support.records import Draft
from tests.e2e.support.topics import Topics
from tests.e2e.support.viber import Simulator, Viber
from tests.e2e.support.waiting import wait_for
from tests.kafka.broker import Kafka

pytestmark = pytest.mark.timeout(60)

CALLBACK = b'{"event": "seen", "message_token": 1, "user_id": "u"}'


@pytest.fixture
def bots(tmp_path: Path) -> BotsFile:
    """Return an empty bots file."""
    return BotsFile(tmp_path / "bots")


@pytest.fixture
def other(simulator: Simulator) -> Viber:
    """Return a second bot's side of Viber."""
    return simulator.open_bot()


def start(gateways: Gateways, bots: BotsFile, vibers: Sequence[Viber]) -> Gateway:
    """Start a gateway for some bots."""
    for viber in vibers:
        bots.add(viber)
    return gateways.start("all", bots.settings)


def test_each_bot_has_its_own_token_and_name(
    gateways: Gateways, bots: BotsFile, viber: Viber, other: Viber, topics: Topics
) -> None:
    """Callbacks and commands of one are none of the other's business."""
    gateway = start(gateways, bots, [viber, other])

    for one, another in ((viber, other), (other, viber)):
        assert gateway.call_back(one, CALLBACK).status == 200
        assert gateway.call_back(one, CALLBACK, signed_by=another).status == 403
        (user,) = one.add_users(1)
        place = Place(gateway, one, topics)
        assert place.send_text(user, "hi").json["bot"] == one.bot
        (call,) = one.calls()
        assert call["headers"]["x-viber-auth-token"] == one.token
        assert f"from {one.bot}" in call["body"]
    events = topics.events()
    assert {event.header("ce_bot") for event in events} == {viber.bot, other.bot}
    assert len({event.header("ce_id") for event in events}) == 2


def test_a_command_must_say_which_of_many_bots_it_is_for(
    gateways: Gateways, bots: BotsFile, viber: Viber, other: Viber, topics: Topics
) -> None:
    """Guessing could send it in the wrong name."""
    place = Place(start(gateways, bots, [viber, other]), viber, topics)

    result = place.send(Draft(topics.outbound, text("u", "hi"))).json

    assert (result["outcome"], result["reason"]) == ("failed", "invalid_command")
    assert viber.bot in result["status_message"]


@pytest.mark.real_kafka  # topics of chosen names
def test_each_bot_may_have_its_own_topics(
    broker: Kafka, bots: BotsFile, viber: Viber, other: Viber, tmp_path: Path
) -> None:
    """Then the topic says whose a command is, and another bot in it is refused."""
    topics = Topics.create_per_bot(broker, [viber.bot, other.bot])
    with Gateways(topics, viber, tmp_path) as gateways:
        gateway = start(gateways, bots, [viber, other])
        for one, another in ((viber, other), (other, viber)):
            own = topics.of(one.bot)
            place = Place(gateway, one, own)
            assert place.post(CALLBACK).status == 200
            (user,) = one.add_users(1)
            command = Draft(own.outbound, text(user, "hi"), user)
            assert place.send(command).json["outcome"] == "accepted"
            named = headers(another.bot, "send_message", "whose?")
            refused = place.send(Draft(own.outbound, text(user, "hi"), user, named))
            assert another.bot in refused.json["status_message"]
            assert place.dead_letter(refused).header("dlq_bot")
            assert [e.header("ce_bot") for e in own.events()] == [one.bot]
            assert len(own.read(own.results)) == 2


def test_bots_come_and_go_while_it_runs(
    gateways: Gateways, bots: BotsFile, viber: Viber, other: Viber, topics: Topics
) -> None:
    """A new one is served, a removed one is unknown; nothing is started again."""
    gateway = start(gateways, bots, [viber])
    assert gateway.call_back(other, CALLBACK).status == 404

    bots.add(other)
    wait_for("the new bot", lambda: gateway.call_back(other, CALLBACK).status == 200)
    (user,) = other.add_users(1)
    place = Place(gateway, other, topics)
    assert place.send_text(user, "I am new").json["outcome"] == "accepted"
    bots.remove(viber)

    wait_for("its end", lambda: gateway.call_back(viber, CALLBACK).status == 404)
    late = place.send(message(topics.outbound, viber.bot, "u", "too late")).json
    assert late["reason"] == "invalid_command"


def test_a_faulty_bots_file_changes_nothing(
    gateways: Gateways, bots: BotsFile, viber: Viber, other: Viber
) -> None:
    """It is refused; what was right before goes on, until it is right again."""
    gateway = start(gateways, bots, [viber])
    gateway.excuse("bots_refused")

    bots.spoil()

    gateway.wait_for_log("bots_refused")
    assert gateway.call_back(viber, CALLBACK).status == 200
    assert gateway.probe("readyz").status == 200
    bots.add(other)
    wait_for("the new bot", lambda: gateway.call_back(other, CALLBACK).status == 200)


def test_a_new_token_counts_without_a_restart(
    gateways: Gateways, bots: BotsFile, viber: Viber, topics: Topics
) -> None:
    """Signatures are checked by it, and calls are made with it."""
    gateway = start(gateways, bots, [viber])
    renewed = viber.renew_token()
    assert gateway.call_back(renewed, CALLBACK).status == 403

    bots.change_token(renewed.bot, renewed.token)

    wait_for(
        "the new token", lambda: gateway.call_back(renewed, CALLBACK).status == 200
    )
    assert gateway.call_back(viber, CALLBACK).status == 403
    (user,) = renewed.add_users(1)
    result = Place(gateway, renewed, topics).send_text(user, "renewed").json
    assert result["outcome"] == "accepted"
