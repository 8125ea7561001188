"""What is too large for its topic becomes smaller, step by step, and says so."""

import hashlib
from typing import Any

import msgspec

from gateway.core.cut import dead_letter_versions, result_versions
from gateway.core.record import NewRecord
from tests.fakes.record import content

HEADERS = (("ce_id", b"1"), ("x", b"y" * 10_000), ("dlq_reason", b"expired"))


def result(**members: Any) -> NewRecord:
    """Return a result with these members."""
    return NewRecord("viber.results", b"k", msgspec.json.encode(members), HEADERS)


def letter(value: bytes | None) -> NewRecord:
    """Return a dead letter of this value."""
    return NewRecord("viber.dlq", b"k", value, HEADERS)


def said(record: NewRecord) -> Any:
    """Return what a result says."""
    return msgspec.json.decode(record.value or b"")


def test_the_first_version_is_the_record_itself() -> None:
    """Nothing is cut before it must be."""
    assert next(result_versions(result(a=1))) == result(a=1)
    assert next(dead_letter_versions(letter(b"v"))) == letter(b"v")


def test_a_result_loses_the_ends_of_its_texts_first() -> None:
    """Whatever is short stays; the header says what is missing."""
    whole = result(status_message="x" * 5000, bot="shop", attempts=7, data=["y" * 5000])

    _, cut, _ = result_versions(whole)

    assert said(cut) == said(whole) | {"status_message": "x" * 1000}
    assert (cut.topic, cut.key) == (whole.topic, whole.key)
    assert content(cut.headers) == content(HEADERS) | {"cut": "texts"}


def test_then_what_was_asked_for_gives_way_to_its_size_and_hash() -> None:
    """Who asked can at least tell whether it is what they have."""
    data = {"members": ["y" * 5000]}
    written = msgspec.json.encode(data)

    *_, cut = result_versions(result(data=data, failed_list=None, attempts=7))

    digest = hashlib.sha256(written).hexdigest()
    assert said(cut) == {
        "data": {"bytes": len(written), "sha256": digest},
        "failed_list": None,
        "attempts": 7,
    }
    assert content(cut.headers)["cut"] == "texts,data,failed_list"


def test_a_dead_letter_keeps_the_beginning_of_its_value() -> None:
    """64 KiB with all headers; if that is too large, 1 KiB with our own only."""
    value = bytes(range(256)) * 1000

    whole, shorter, shortest = dead_letter_versions(letter(value))

    assert whole.value == value
    assert shorter.value == value[:65_536]
    assert content(shorter.headers) == content(HEADERS) | {"cut": "value"}
    assert shortest.value == value[:1024]
    assert content(shortest.headers) == {
        "dlq_reason": "expired",
        "cut": "value,headers",
    }
    assert {v.key for v in (whole, shorter, shortest)} == {b"k"}


def test_a_record_without_a_value_can_be_cut_too() -> None:
    """Its headers may be what is too large."""
    assert [v.value for v in dead_letter_versions(letter(None))] == [None, b"", b""]
    empty = NewRecord("viber.results", None, None, ())
    assert [v.value for v in result_versions(empty)] == [None, b"{}", b"{}"]
