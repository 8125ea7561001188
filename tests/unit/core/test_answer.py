"""Reading what an attempt brought."""

from datetime import UTC, datetime, timedelta, timezone
from email.utils import format_datetime

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core.answer import (
    MAX_RETRY_AFTER_SECONDS,
    Answer,
    FailedReceiver,
    FailureKind,
    Reply,
    TransportFailure,
    parse_retry_after,
    read_answer,
)

NOW = datetime(2026, 3, 1, 12, 0, 0, tzinfo=UTC)

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


def read(body: bytes, *, is_query: bool = False) -> Answer:
    """Read the body of a reply with HTTP status 200."""
    return read_answer(Reply(200, body), is_query=is_query)


def test_every_member_of_an_answer_is_read() -> None:
    """What Viber documents for a message's answer is all there."""
    answer = read(
        b'{"status":0,"status_message":"ok","message_token":6109932746692773188,'
        b'"chat_hostname":"SN-CHAT-05_","billing_status":1}'
    )

    assert answer == Answer(
        http_status=200,
        status=0,
        status_message="ok",
        message_token="6109932746692773188",
        billing_status=1,
        chat_hostname="SN-CHAT-05_",
    )


@pytest.mark.parametrize(
    ("written", "status"),
    [
        (b"7", 7),
        (b"-1", -1),
        (b'"7"', 7),
        (b'"0"', 0),
        (b'"-1"', -1),
        (b"true", None),
        (b"false", None),
        (b"0.0", None),
        (b"null", None),
        (b'""', None),
        (b'"7 "', None),
        (b'"seven"', None),
        ('"\u0667"'.encode(), None),
        (b'"' + b"9" * 21 + b'"', None),
        (b"[0]", None),
        (b'{"a":0}', None),
    ],
)
def test_a_status_is_an_integer_or_decimal_text(
    written: bytes, status: int | None
) -> None:
    """Decimal text counts as the number, a boolean is no number."""
    assert read(b'{"status":' + written + b"}").status == status


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>502 Bad Gateway</html>",
        b'{"status":0',
        b"[]",
        b"null",
        b'"ok"',
        b"\xff\xfe",
        b'"\xff"',
        b"\x1f\x8b\x08\x00",
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b'{"a":1e999}',
    ],
)
def test_a_body_that_is_no_object_says_nothing(body: bytes) -> None:
    """Garbage, cut bodies and endless nesting are an answer without members."""
    assert read(body, is_query=True) == Answer(http_status=200)


@pytest.mark.parametrize(
    ("written", "token"),
    [
        (b"6109932746692773188", "6109932746692773188"),
        (b'"6109932746692773188"', "6109932746692773188"),
        (b"5.39e18", None),
        (b"true", None),
        (b'"none"', None),
    ],
)
def test_a_message_token_becomes_text_without_loss(
    written: bytes, token: str | None
) -> None:
    """A token exceeds 2^53; one that went through a double is not taken."""
    assert read(b'{"message_token":' + written + b"}").message_token == token


def test_a_broadcasts_failures_are_named() -> None:
    """Each receiver that was not reached stands there with its status."""
    answer = read(
        b'{"status":0,"failed_list":['
        b'{"receiver":"Rn5=","status":5,"status_message":"Not found"},'
        b'{"receiver":"BgI=","status":"6","status_message":6},'
        b'{"status":5},{"receiver":7},{"receiver":""},"Rn5=",null]}'
    )

    assert answer.failed_list == (
        FailedReceiver("Rn5=", 5, "Not found"),
        FailedReceiver("BgI=", 6, None),
    )


@pytest.mark.parametrize(
    ("written", "failed"), [(b"[]", ()), (b"{}", None), (b"null", None)]
)
def test_an_empty_list_of_failures_is_not_a_missing_one(
    written: bytes, failed: tuple[FailedReceiver, ...] | None
) -> None:
    """Viber said that nobody failed, or Viber said nothing."""
    assert read(b'{"failed_list":' + written + b"}").failed_list == failed


def test_the_answer_to_a_query_is_its_data() -> None:
    """All members are kept but status and text; the token is text here too."""
    body = (
        b'{"status":0,"status_message":"ok","message_token":4912661846655238145,'
        b'"user":{"id":"u1","mcc":255}}'
    )

    assert read(body, is_query=True).data == {
        "message_token": "4912661846655238145",
        "user": {"id": "u1", "mcc": 255},
    }
    assert read(body).data is None


def test_a_transport_failure_is_an_answer_without_members() -> None:
    """What came in place of a reply is kept, nothing else is known."""
    failure = TransportFailure(FailureKind.TIMEOUT, "no reply within 10 s")

    assert read_answer(failure, is_query=True) == Answer(failure=failure)


@pytest.mark.parametrize(
    ("reply", "text"),
    [
        (TransportFailure(FailureKind.NAME, "no such host"), "name: no such host"),
        (Reply(502, b"<html>"), "HTTP 502 without a Viber status"),
        (Reply(200, b'{"status":7}'), "HTTP 200, Viber status 7"),
        (
            Reply(200, b'{"status":7,"status_message":"publicAccountBlocked"}'),
            "HTTP 200, Viber status 7: publicAccountBlocked",
        ),
    ],
)
def test_an_answer_is_told_in_one_line(
    reply: Reply | TransportFailure, text: str
) -> None:
    """People read this line in logs and dead letters."""
    assert str(read_answer(reply, is_query=False)) == text


@given(st.binary() | json_values.map(msgspec.json.encode), st.booleans())
def test_any_body_can_be_read(body: bytes, is_query: bool) -> None:  # noqa: FBT001  drawn by hypothesis
    """Reading never fails, and what it finds has the type it promises."""
    answer = read(body, is_query=is_query)

    assert answer.status is None or type(answer.status) is int
    assert answer.message_token is None or type(answer.message_token) is str
    assert str(answer).startswith("HTTP 200")


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("0", 0.0),
        ("120", 120.0),
        (" 120 ", 120.0),
        ("86400", 86_400.0),
        ("86401", MAX_RETRY_AFTER_SECONDS),
        ("9" * 5000, MAX_RETRY_AFTER_SECONDS),
        ("Sun, 01 Mar 2026 12:00:30 GMT", 30.0),
        ("Sunday, 01-Mar-26 12:00:30 GMT", 30.0),
        ("Sun Mar  1 12:00:30 2026", 30.0),
        ("Sun, 01 Mar 2026 11:59:00 GMT", 0.0),
        ("Fri, 01 Mar 2126 12:00:00 GMT", MAX_RETRY_AFTER_SECONDS),
        (None, None),
        ("", None),
        ("-5", None),
        ("1.5", None),
        ("+5", None),
        ("\u0665", None),
        ("soon", None),
        ("Sun, 99 Foo 2026 12:00:30 GMT", None),
        ("2026-03-01T12:00:30Z", None),
        ("Sun, 01 Mar 99999999999 12:00:30 GMT", None),
    ],
)
def test_retry_after_is_seconds_or_a_date(
    value: str | None, seconds: float | None
) -> None:
    """RFC 9110 10.2.3 knows two forms, and three forms of dates; others say nothing."""
    assert parse_retry_after(value, NOW) == seconds


@given(st.integers(0, 86_400), st.integers(-12, 12))
def test_a_date_means_the_same_on_any_wall_clock(ahead: int, offset: int) -> None:
    """The offset of the clock that is asked does not matter."""
    value = format_datetime(NOW + timedelta(seconds=ahead), usegmt=True)
    local = NOW.astimezone(timezone(timedelta(hours=offset)))

    assert parse_retry_after(value, local) == ahead


scraps = st.sampled_from(["Sun,", "01", "Mar", "2026", "12:00:30", "GMT", "+0100", "-"])
dates = st.lists(scraps | st.integers(0).map(str), max_size=8).map(" ".join)


@given(st.text() | dates)
def test_any_retry_after_can_be_read(value: str) -> None:
    """Whatever a proxy writes, it is a bounded wait or none."""
    seconds = parse_retry_after(value, NOW)

    assert seconds is None or 0 <= seconds <= MAX_RETRY_AFTER_SECONDS


def test_its_repr_tells_nothing_of_people() -> None:
    """What a query brought stays out of logs and tracebacks."""
    answer = Answer(200, status=0, data={"name": "John McClane"})

    assert repr(answer) == "<Answer HTTP 200, Viber status 0>"
