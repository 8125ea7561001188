"""Where one command is, as `/explain` and `viber-gateway explain` tell it."""

from datetime import UTC, datetime
from typing import Any, Final

import pytest

from gateway.core.instant import rfc3339
from tests.e2e.support.commands import headers, message, text
from tests.e2e.support.gateway import Gateway, Gateways
from tests.e2e.support.records import Draft
from tests.e2e.support.topics import Topics
from tests.e2e.support.viber import Viber
from tests.e2e.support.waiting import wait_for
from tests.e2e.support.web import get
from tests.integration.command_line import Ended, viber_gateway

pytestmark = pytest.mark.timeout(60)

Json = dict[str, Any]

PATIENT: Final = {
    "SENDER_BACKOFF_INITIAL_SECONDS": "600",
    "SENDER_BACKOFF_MAX_SECONDS": "600",
}
PUT_OFF: Final = 101  # of one key, behind the one that runs


def ask(gateway: Gateway, command_id: str) -> Json:
    """Ask a sender about a command."""
    told: Json = get(f"{gateway.url('management')}/explain/{command_id}").json()
    return told


def wait_until(gateway: Gateway, command_id: str, **members: object) -> Json:
    """Wait until a sender says so of a command; return all that it says."""
    what = f"{command_id} has {members}"
    wanted = members.items()
    return wait_for(
        what, lambda: ask(gateway, command_id), lambda told: wanted <= told.items()
    )


def run(gateway: Gateway, *arguments: str) -> Ended:
    """Run `explain` with the settings of a sender, and ask that one."""
    here = ("--management", gateway.url("management")) if gateway.is_running else ()
    return viber_gateway("explain", *here, *arguments, settings=dict(gateway.settings))


def begin(topics: Topics, viber: Viber, user: str, *ids: str) -> list[str]:
    """Write commands to one user; return their coordinates."""
    drafts = [message(topics.outbound, viber.bot, user, each) for each in ids]
    return topics.write(drafts)


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        ({"kind": "http", "status": 503}, {"waits_for": "backoff", "attempts": 1}),
        ({"kind": "status", "status": 12}, {"waits_for": "parked", "attempts": 0}),
        ({"kind": "status", "status": 23}, {"waits_for": "credit"}),
        ({"kind": "status", "status": 2}, {"waits_for": "halted"}),
    ],
    ids=["backoff", "parked", "credit", "halted"],
)
def test_what_a_command_waits_for_is_told(
    gateways: Gateways, viber: Viber, topics: Topics, fault: Json, told: Json
) -> None:
    """With the answer of Viber's that caused it."""
    viber.misbehave(method="send_message", **fault)
    gateway = gateways.start("sender", PATIENT)
    (user,) = viber.add_users(1)

    begin(topics, viber, user, "first")

    found = wait_until(gateway, "first", state="waiting", **told)
    assert str(fault["status"]) in found["why"]
    assert found["bot"] == viber.bot
    assert found["expires_at"] is not None


def test_a_command_behind_another_names_it(
    gateways: Gateways, viber: Viber, topics: Topics
) -> None:
    """And says what that one waits for."""
    viber.misbehave("status", method="send_message", status=12)
    gateway = gateways.start("sender")
    (user,) = viber.add_users(1)

    begin(topics, viber, user, "first", "second", "third")

    wait_until(gateway, "first", waits_for="parked")
    found = wait_until(gateway, "third", state="waiting", waits_for="behind")
    assert (found["behind"], found["ahead"]) == ("first", 2)
    assert "parked" in found["text"]


def test_a_command_that_is_put_off_is_found_by_where_it_stands(
    gateways: Gateways, viber: Viber, topics: Topics
) -> None:
    """Only its offset is in memory; `explain` looks it up first."""
    viber.misbehave("status", method="send_message", status=12)
    gateway = gateways.start("sender")
    (user,) = viber.add_users(1)
    ids = [f"command-{number}" for number in range(PUT_OFF + 1)]

    begin(topics, viber, user, *ids)

    wait_until(gateway, ids[0], waits_for="parked")
    assert ask(gateway, ids[-1])["state"] == "unknown"
    told = run(gateway, ids[-1], "--json").json()
    assert (told["state"], told["waits_for"]) == ("waiting", "put_off")
    assert (told["behind"], told["ahead"]) == (ids[0], PUT_OFF)


def test_a_command_held_back_by_its_producer_says_until_when(
    gateways: Gateways, viber: Viber, topics: Topics
) -> None:
    """`ce_notbefore` is told as it was written."""
    gateway = gateways.start("sender")
    (user,) = viber.add_users(1)
    later = rfc3339(datetime.now(UTC).timestamp() + 1800)
    attributes = headers(viber.bot, "send_message", "later") | {"ce_notbefore": later}

    topics.write([Draft(topics.outbound, text(user, "later"), user, attributes)])

    found = wait_until(gateway, "later", waits_for="not_before")
    assert found["until"][:-5] == later[:-5]


def test_a_command_is_in_flight_and_then_ended(
    gateways: Gateways, viber: Viber, topics: Topics
) -> None:
    """The sender remembers how the last commands ended; the topics know of all."""
    viber.misbehave("hang", method="send_message", count=1)
    gateway = gateways.start("sender", {"VIBER_REQUEST_TIMEOUT_SECONDS": "2"})
    (user,) = viber.add_users(1)

    (place,) = begin(topics, viber, user, "one")

    wait_until(gateway, "one", state="in_flight")
    found = wait_until(gateway, "one", state="ended", outcome="accepted")
    told = run(gateway, "one")
    assert f"/{found['partition']}/{found['offset']}" in place
    assert told.code == 0
    assert told.out.startswith("one: ended: accepted")
    assert place in told.out


def test_without_a_sender_the_group_tells_how_far_it_is(
    gateways: Gateways, viber: Viber, topics: Topics
) -> None:
    """What nobody has read yet is told as such, and whom to ask."""
    gateway = gateways.start("sender")
    (user,) = viber.add_users(1)
    assert gateway.stop() == 0
    begin(topics, viber, user, "one", "two")

    told = run(gateway, "two")

    assert told.code == 0
    assert "not ended: group" in told.out
    assert "no sender answers" in told.out


def test_a_command_that_was_never_written_is_an_error(
    gateways: Gateways, topics: Topics
) -> None:
    """With the time from which on was searched."""
    gateway = gateways.start("sender")

    told = run(gateway, "nobody", "--since", "5m")

    assert told.code == 1
    assert told.err.startswith("viber-gateway: no command 'nobody' was written since")
    assert topics.count(topics.results) == 0


def test_wrong_coordinates_are_told(gateways: Gateways) -> None:
    """Rather than answered as if nobody had given any."""
    gateway = gateways.start("sender")

    asked = f"{gateway.url('management')}/explain/c-1?topic=t&partition=one&offset=1"
    answer = get(asked)

    assert answer.status == 422
    assert b"partition" in answer.body
