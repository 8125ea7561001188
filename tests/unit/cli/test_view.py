"""Records as people look at them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.cli.view import Filter, Kind, View, as_json, line, view
from gateway.core.record import Header
from tests.fakes.record import ReadRecord

EVENT = ReadRecord(
    b'{"event":"message","message":{"type":"text","text":"hello"}}',
    [
        ("ce_bot", b"shop"),
        ("ce_type", b"com.viber.callback.message"),
        ("ce_subject", b"user-1"),
    ],
)
RESULT = ReadRecord(
    b'{"command_id":"c1","receiver":"user-1","method":"send_message",'
    b'"reason":"rejected_receiver","status":6,"status_message":"Not subscribed"}',
    [("ce_bot", b"shop"), ("ce_type", b"com.viber.result.rejected")],
)
DEAD_LETTER = ReadRecord(
    b'{"receiver":"user-1"}',
    [
        ("dlq_bot", b"shop"),
        ("dlq_reason", b"expired"),
        ("dlq_command_id", b"c1"),
        ("dlq_error", b"too old"),
    ],
)


@pytest.mark.parametrize(
    ("kind", "record", "expected"),
    [
        (Kind.inbound, EVENT, View("shop", "message", "user-1", "text: hello")),
        (
            Kind.results,
            RESULT,
            View(
                "shop",
                "rejected",
                "user-1",
                "send_message  c1  rejected_receiver  status 6  Not subscribed",
            ),
        ),
        (Kind.dlq, DEAD_LETTER, View("shop", "expired", "user-1", "c1  too old")),
    ],
)
def test_each_kind_of_record_shows_what_matters(
    kind: Kind, record: ReadRecord, expected: View
) -> None:
    """Whose it is, what it says, about whom."""
    assert view(kind, record) == expected


@pytest.mark.parametrize(
    ("value", "about"),
    [
        (b'{"event":"failed","desc":"no device"}', "no device"),
        (b'{"event":"seen"}', ""),
        (b'{"message":{"type":"sticker","sticker_id":1}}', "sticker: "),
        (b'{"message":"odd"}', ""),
    ],
)
def test_an_event_without_a_text_shows_what_it_has(value: bytes, about: str) -> None:
    """The reason of a failure, the content of another message."""
    assert view(Kind.inbound, ReadRecord(value)).about.startswith(about)


def test_a_dead_letter_of_a_structured_event_shows_its_receiver() -> None:
    """The receiver stands within `data`."""
    record = ReadRecord(b'{"specversion":"1.0","data":{"receiver":"user-1"}}')

    assert view(Kind.dlq, record).user == "user-1"


@pytest.mark.parametrize("kind", Kind)
@given(
    value=st.none()
    | st.binary()
    | st.from_regex(rb'\{"(data|message)":(1|\[\]|null)}'),
    headers=st.lists(
        st.tuples(
            st.sampled_from(["ce_type", "ce_bot", "dlq_error", "x"]),
            st.binary() | st.none(),
        )
    ),
)
def test_no_record_is_too_odd_to_be_shown(
    kind: Kind, value: bytes | None, headers: list[Header]
) -> None:
    """Anybody may have written it; both forms of showing it work."""
    record = ReadRecord(value, headers)

    assert line(record, view(kind, record))
    assert as_json(record)["offset"] == record.offset


def test_a_line_begins_with_when_it_was_written() -> None:
    """Columns that are empty show a dash."""
    shown = line(ReadRecord(), View("", "seen", "", "x"))

    assert shown == "2026-03-01T12:00:00.000Z  -  seen  -  x"


def test_json_keeps_what_a_record_holds() -> None:
    """A value in JSON is nested, with its numbers; anything else is text."""
    number = 6109932746692773188  # beyond 2^53
    nested = as_json(ReadRecord(b'{"message_token":%d}' % number, key=b"user-1"))
    text = as_json(ReadRecord(b"\xffnot json"))
    tombstone = as_json(ReadRecord(None))

    assert nested["value"] == {"message_token": number}
    assert nested["key"] == "user-1"
    assert text["value"] == "\ufffdnot json"
    assert tombstone["value"] is None


@pytest.mark.parametrize(
    ("wish", "is_taken"),
    [
        (Filter(), True),
        (Filter(bot="shop"), True),
        (Filter(bot="shop", user="user-1", kind="message"), True),
        (Filter(bot="news"), False),
        (Filter(user="user-2"), False),
        (Filter(kind="seen"), False),
        (Filter(bot="shop", kind="seen"), False),
    ],
)
def test_a_filter_takes_what_fits_in_every_part(wish: Filter, is_taken: bool) -> None:  # noqa: FBT001  a case of the table
    """A part that is not given takes anything."""
    assert wish.takes(view(Kind.inbound, EVENT)) is is_taken
