"""Callback -> inbound record, as CONTRACT section 5 has it."""

import hashlib
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core.callback import Callback, parse
from gateway.core.event import EventEncoder, event_id
from gateway.core.record import NewRecord
from tests.fakes.record import NOON, content
from tests.fixtures import names, raw

TOKEN = "6109932746692773188"
USER = "8WxcSDq9eq+IzDQ1sS0mPA=="
MESSAGE = Callback("message", TOKEN, NOON + 0.25, USER)
NOTHING = Callback("odd", None, None, None)
BODY = b'{"event":"message"}'

texts = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8)
callbacks = st.builds(
    Callback,
    texts,
    st.none() | st.integers(0, 2**64).map(str),
    st.none() | st.floats(NOON - 1e6, NOON + 1e6),
    st.none() | texts,
)


def event(callback: Callback, body: bytes = BODY) -> NewRecord:
    """Write the event of a callback that came at noon."""
    return EventEncoder("shop", "viber.inbound").record(callback, body, NOON)


def test_a_message_becomes_a_binary_cloud_event() -> None:
    """Every header of the contract, in UTF-8, and the user's id as the key."""
    record = event(MESSAGE)

    assert record.topic == "viber.inbound"
    assert record.key == USER.encode()
    assert content(record.headers) == {
        "content-type": "application/json",
        "ce_specversion": "1.0",
        "ce_id": "a9f75f7c-b5cb-5ccc-8a20-7f3dd0fdd4ae",
        "ce_source": "/viber/bots/shop",
        "ce_type": "com.viber.callback.message",
        "ce_subject": USER,
        "ce_time": "2026-03-01T12:00:00.250Z",
        "ce_bot": "shop",
        "ce_messagetoken": TOKEN,
        "ce_receivedat": "2026-03-01T12:00:00.000Z",
    }


def test_what_a_callback_does_not_say_is_absent() -> None:
    """No user, no time, no token: no header, and no key."""
    record = event(NOTHING)

    assert record.key is None
    assert content(record.headers).keys() == {
        "content-type",
        "ce_specversion",
        "ce_id",
        "ce_source",
        "ce_type",
        "ce_bot",
        "ce_receivedat",
    }


@given(st.binary())
def test_the_body_is_the_value_byte_for_byte(body: bytes) -> None:
    """A bot can check Viber's signature itself."""
    assert event(MESSAGE, body).value == body


@pytest.mark.parametrize("name", names("callbacks"))
def test_a_repeated_callback_has_the_same_id(name: str) -> None:
    """Viber repeats for an hour; a consumer can tell by the id alone."""
    ids = {
        content(EventEncoder("shop", "t").record(parse(body), body, at).headers)[
            "ce_id"
        ]
        for body, at in [(raw(name), NOON), (raw(name), NOON + 3600)]
    }

    assert [UUID(one).version for one in ids] == [5]


def test_no_two_known_callbacks_share_an_id_by_accident() -> None:
    """Only what says the same may: a user's devices, and the forms of one message."""
    by_id: dict[str, set[tuple[str, str | None, str | None]]] = {}
    for name in names("callbacks"):
        said = parse(raw(name))
        identity = event_id("shop", said, raw(name))
        what = (said.event, said.message_token, said.user_id)
        by_id.setdefault(identity, set()).add(what)

    assert all(len(what) == 1 for what in by_id.values())
    assert len(by_id) > 20


def test_a_users_devices_report_one_event() -> None:
    """Viber sends `delivered` once per device, with another timestamp."""
    bodies = [
        raw("callbacks/delivered.json"),
        raw("callbacks/delivered_second_device.json"),
    ]

    assert bodies[0] != bodies[1]
    assert len({event_id("shop", parse(body), body) for body in bodies}) == 1


@pytest.mark.parametrize(
    "other",
    [
        MESSAGE._replace(event="seen"),
        MESSAGE._replace(message_token="6109932746692773189"),
        MESSAGE._replace(message_token=None),
        MESSAGE._replace(user_id="pUrMdhaECio0PMcp9WaEiA=="),
        MESSAGE._replace(user_id=None),
    ],
)
def test_event_token_and_user_make_the_id(other: Callback) -> None:
    """One more digit in the token's last place is another event."""
    assert event_id("shop", other, BODY) != event_id("shop", MESSAGE, BODY)


def test_bots_share_no_ids() -> None:
    """The same callback at two bots is two events."""
    assert event_id("shop", MESSAGE, BODY) != event_id("help", MESSAGE, BODY)


def test_without_a_token_the_body_makes_the_id() -> None:
    """Its SHA-256 stands in the token's place."""
    digest = hashlib.sha256(BODY).hexdigest()

    found = event_id("shop", NOTHING, BODY)

    assert found == event_id("shop", NOTHING._replace(message_token=digest), b"")
    assert found != event_id("shop", NOTHING, BODY + b" ")


@given(callbacks, st.binary(max_size=8))
def test_a_time_says_nothing_about_the_id(callback: Callback, body: bytes) -> None:
    """When it came, or when Viber says that it happened, may change."""
    later = callback._replace(timestamp=NOON + 1)

    assert event_id("shop", callback, body) == event_id("shop", later, body)


def test_further_headers_follow() -> None:
    """The welcome's correlation and the trace are added by who knows of them."""
    encoder = EventEncoder("shop", "viber.inbound")

    record = encoder.record(MESSAGE, BODY, NOON, ("ce_correlationid", b"c-1"))

    assert record.headers[-1] == ("ce_correlationid", b"c-1")


@given(callbacks)
def test_any_callback_can_be_written(callback: Callback) -> None:
    """Whatever Viber signs, every header can be read back as text."""
    headers = content(event(callback).headers)

    assert headers["ce_type"] == f"com.viber.callback.{callback.event}"
    assert headers.get("ce_subject") == callback.user_id
    assert headers.get("ce_messagetoken") == callback.message_token
