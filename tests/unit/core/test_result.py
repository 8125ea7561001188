"""Ended command -> result, as CONTRACT section 8 has it."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from gateway.core.answer import Answer, FailedReceiver, Reply, read_answer
from gateway.core.command import Command, InvalidCommand
from gateway.core.errors import Reason
from gateway.core.record import NewRecord
from gateway.core.result import (
    Ending,
    ResultOutcome,
    dead_letter_record,
    result_record,
)
from tests.fakes.commands import TEXT, TWO_BOTS, USER, decoded, record, refused
from tests.fakes.record import NOON, ReadRecord, content

COMMAND = decoded(record(TEXT | {"tracking_data": "order-7"}, id="c-1"))
INVALID = refused(record(b"{", bot="stranger"), TWO_BOTS)
ACCEPTED = Ending(
    ResultOutcome.ACCEPTED,
    NOON + 1.5,
    answer=Answer(
        http_status=200,
        status=0,
        status_message="ok",
        message_token="6109932746692773188",
        billing_status=1,
    ),
    attempts=2,
    first_attempt_at=NOON + 1,
    last_attempt_at=NOON + 1.25,
)
FAILED = Ending(ResultOutcome.FAILED, NOON, Reason.INVALID_COMMAND, "no JSON")


def result(
    command: Command | InvalidCommand = COMMAND, ending: Ending = ACCEPTED
) -> NewRecord:
    """Write the result of a command."""
    return result_record("viber.results", command, ending)


def said(
    command: Command | InvalidCommand = COMMAND, ending: Ending = ACCEPTED
) -> dict[str, Any]:
    """Return what the result of a command says."""
    value = result(command, ending).value
    assert value is not None
    found: dict[str, Any] = msgspec.json.decode(value)
    return found


def test_an_accepted_command_has_a_result_with_every_member() -> None:
    """What it says of the command, of Viber's answer, and of how it went."""
    assert said() == {
        "command_id": "c-1",
        "bot": "shop",
        "method": "send_message",
        "outcome": "accepted",
        "reason": None,
        "status": 0,
        "status_message": "ok",
        "message_token": "6109932746692773188",
        "billing_status": 1,
        "failed_list": None,
        "data": None,
        "attempts": 2,
        "received_at": "2026-03-01T12:00:00.000Z",
        "finished_at": "2026-03-01T12:00:01.500Z",
        "command": {"topic": "viber.outbound", "partition": 3, "offset": 41},
        "receiver": USER,
        "tracking_data": "order-7",
    }


def test_a_result_of_what_was_no_command_has_the_same_members() -> None:
    """What could not be read is null, not absent."""
    found = said(INVALID, FAILED)

    assert found.keys() == said().keys()
    assert found["command_id"] == "viber.outbound/3/41"
    assert (found["outcome"], found["reason"]) == ("failed", "invalid_command")
    assert found["status_message"] == "no JSON"
    empty = {"bot", "method", "status", "message_token", "receiver", "tracking_data"}
    assert all(found[name] is None for name in empty)


def test_a_result_is_a_binary_cloud_event() -> None:
    """Its type tells the outcome; its key is the command's."""
    keyed = structs.replace(COMMAND, record=replace(record(), key=b"k"))

    found = result(keyed)

    assert (found.topic, found.key) == ("viber.results", b"k")
    headers = content(found.headers)
    assert UUID(headers.pop("ce_id")).version == 5
    assert headers == {
        "content-type": "application/json",
        "ce_specversion": "1.0",
        "ce_source": "/viber/bots/shop",
        "ce_type": "com.viber.result.accepted",
        "ce_time": "2026-03-01T12:00:01.500Z",
        "ce_bot": "shop",
    }


@pytest.mark.parametrize("outcome", ResultOutcome)
def test_every_outcome_has_a_type_of_its_own(outcome: ResultOutcome) -> None:
    """A consumer can choose without reading the value."""
    headers = content(result(ending=structs.replace(ACCEPTED, outcome=outcome)).headers)

    assert headers["ce_type"] == f"com.viber.result.{outcome}"


def test_a_record_of_no_known_bot_has_a_source_all_the_same() -> None:
    """CloudEvents demands one."""
    headers = content(result(INVALID, FAILED).headers)

    assert (headers["ce_source"], headers["ce_bot"]) == (
        "/viber/bots/unknown",
        "unknown",
    )


def ce_id(read: ReadRecord, ending: Ending = ACCEPTED) -> str:
    """Return the id of the result of a record."""
    return content(result(structs.replace(COMMAND, record=read), ending).headers)[
        "ce_id"
    ]


def test_a_repeated_result_has_the_same_id() -> None:
    """However it ended the second time, and whenever."""
    assert ce_id(record()) == ce_id(record(), FAILED)


@pytest.mark.parametrize(
    "other",
    [
        replace(record(), topic="viber.other"),
        replace(record(), partition=4),
        replace(record(), offset=42),
        replace(record(), timestamp=1),
    ],
)
def test_another_record_has_another_id(other: ReadRecord) -> None:
    """The timestamp too: a topic that was made anew begins at offset 0 again."""
    assert ce_id(other) != ce_id(record())


def test_viber_s_own_words_go_before_ours() -> None:
    """The text is Viber's where there is one, else what went wrong on the way."""
    ending = structs.replace(FAILED, answer=Answer(status=3, status_message="badData"))

    assert said(ending=ending)["status_message"] == "badData"
    assert said(ending=FAILED)["status_message"] == "no JSON"


def test_a_text_is_cut_to_a_readable_length() -> None:
    """A result must not become too large for its topic by what somebody wrote."""
    ending = structs.replace(FAILED, error="x" * 100_000)

    assert said(ending=ending)["status_message"] == "x" * 1000


def test_a_broadcast_tells_whom_it_did_not_reach() -> None:
    """One by one, with the reason of each."""
    failed = (
        FailedReceiver("u1", 6, "Not subscribed"),
        FailedReceiver("u2", None, None),
    )
    ending = structs.replace(ACCEPTED, answer=Answer(status=0, failed_list=failed))

    assert said(ending=ending)["failed_list"] == [
        {"receiver": "u1", "status": 6, "status_message": "Not subscribed"},
        {"receiver": "u2", "status": None, "status_message": None},
    ]


def test_a_broadcast_that_reached_all_has_an_empty_list() -> None:
    """That is another thing than none."""
    ending = structs.replace(ACCEPTED, answer=Answer(status=0, failed_list=()))

    assert said(ending=ending)["failed_list"] == []


names = st.text(max_size=6) | st.just("status")
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner),
    max_leaves=4,
)


@given(st.dictionaries(names, json_values, max_size=4))
def test_an_answer_to_a_query_is_passed_on(answer: dict[str, Any]) -> None:
    """Whatever Viber says in it, to the last digit."""
    body = msgspec.json.encode(answer | {"status": 0, "status_message": "ok"})
    ending = structs.replace(
        ACCEPTED, answer=read_answer(Reply(200, body), is_query=True)
    )

    rest = {
        name: value
        for name, value in answer.items()
        if name not in {"status", "status_message", "message_token"}
    }
    assert said(ending=ending)["data"] == (rest or None)


@given(
    st.integers(-(2**63), 2**63 - 1),
    st.floats(allow_nan=False),
    st.integers(-(10**20), 10**20),
)
def test_a_result_can_always_be_written(
    timestamp: int, finished_at: float, status: int
) -> None:
    """One that cannot would stop its partition: a timestamp is its producer's word."""
    command = structs.replace(COMMAND, record=replace(record(), timestamp=timestamp))
    ending = structs.replace(
        FAILED, finished_at=finished_at, answer=Answer(status=status)
    )

    found = said(command, ending)

    assert found["received_at"].endswith("Z")
    assert found["status"] == status


def test_a_good_end_leaves_no_dead_letter() -> None:
    """Only what has a reason is one."""
    assert dead_letter_record("viber.dlq", COMMAND, ACCEPTED) is None


def test_a_bad_end_leaves_the_record_and_the_reasons() -> None:
    """All that the ending knows stands in the headers."""
    ending = structs.replace(
        ACCEPTED,
        outcome=ResultOutcome.REJECTED,
        reason=Reason.REJECTED_RECEIVER,
        error="HTTP 200, Viber status 5",
        answer=Answer(status=5),
    )

    letter = dead_letter_record("viber.dlq", COMMAND, ending)

    assert letter is not None
    assert (letter.topic, letter.value) == ("viber.dlq", COMMAND.record.value)
    headers = content(letter.headers)
    assert headers.pop("id") == "c-1"
    assert headers == {
        "dlq_reason": "rejected_receiver",
        "dlq_error": "HTTP 200, Viber status 5",
        "dlq_topic": "viber.outbound",
        "dlq_partition": "3",
        "dlq_offset": "41",
        "dlq_timestamp": "1772366400000",
        "dlq_attempts": "2",
        "dlq_first_attempt_at": "2026-03-01T12:00:01.000Z",
        "dlq_last_attempt_at": "2026-03-01T12:00:01.250Z",
        "dlq_bot": "shop",
        "dlq_status": "5",
        "dlq_command_id": "c-1",
    }


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_is_written_as_its_slug(reason: Reason) -> None:
    """In the result and in the dead letter, for operators to group by."""
    ending = structs.replace(FAILED, reason=reason)
    letter = dead_letter_record("viber.dlq", INVALID, ending)

    assert letter is not None
    assert content(letter.headers)["dlq_reason"] == reason.value
    assert said(INVALID, ending)["reason"] == reason.value
