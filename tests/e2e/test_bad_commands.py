"""Records that are no commands: each a dead letter, and no hindrance to the next."""

import asyncio
import json
from typing import Final

import pytest

from tests.e2e.support.commands import text
from tests.e2e.support.place import Place
from tests.e2e.support.records import Draft
from tests.e2e.support.topics import command_of
from tests.kafka.odd_names import OddName, write_batch

pytestmark = pytest.mark.timeout(60)

WRONG: Final[dict[str, tuple[bytes, dict[str, str], str]]] = {
    "no JSON": (b"{", {}, "not JSON"),
    "a list": (b"[]", {}, "object"),
    "no receiver": (b'{"type": "text", "text": "hi"}', {}, "receiver"),
    "too large": (text("u", "x" * 30_001), {}, "30000"),
    "unknown bot": (text("u", "hi"), {"bot": "nobody"}, "nobody"),
    "unknown method": (text("u", "hi"), {"method": "fly"}, "fly"),
    "set_webhook": (b'{"url": ""}', {"method": "set_webhook"}, "operators"),
    "unknown type": (b"{}", {"ce_specversion": "1.0", "ce_type": "x"}, "type"),
    "expiry": (text("u", "hi"), {"expirytime": "tomorrow"}, "tomorrow"),
    "far future": (text("u", "hi"), {"notbefore": "2999-01-01T00:00:00Z"}, "2999"),
    "301 receivers": (
        json.dumps({"broadcast_list": ["u"] * 301, "type": "text"}).encode(),
        {},
        "301",
    ),
    "101 ids": (
        json.dumps({"ids": ["u"] * 101}).encode(),
        {"method": "get_online"},
        "101",
    ),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_what_cannot_be_understood_is_a_dead_letter(
    place: Place, user: str, wrong: str
) -> None:
    """It says what and where; the record is kept as it was; the next one goes on."""
    value, said, hint = WRONG[wrong]

    result = place.send(Draft(place.topics.outbound, value, user, said))

    content = result.json
    assert (content["outcome"], content["reason"]) == ("failed", "invalid_command")
    assert hint in content["status_message"]
    letter = place.dead_letter(result)
    assert (letter.key, letter.value) == (user.encode(), value)
    assert {n: letter.header(n) for n in said} == said
    assert letter.header("dlq_reason") == "invalid_command"
    assert hint in letter.header("dlq_error")
    assert place.send_text(user, f"after {wrong}").json["outcome"] == "accepted"


def test_a_dead_letter_holds_no_token(place: Place, user: str) -> None:
    """It is blanked wherever a producer wrote one."""
    body = b'{"auth_token": "my-secret", "type": "text", "text": "no receiver"}'

    letter = place.dead_letter(place.send(Draft(place.topics.outbound, body, user)))

    assert letter.json == {"auth_token": "", "type": "text", "text": "no receiver"}


def test_a_tombstone_asks_for_nothing(place: Place, user: str) -> None:
    """It has no result and no dead letter, and what follows it goes on."""
    (tombstone,) = place.topics.write([Draft(place.topics.outbound, None, user)])

    assert place.send_text(user, "after the tombstone").json["outcome"] == "accepted"

    results = place.topics.read(place.topics.results)
    assert tombstone not in [command_of(result) for result in results]
    assert place.topics.dead_letters_of(tombstone) == []


def test_a_header_whose_name_is_no_text_stops_nobody(place: Place, user: str) -> None:
    """Kafka takes such names; what it says is not looked at, the command is sent."""
    topics = place.topics
    record = (text(user, "odd"), [(OddName("x"), b"1")])

    offset = asyncio.run(write_batch(topics.servers, topics.outbound, [record]))

    (result,) = topics.results_of(f"{topics.outbound}/0/{offset}")
    assert result.json["outcome"] == "accepted"
    assert place.send_text(user, "after the odd one").json["outcome"] == "accepted"
