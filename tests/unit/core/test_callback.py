"""Viber's callbacks: is the signature right, and what does the body say."""

import hashlib
import hmac
from contextlib import suppress
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core.callback import Callback, is_signed, is_webhook_check, parse
from gateway.core.errors import MalformedCallbackError
from tests.fixtures import load, names, raw

KEY = b"4453b6ac1s345678-e02c5f12174805f9-daec9cbb5448c51f"
USER = "8WxcSDq9eq+IzDQ1sS0mPA=="
DEEP = b'{"event":"e","x":' + b"[" * 100_000 + b"]" * 100_000 + b"}"
HUGE = b'{"event":"e","message_token":' + b"9" * 5000 + b"}"


def sign(body: bytes, key: bytes = KEY) -> bytes:
    """Sign a body as Viber documents it."""
    return hmac.new(key, body, hashlib.sha256).hexdigest().encode()


def said(**members: Any) -> Callback:
    """Parse a callback with these members."""
    return parse(msgspec.json.encode({"event": "message"} | members))


def body_of(vector: dict[str, Any]) -> bytes:
    """Return the body that a signature vector is about."""
    return raw(vector["file"]) if "file" in vector else vector["body"].encode()


@pytest.mark.parametrize("vector", load("signature_vectors.json")["vectors"])
def test_signatures_are_judged_as_by_viber(vector: dict[str, Any]) -> None:
    """Captured and documented signatures; some vectors are wrong on purpose."""
    key, signature = vector["auth_token"].encode(), vector["signature"].encode()

    assert is_signed(body_of(vector), signature, [key]) is vector.get("valid", True)


@given(st.binary(), st.binary(min_size=1))
def test_a_signature_counts_for_its_body_and_its_key_only(
    body: bytes, other: bytes
) -> None:
    """One byte more, or another token, and it is worth nothing."""
    signature = sign(body)

    assert is_signed(body, signature, [KEY])
    assert not is_signed(body + other, signature, [KEY])
    assert not is_signed(body, signature, [KEY + b"0"])


@given(st.binary(), st.binary())
def test_nothing_else_is_a_signature(body: bytes, signature: bytes) -> None:
    """Whatever stands in the header, it is refused and does no harm."""
    if signature != sign(body):
        assert not is_signed(body, signature, [KEY])


@pytest.mark.parametrize(
    "change",
    [bytes.upper, lambda s: s + b" ", lambda s: b" " + s, lambda s: s[:-1]],
    ids=["upper-case", "a space behind", "a space before", "cut"],
)
def test_a_signature_is_lower_case_hex_and_no_more(change: Any) -> None:
    """Viber writes it so, and nobody else should have to be understood."""
    assert not is_signed(b"{}", change(sign(b"{}")), [KEY])


def test_a_previous_token_counts_while_it_is_given() -> None:
    """During a rotation either token may have signed."""
    signature = sign(b"{}", b"previous")

    assert is_signed(b"{}", signature, [KEY, b"previous"])
    assert not is_signed(b"{}", signature, [KEY])
    assert not is_signed(b"{}", signature, [])


@pytest.mark.parametrize("name", names("callbacks"))
def test_every_known_callback_is_read(name: str) -> None:
    """Its event, its token to the last digit, its time, and whom it is about."""
    wanted = load(name)
    user = wanted.get("sender") or wanted.get("user") or {"id": wanted.get("user_id")}
    token = wanted.get("message_token")

    callback = parse(raw(name))

    assert callback.event == wanted["event"]
    assert callback.message_token == (None if token is None else str(token))
    assert callback.user_id == user["id"]
    if name != "callbacks/webhook_legacy_swapped.json":
        assert callback.timestamp == wanted["timestamp"] / 1000


def test_an_old_callback_has_no_time() -> None:
    """Its timestamp is a message_token: rather none than a wrong one."""
    assert parse(raw("callbacks/webhook_legacy_swapped.json")).timestamp is None


@pytest.mark.parametrize(
    ("members", "user"),
    [
        ({"sender": {"id": "a"}, "user": {"id": "b"}, "user_id": "c"}, "a"),
        ({"user": {"id": "b"}, "user_id": "c"}, "b"),
        ({"user_id": "c"}, "c"),
        ({"sender": {"id": ""}, "user": {"id": "b"}}, "b"),
        ({"sender": {"name": "A"}, "user_id": "c"}, "c"),
        ({"sender": None, "user": "b", "user_id": "c"}, "c"),
        ({"sender": [{"id": "a"}]}, None),
        ({"sender": {"id": 7}}, None),
        ({"user_id": ""}, None),
        ({"user_id": 7}, None),
        ({}, None),
    ],
)
def test_the_user_stands_in_one_of_three_places(
    members: dict[str, Any], user: str | None
) -> None:
    """What is no non-empty text there is no user."""
    assert said(**members).user_id == user


@pytest.mark.parametrize(
    ("written", "token"),
    [
        (6109932746692773188, "6109932746692773188"),
        (2**64, "18446744073709551616"),
        ("610993274669277318", "610993274669277318"),
        (0, "0"),
        ("\u0661\u0662", None),
        ("", None),
        ("twelve", None),
        (1.5, None),
        (True, None),
        (None, None),
        ([], None),
    ],
)
def test_a_message_token_keeps_all_its_digits(written: Any, token: str | None) -> None:
    """It exceeds what a double can hold; what is no number is none."""
    assert said(message_token=written).message_token == token


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        (b"", "not a JSON object"),
        (b"{", "not a JSON object"),
        (b"[]", "not a JSON object"),
        (b"null", "not a JSON object"),
        (b'"text"', "not a JSON object"),
        (b'{"event":"e"} {}', "not a JSON object"),
        (b'\xef\xbb\xbf{"event":"e"}', "not a JSON object"),
        (b'{"event":NaN}', "not a JSON object"),
        (b'{"event":"\\ud800"}', "not a JSON object"),
        pytest.param(HUGE, "not a JSON object", id="5000 digits"),
        (b'{"event":"e","timestamp":1e999}', "not a JSON object"),
        pytest.param(DEEP, "not a JSON object", id="100000 levels"),
        (b'{"event":"\xff"}', "not UTF-8"),
        (b'{"event":"e","ignored":"\xff"}', "not UTF-8"),
        (b'{"event":"\xed\xa0\x80"}', "not UTF-8"),
        (b"{}", "'event'"),
        (b'{"event":""}', "'event'"),
        (b'{"event":null}', "'event'"),
        (b'{"event":7}', "'event'"),
        (b'{"event":{"event":"e"}}', "'event'"),
        (b'{"Event":"e"}', "'event'"),
    ],
)
def test_what_is_no_callback_is_refused_in_words(body: bytes, complaint: str) -> None:
    """The text goes into the dead letter, so that somebody can tell why."""
    with pytest.raises(MalformedCallbackError, match=complaint):
        parse(body)


def test_of_a_member_that_stands_twice_the_last_counts() -> None:
    """As in most languages' parsers, so that bots read the same."""
    assert parse(b'{"event":"a","event":"b"}').event == "b"


def test_a_timestamp_of_any_length_is_no_more_than_absurd() -> None:
    """The parser takes integers of up to 399 digits."""
    body = b'{"event":"e","timestamp":' + b"9" * 399 + b"}"

    assert parse(body) == Callback("e", None, None, None)


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["id", "event"]), inner, max_size=3)
    ),
    max_leaves=5,
)
MEMBERS = ["event", "message_token", "timestamp", "user_id", "user", "sender", "other"]


@given(
    st.binary()
    | st.dictionaries(st.sampled_from(MEMBERS), json_values).map(msgspec.json.encode)
)
def test_no_body_brings_anything_but_a_callback_or_a_complaint(body: bytes) -> None:
    """The body is the internet's."""
    with suppress(MalformedCallbackError):
        callback = parse(body)
        assert callback.event
        assert callback.user_id != ""
        assert (callback.message_token or "0").lstrip("-").isdigit()


@pytest.mark.parametrize(
    ("body", "is_check"),
    [
        (raw("callbacks/webhook.json"), True),
        (raw("callbacks/webhook_legacy_swapped.json"), True),
        (raw("callbacks/message_text.json"), False),
        (b'{"event":"webhooks"}', False),
        (b"webhook", False),
    ],
)
def test_only_the_webhook_event_is_a_webhook_check(
    body: bytes, *, is_check: bool
) -> None:
    """Nothing else may come without a signature."""
    assert is_webhook_check(body) is is_check
