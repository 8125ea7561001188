"""Commands in every form, and the results and dead letters they come to."""

import base64
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest

from tests.e2e.support.commands import headers, message, text
from tests.e2e.support.place import Place
from tests.e2e.support.records import Draft
from tests.e2e.support.topics import command_of
from tests.e2e.support.waiting import wait_for

pytestmark = pytest.mark.timeout(60)

Json = dict[str, Any]

RESULT_MEMBERS: Final = {
    *("command_id", "bot", "method", "outcome", "reason", "status", "status_message"),
    *("message_token", "billing_status", "failed_list", "data", "attempts"),
    *("received_at", "finished_at", "command", "receiver", "tracking_data"),
}


def binary(place: Place, user: str) -> Draft:
    """Attributes in headers, the request body as value."""
    return message(place.topics.outbound, place.viber.bot, user, "binary")


def structured(place: Place, user: str) -> Draft:
    """All of it in the value."""
    data = {"data": json.loads(text(user, "structured"))}
    return _structured(place, "structured", data)


def encoded(place: Place, user: str) -> Draft:
    """The same, as SDKs write it that take the body for bytes."""
    data = {"data_base64": base64.b64encode(text(user, "encoded")).decode()}
    return _structured(place, "encoded", data)


def plain(place: Place, user: str) -> Draft:
    """Nothing but the request body."""
    return Draft(place.topics.outbound, text(user, "plain"), user)


def _structured(place: Place, command_id: str, data: Json) -> Draft:
    event = {
        "specversion": "1.0",
        "type": "com.viber.command.send_message",
        "source": "/tests/e2e",
        "id": command_id,
        "bot": place.viber.bot,
        **data,
    }
    content_type = {"content-type": "application/cloudevents+json; charset=utf-8"}
    value = json.dumps(event).encode()
    return Draft(place.topics.outbound, value, None, content_type)


@pytest.mark.parametrize("form", [binary, structured, encoded, plain])
def test_a_message_in_any_form_reaches_the_user(
    place: Place, user: str, form: Callable[[Place, str], Draft]
) -> None:
    """All forms mean the same; only a plain one without an id gets one."""
    draft = form(place, user)

    result = place.send(draft)

    assert place.viber.texts(user) == [form.__name__]
    content = result.json
    where = command_of(result)
    assert content["command_id"] == (where if form is plain else form.__name__)
    assert (content["outcome"], content["receiver"]) == ("accepted", user)
    assert result.key == (draft.key and draft.key.encode())


def test_a_result_tells_all_there_is(place: Place, user: str) -> None:
    """Every member is there; what Viber said is in it."""
    result = place.send_text(user, "tell me all")

    content = result.json
    (call,) = [c for c in place.viber.calls() if c["receivers"] == [user]]
    assert content.keys() == RESULT_MEMBERS
    assert content["message_token"] == call["message_token"]
    assert (content["status"], content["attempts"]) == (0, 1)
    assert (content["reason"], content["failed_list"], content["data"]) == (None,) * 3
    assert content["received_at"] <= content["finished_at"]
    assert result.header("ce_type") == "com.viber.result.accepted"
    assert result.header("ce_source") == f"/viber/bots/{place.viber.bot}"
    assert result.header("ce_id")


def test_the_request_is_the_value_with_the_sender_filled_in(
    place: Place, user: str
) -> None:
    """A token in the body is not passed on; the right one stands in the header."""
    body = {"receiver": user, "type": "text", "text": "hi", "auth_token": "not-this"}

    place.send(Draft(place.topics.outbound, json.dumps(body).encode(), user))

    (call,) = [c for c in place.viber.calls() if c["receivers"] == [user]]
    sent = {"receiver": user, "type": "text", "text": "hi", "sender": {"name": "Echo"}}
    assert json.loads(call["body"]) == sent
    assert call["headers"]["x-viber-auth-token"] == place.viber.token


def test_a_plain_record_may_name_everything_in_headers(place: Place, user: str) -> None:
    """Bot, method, id and expiry, for bots without CloudEvents."""
    said = {
        "bot": place.viber.bot,
        "method": "get_user_details",
        "id": "plain-with-headers",
        "expirytime": (datetime.now(UTC) + timedelta(hours=1)).isoformat(),
    }
    body = json.dumps({"id": user}).encode()

    content = place.send(Draft(place.topics.outbound, body, None, said)).json

    assert content["command_id"] == "plain-with-headers"
    assert content["data"]["user"]["id"] == user


def test_a_broadcast_has_one_result_that_names_who_did_not_get_it(
    place: Place, user: str
) -> None:
    """Told from a message by its list of receivers."""
    stranger = place.viber.add_guest()
    body = {"broadcast_list": [user, stranger], "type": "text", "text": "to all"}

    content = place.send(Draft(place.topics.outbound, json.dumps(body).encode())).json

    assert (content["method"], content["outcome"]) == ("broadcast_message", "accepted")
    (failed,) = content["failed_list"]
    assert (failed["receiver"], failed["status"]) == (stranger, 6)
    assert place.viber.texts(user) == ["to all"]


@pytest.mark.parametrize(
    ("method", "body", "member"),
    [
        ("get_account_info", {}, "id"),
        ("get_online", {"ids": ["nobody"]}, "users"),
    ],
)
def test_a_question_has_its_answer_in_the_result(
    place: Place, method: str, body: Json, member: str
) -> None:
    """Bots ask Viber through the gateway, too."""
    attributes = headers(place.viber.bot, method, f"ask-{method}")

    content = place.send(
        Draft(place.topics.outbound, json.dumps(body).encode(), None, attributes)
    ).json

    assert content["outcome"] == "accepted"
    assert member in content["data"]


def test_what_viber_rejects_is_told_with_its_reason(place: Place) -> None:
    """Another try would not help: one attempt, a result and a dead letter."""
    stranger = place.viber.add_guest()

    result = place.send_text(stranger, "do we know each other?")

    content = result.json
    assert (content["outcome"], content["status"]) == ("rejected", 6)
    assert content["reason"] == "rejected_receiver"
    letter = place.dead_letter(result)
    assert letter.value == text(stranger, "do we know each other?")
    assert letter.header("dlq_status") == "6"
    assert letter.header("dlq_command_id") == "do we know each other?"


def test_attempts_come_to_an_end(place: Place, user: str) -> None:
    """A command that fails each time is a dead letter; other users lose nothing."""
    place.viber.misbehave("http", method="send_message", code=500, receiver=user)
    (other,) = place.viber.add_users(1)

    failed = place.send_text(user, "never")

    content = failed.json
    assert (content["outcome"], content["attempts"]) == ("failed", 3)
    assert content["reason"] == "attempts_exhausted"
    assert place.dead_letter(failed).header("dlq_attempts") == "3"
    assert place.send_text(other, "but here").json["outcome"] == "accepted"


def test_an_expired_command_is_not_sent(place: Place, user: str) -> None:
    """Better never than late, if its producer says so."""
    attributes = headers(place.viber.bot, "send_message", "too late")
    attributes["ce_expirytime"] = "2020-01-01T00:00:00Z"

    result = place.send(
        Draft(place.topics.outbound, text(user, "too late"), user, attributes)
    )

    assert (result.json["outcome"], result.json["attempts"]) == ("expired", 0)
    assert place.dead_letter(result).header("dlq_reason") == "expired"
    assert place.viber.texts(user) == []


def test_a_held_command_holds_its_key_and_no_other(place: Place, user: str) -> None:
    """What comes after it waits as well; other users do not."""
    (other,) = place.viber.add_users(1)
    later = datetime.now(UTC) + timedelta(seconds=3)
    attributes = headers(place.viber.bot, "send_message", "first")
    attributes["ce_notbefore"] = later.isoformat()
    topic, bot = place.topics.outbound, place.viber.bot

    place.topics.write(
        [
            Draft(topic, text(user, "first"), user, attributes),
            message(topic, bot, user, "second"),
        ]
    )
    assert place.send_text(other, "meanwhile").json["outcome"] == "accepted"
    assert place.viber.texts(user) == []

    wait_for("both", lambda: place.viber.texts(user) == ["first", "second"])
    first, *_ = [c for c in place.viber.calls() if c["receivers"] == [user]]
    rounding = 1  # the log counts whole milliseconds
    assert first["at"] >= later.timestamp() * 1000 - rounding
