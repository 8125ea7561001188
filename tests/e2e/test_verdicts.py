"""What Viber may answer, through the whole process: what becomes of the command.

Each case has a bot of its own in one gateway.  Another user of the same bot is served
all the same, unless the trouble is the bot's; the bot beside is served in any case.
"""

from collections.abc import Iterator
from typing import Any, Final

import pytest

from tests.e2e.support.bots_file import BotsFile
from tests.e2e.support.commands import message
from tests.e2e.support.gateway import Gateways
from tests.e2e.support.place import Place
from tests.e2e.support.topics import Topics
from tests.e2e.support.viber import Simulator, Viber
from tests.e2e.support.waiting import wait_for
from tests.kafka.broker import Kafka

pytestmark = pytest.mark.timeout(60)

Members = dict[str, Any]

# https://developers.viber.com/docs/api/rest-bot-api/#error-codes
REJECTED: Final = {
    **dict.fromkeys((3, 4, 13, 14), "rejected_message"),
    **dict.fromkeys((5, 6, 11, 21, 999), "rejected_receiver"),
    **dict.fromkeys((15, 16, 17, 18, 20, 22), "not_granted"),
}
HTTP_ERRORS: Final = (301, 302, 400, 401, 403, 404, 410)
NOT_NOW: Final = (202, 204, 408, 425, 429, 500, 503)
PASSING: Final[dict[str, Members]] = {
    **{f"HTTP {code}": {"kind": "http", "code": code} for code in NOT_NOW},
    "retry after": {"kind": "http", "code": 503, "retry_after": "1"},
    "unknown status": {"kind": "status", "status": 77},
    "no status": {"kind": "answer_without", "members": ["status"]},
    "garbage": {"kind": "garbage"},
    "cut short": {"kind": "truncated"},
    "reset before": {"kind": "reset_before"},
    "reset after": {"kind": "reset_after"},
    "silence": {"kind": "hang"},
}
STANDINGS: Final = {"blocked": 7, "deleted": 8, "suspended": 9}
BOTS: Final = 50  # one for each test of this module, and one beside


@pytest.fixture(scope="module")
def bots(tmp_path_factory: pytest.TempPathFactory) -> BotsFile:
    """Return the bots file."""
    return BotsFile(tmp_path_factory.mktemp("verdicts") / "bots")


@pytest.fixture(scope="module")
def fresh(simulator: Simulator, bots: BotsFile) -> list[Viber]:
    """Return bots that no test has used."""
    fresh = [simulator.open_bot() for _ in range(BOTS)]
    for viber in fresh:
        bots.add(viber)
    return fresh


@pytest.fixture(scope="module")
def beside(
    kafka: Kafka,
    fresh: list[Viber],
    bots: BotsFile,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Place]:
    """Return the gateway as the place of a bot that never has any trouble."""
    topics, viber = Topics.create(kafka), fresh.pop()
    settings = {**bots.settings, "VIBER_REQUEST_TIMEOUT_SECONDS": "0.5"}
    with Gateways(topics, viber, tmp_path_factory.mktemp("gateway")) as gateways:
        yield Place(gateways.start("all", settings), viber, topics)


@pytest.fixture
def place(beside: Place, fresh: list[Viber]) -> Iterator[Place]:
    """Return the place of a fresh bot; the one beside must not feel its trouble."""
    place = beside._replace(viber=fresh.pop())
    yield place
    assert another_user_is_served(beside)
    place.viber.leave()


def another_user_is_served(place: Place) -> bool:
    """Whether a message to another user of the bot goes through."""
    (user,) = place.viber.add_users(1)
    outcome: str = place.send_text(user, f"to {user}").json["outcome"]
    return outcome == "accepted"


def begin(place: Place, user: str) -> str:
    """Write a command and do not wait for its end; return its coordinates."""
    draft = message(place.topics.outbound, place.viber.bot, user, f"to {user}")
    (where,) = place.topics.write([draft])
    return where


def end(place: Place, where: str) -> Members:
    """Wait for the end of a command; return its one result."""
    (result,) = place.topics.results_of(where)
    content: Members = result.json
    return content


def wait_for_condition(place: Place, condition: str) -> None:
    """Wait until something holds the bot back, or nothing (`open`)."""
    bot = place.viber.bot
    what = f"{bot} is {condition}"
    wait_for(what, lambda: place.gateway.health()["conditions"].get(bot) == condition)


def count_calls(place: Place, user: str) -> int:
    """How often Viber was asked to send to a user."""
    return len([c for c in place.viber.calls() if c["receivers"] == [user]])


@pytest.mark.parametrize(("status", "reason"), REJECTED.items())
def test_what_viber_refuses_is_rejected_at_once(
    place: Place, status: int, reason: str
) -> None:
    """Another attempt would not help, but for a race with the user's first message."""
    (user,) = place.viber.add_users(1)
    refusal = {"status": status, "receiver": user}
    place.viber.misbehave("status", method="send_message", **refusal)

    result = place.send_text(user, "refuse this")

    content = result.json
    assert (content["outcome"], content["reason"]) == ("rejected", reason)
    assert content["status"] == status
    assert count_calls(place, user) == (2 if status == 6 else 1)
    assert place.dead_letter(result).header("dlq_reason") == reason
    assert another_user_is_served(place)


@pytest.mark.parametrize("code", HTTP_ERRORS)
def test_an_http_error_without_a_reason_is_rejected(place: Place, code: int) -> None:
    """A redirect is not followed: the token would go with it."""
    (user,) = place.viber.add_users(1)
    place.viber.misbehave("http", method="send_message", code=code, receiver=user)

    content = place.send_text(user, "refuse this").json

    assert (content["outcome"], content["reason"]) == ("rejected", "http_error")
    assert count_calls(place, user) == 1
    assert another_user_is_served(place)


@pytest.mark.parametrize("trouble", PASSING)
def test_what_may_pass_is_tried_again(place: Place, trouble: str) -> None:
    """The second attempt succeeds, and so does the command."""
    (user,) = place.viber.add_users(1)
    once = {"method": "send_message", "receiver": user, "count": 1}
    place.viber.misbehave(**{**PASSING[trouble], **once})

    where = begin(place, user)

    assert another_user_is_served(place)
    assert end(place, where)["outcome"] == "accepted"
    assert count_calls(place, user) == 2


def test_who_has_had_too_many_messages_is_left_alone_until_writing(
    place: Place,
) -> None:
    """Status 12 is the user's own limit: it uses up no attempt and holds no other."""
    place.viber.set_webhook(place.url)
    (user,) = place.viber.add_users(1)
    once = {"receiver": user, "count": 1}
    place.viber.misbehave("status", method="send_message", status=12, **once)
    where = begin(place, user)
    wait_for("it waits", lambda: place.gateway.health()["parked"] == 1)
    assert another_user_is_served(place)

    place.viber.write(user, "go on")

    content = end(place, where)
    assert (content["outcome"], content["attempts"]) == ("accepted", 1)


@pytest.mark.parametrize("standing", STANDINGS)
def test_a_bot_that_viber_refuses_is_halted(
    place: Place, beside: Place, standing: str
) -> None:
    """Its commands are kept, not failed, and go on by themselves."""
    users = place.viber.add_users(2)
    place.viber.change(standing=standing)
    places = [begin(place, user) for user in users]
    wait_for_condition(place, "halted")
    assert another_user_is_served(beside)

    place.viber.change(standing="active")

    assert [end(place, w)["outcome"] for w in places] == ["accepted", "accepted"]
    refused = [c["status"] for c in place.viber.calls() if not c["accepted"]]
    assert set(refused) == {STANDINGS[standing]}
    assert len(refused) <= len(users)
    wait_for_condition(place, "open")


def test_a_bot_without_a_webhook_is_halted_until_it_has_one(place: Place) -> None:
    """Viber sends nothing for it; that the account is there is not enough."""
    (user,) = place.viber.add_users(1)
    place.viber.leave()
    where = begin(place, user)
    wait_for_condition(place, "halted")

    place.viber.set_webhook(place.url)

    assert end(place, where)["outcome"] == "accepted"


def test_a_bot_with_a_wrong_token_is_halted_until_it_changes(
    place: Place, bots: BotsFile
) -> None:
    """The file is noticed, and the halt ends."""
    place = place._replace(viber=place.viber.renew_token())
    (user,) = place.viber.add_users(1)
    where = begin(place, user)
    wait_for_condition(place, "halted")

    bots.change_token(place.viber.bot, place.viber.token)

    assert end(place, where)["outcome"] == "accepted"


@pytest.mark.parametrize("status", [23, 24])
def test_want_of_credit_holds_one_command(place: Place, status: int) -> None:
    """Messages in a session still pass; the refused one waits for better times."""
    (user,) = place.viber.add_users(1)
    fault = {"status": status, "receiver": user}
    place.viber.misbehave("status", method="send_message", **fault)
    where = begin(place, user)
    wait_for_condition(place, "without_credit")
    assert another_user_is_served(place)

    place.viber.behave()

    assert end(place, where)["outcome"] == "accepted"
    wait_for_condition(place, "open")


def test_an_outage_of_viber_uses_up_no_attempts(place: Place, beside: Place) -> None:
    """The circuit opens; all commands wait, and pass when a probe succeeds."""
    users = place.viber.add_users(20)
    place.viber.misbehave("http", code=502)
    places = [begin(place, user) for user in users]
    wait_for_condition(place, "unreachable")
    assert another_user_is_served(beside)

    place.viber.behave()

    results = [end(place, where) for where in places]
    assert {result["outcome"] for result in results} == {"accepted"}
    wait_for_condition(place, "open")
