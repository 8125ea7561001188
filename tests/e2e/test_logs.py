"""What the logs of a conversation tell, and what they never tell, at any level."""

import json
from typing import Final, NamedTuple

import pytest

from tests.e2e.support.commands import headers, text
from tests.e2e.support.gateway import SIGNATURE, Gateway, Gateways
from tests.e2e.support.records import Draft
from tests.e2e.support.topics import Topics
from tests.e2e.support.viber import Viber
from tests.e2e.support.waiting import wait_for
from tests.e2e.support.web import request

pytestmark = pytest.mark.timeout(60)

QUESTION: Final = "Where is order 4711?"
ANSWER: Final = "It left on Monday."
NAME: Final = "Olena Vashchenko"
STRANGER: Final = "0" * 16 + "-" + "1" * 16
COMMANDS: Final = 5


class Talk(NamedTuple):
    """A conversation that is over."""

    gateway: Gateway
    viber: Viber
    user: str
    event_id: str

    @property
    def secrets(self) -> list[str]:
        """What no line may hold."""
        words = [QUESTION, ANSWER, NAME, "4711", self.viber.token, STRANGER, SIGNATURE]
        return [*words, self.viber.sign(b"a forged body"), "sig="]


def talk(gateways: Gateways, viber: Viber, topics: Topics, **settings: str) -> Talk:
    """Let a user and a bot talk, and everything go wrong that can."""
    gateway = gateways.start("all", settings)
    viber.set_webhook(gateway.webhook(viber))
    user = viber.add_user(NAME)
    viber.write(user, QUESTION)
    _turn_away(gateway, viber)
    (event,) = wait_for("the event", topics.events)
    viber.misbehave("http", method="send_message", code=503, count=1)
    topics.write(_commands(topics.outbound, viber, user))
    topics.wait_until_ended(COMMANDS)
    gateway.stop()
    return Talk(gateway, viber, user, event.header("ce_id"))


def _turn_away(gateway: Gateway, viber: Viber) -> None:
    """Post what is forged, and what is signed but no callback."""
    url, forged = gateway.webhook(viber), b"a forged body"
    wrong = {SIGNATURE: viber.sign(b"another body")}
    assert request("POST", url, forged, wrong).status == 403
    assert request("POST", f"{url}?sig={STRANGER}", forged, {}).status == 403
    malformed = f"{{{QUESTION}".encode()
    signed = {SIGNATURE: viber.sign(malformed)}
    assert request("POST", url, malformed, signed).status == 200


def _commands(topic: str, viber: Viber, user: str) -> list[Draft]:
    """Return commands that are accepted, refused, wrong, and that hold a token."""
    with_token = json.loads(text(user, ANSWER)) | {"auth_token": viber.token}
    bodies = [
        text(user, ANSWER),
        text("nobody==", ANSWER),
        f"{{{ANSWER}".encode(),
        json.dumps({"receiver": user, "type": ANSWER}).encode(),
        json.dumps(with_token).encode(),
    ]
    return [
        Draft(topic, body, user, headers(viber.bot, "send_message", f"c-{number}"))
        for number, body in enumerate(bodies)
    ]


@pytest.mark.parametrize("form", ["json", "console"])
@pytest.mark.parametrize("level", ["INFO", "DEBUG"])
def test_no_line_holds_a_secret_or_a_users_id(
    gateways: Gateways, viber: Viber, topics: Topics, level: str, form: str
) -> None:
    """Neither token nor signature, neither text nor name."""
    had = talk(gateways, viber, topics, LOG_LEVEL=level, LOG_FORMAT=form)

    said = had.gateway.complaints
    assert "stopped" in said
    assert [secret for secret in (*had.secrets, had.user) if secret in said] == []


def test_ids_lead_from_a_line_to_what_it_is_about(
    gateways: Gateways, viber: Viber, topics: Topics
) -> None:
    """At debug there is a line for each event and each ended command."""
    had = talk(gateways, viber, topics, LOG_LEVEL="DEBUG")

    (published,) = had.gateway.logged("event_published", event_id=had.event_id)
    ended = had.gateway.logged("command_ended")
    assert {line["command_id"] for line in ended} == {f"c-{n}" for n in range(COMMANDS)}
    (accepted,) = (line for line in ended if line["command_id"] == "c-0")
    assert accepted["user"] == published["user"]
    assert accepted["user"].startswith("sha256:")


def test_ordinary_work_is_silent(
    gateways: Gateways, viber: Viber, topics: Topics
) -> None:
    """At info there are changes of state only: lines do not grow with the load."""
    had = talk(gateways, viber, topics, LOG_LEVEL="INFO")

    told = {line["event"] for line in had.gateway.log}
    assert told <= {
        "bot_condition",
        "draining",
        "joining_group",
        "kafka_connected",
        "listening",
        "rebalanced",
        "stopped",
        "waiting_for_commands",
    }


def test_user_ids_are_shown_on_demand(
    gateways: Gateways, viber: Viber, topics: Topics
) -> None:
    """Where the operator may see them; still no text, name or token."""
    had = talk(gateways, viber, topics, LOG_LEVEL="DEBUG", LOG_USER_IDS="true")

    assert had.gateway.logged("command_ended", command_id="c-0", user=had.user)
    said = had.gateway.complaints
    assert [secret for secret in had.secrets if secret in said] == []
