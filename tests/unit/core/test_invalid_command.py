"""Outbound record -> what is wrong with it: nothing that is written does harm."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core.command import MAX_BODY_BYTES, InvalidCommand
from gateway.core.method import Method
from gateway.core.record import Header
from tests.fakes.commands import (
    ONE_BOT,
    STRUCTURED,
    TEXT,
    TWO_BOTS,
    USER,
    decoded,
    record,
    refused,
)
from tests.fakes.record import NOON, ReadRecord


@pytest.mark.parametrize(
    ("headers", "topic_bot", "error", "bot"),
    [
        ({}, None, "no bot is named (ce_bot or bot); configured are: help, shop", None),
        (
            {"bot": "stranger"},
            None,
            "bot 'stranger' is not configured; configured are: help, shop",
            None,
        ),
        (
            {"bot": "help"},
            "shop",
            "bot is 'help', but this is the topic of 'shop'",
            "shop",
        ),
    ],
)
def test_a_record_of_no_bot_of_ours_says_so(
    headers: dict[str, str], topic_bot: str | None, error: str, bot: str | None
) -> None:
    """A name that is not configured becomes neither a topic's part nor a label."""
    command = TWO_BOTS.decode(record(**headers), NOON, topic_bot)

    assert isinstance(command, InvalidCommand)
    assert (command.error, command.bot) == (error, bot)


INVALID: list[tuple[ReadRecord, str]] = [
    (record(b""), "the body is not JSON: "),
    (record(b"Hello"), "the body is not JSON: "),
    (record(b'{"receiver":NaN}'), "the body is not JSON: "),
    (record(b'{"receiver":"\xff"}'), "the body is not JSON: "),
    (record(b'{"receiver":"\\ud800"}'), "the body is not JSON: "),
    (record([TEXT]), "the body must be a JSON object, not list"),
    (record("text"), "the body must be a JSON object, not str"),
    (record(None), "the body must be a JSON object, not NoneType"),
    (record(method="fly"), "method is 'fly', allowed are: send_message, "),
    (record(method="SEND_MESSAGE"), "method is 'SEND_MESSAGE', allowed are: "),
    (record(method=""), "method is '', allowed are: "),
    (record(method="set_webhook"), "method set_webhook belongs to operators: "),
    (record(ce_id="1"), "the CloudEvent has no type (header ce_type; structured: "),
    (record(ce_type=""), "the CloudEvent has no type (header ce_type; structured: "),
    (record(ce_type="com.viber.callback.message"), "type is 'com.viber.callback.mes"),
    (record(ce_type="com.viber.command.fly"), "method is 'fly', allowed are: "),
    (record(ce_type="com.viber.command.set_webhook"), "method set_webhook belongs "),
    (record(ce_specversion="0.3"), "'specversion' is '0.3', allowed is '1.0'"),
    (record(expirytime="tomorrow"), "'expirytime' is 'tomorrow', allowed is RFC 3339"),
    (record(expirytime=""), "'expirytime' is '', allowed is RFC 3339"),
    (record(notbefore="1772366400"), "'notbefore' is '1772366400', allowed is RFC 33"),
    (
        record(notbefore="2026-03-01T13:00:00.001Z"),
        "'notbefore' is 2026-03-01T13:00:00.001Z, more than an hour ahead: ",
    ),
    (record({}), "send_message needs 'receiver', a user's id"),
    (record({"receiver": ""}), "send_message needs 'receiver', a user's id"),
    (record({"receiver": [USER]}), "send_message needs 'receiver', a user's id"),
    (record({}, method="get_user_details"), "get_user_details needs 'id', a user's "),
    (record({"broadcast_list": USER}), "broadcast_message needs 'broadcast_list', a l"),
    (record({"broadcast_list": [7]}), "broadcast_message needs 'broadcast_list', a l"),
    (record({"broadcast_list": []}), "'broadcast_list' names 0 users, allowed are 1 "),
    (record({"ids": None}, method="get_online"), "get_online needs 'ids', a list of "),
]


@pytest.mark.parametrize(("read", "error"), INVALID)
def test_what_is_no_command_says_what_and_where(read: ReadRecord, error: str) -> None:
    """The text stands in the dead letter and in the result."""
    assert refused(read).error.startswith(error)


def test_a_body_nested_beyond_measure_is_no_command() -> None:
    """The parser gives up, and the others go on."""
    deep = b'{"receiver":' + b"[" * 100_000 + b"]" * 100_000 + b"}"

    assert refused(record(deep)).error.startswith("the body is not JSON: ")


@pytest.mark.parametrize(
    ("method", "member", "most"),
    [
        (Method.BROADCAST_MESSAGE, "broadcast_list", 300),
        (Method.GET_ONLINE, "ids", 100),
    ],
)
def test_a_list_of_users_has_a_limit(method: Method, member: str, most: int) -> None:
    """Exactly so many are taken, and one more is refused."""
    decoded(record({member: [USER] * most}, method=method))

    command = refused(record({member: [USER] * (most + 1)}, method=method))

    assert (
        command.error == f"'{member}' names {most + 1} users, allowed are 1 to {most}"
    )


def test_a_request_has_a_limit() -> None:
    """It counts what is sent, the sender that was filled in included."""
    room = MAX_BODY_BYTES - len(msgspec.json.encode(TEXT | {"text": ""}))
    largest = record(TEXT | {"text": "x" * room})
    decoded(largest)

    too_large = record(TEXT | {"text": "x" * (room + 1)})

    assert refused(too_large).error == "the request has 30001 bytes, Viber takes 30000"
    assert "Viber takes 30000" in refused(largest, ONE_BOT).error


def test_a_command_may_wait_an_hour() -> None:
    """To the second; what lies behind may be sent at once."""
    assert decoded(record(notbefore="2026-03-01T13:00:00Z")).not_before == NOON + 3600
    assert decoded(record(notbefore="2025-03-01T13:00:00Z")).not_before is not None


@pytest.mark.parametrize(
    ("read", "identity", "method"),
    [
        (record(method="fly", id="c-1"), "c-1", "fly"),
        (record(b"", ce_type="com.viber.command.post", ce_id="c-1"), "c-1", "post"),
        (record(ce_type="a.b", ce_id=""), "viber.outbound/3/41", "a.b"),
        (record(b""), "viber.outbound/3/41", None),
        (ReadRecord(b"{", [STRUCTURED]), "viber.outbound/3/41", None),
        (ReadRecord(b'{"id":"c-1"}', [STRUCTURED]), "c-1", None),
        (ReadRecord(b'{"id":"c-1","type":"a","bot":7}', [STRUCTURED]), "c-1", "a"),
    ],
)
def test_as_much_as_can_be_read_of_it_is_told(
    read: ReadRecord, identity: str, method: str | None
) -> None:
    """So that its producer finds it by its own id; the one bot there is has sent it."""
    command = refused(read)

    assert (command.id, command.method, command.bot) == (identity, method, "shop")
    assert command.record is read


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=6,
)
MEMBERS = ["receiver", "broadcast_list", "sender", "auth_token", "id", "ids", "data"]
objects = st.dictionaries(st.sampled_from(MEMBERS), json_values).map(
    msgspec.json.encode
)
NAMES = ["content-type", "ce_type", "ce_id", "bot", "method", "notbefore", "expirytime"]
WORDS = [b"application/cloudevents+json", b"get_online", b"shop", b"1.0"]
headers = st.lists(
    st.tuples(st.sampled_from(NAMES), st.binary(max_size=8) | st.sampled_from(WORDS)),
    max_size=4,
)


@given(st.none() | st.binary() | objects, headers, st.none() | st.binary(max_size=4))
def test_no_record_does_more_harm_than_to_be_invalid(
    value: bytes | None, said: list[Header], key: bytes | None
) -> None:
    """Whatever a producer writes, decoding it never raises."""
    read = ReadRecord(value, said, key)

    for decoder in (ONE_BOT, TWO_BOTS):
        command = decoder.decode(read, NOON, None)
        assert command.record is read
        assert command.id
