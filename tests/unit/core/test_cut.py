"""What is too large for its topic is made smaller, and says what is missing."""

import json

from gateway.core.cut import dead_letter_versions, result_versions
from gateway.core.record import NewRecord
from tests.fakes.record import content

RESULT = {
    "status_message": "x" * 3000,
    "data": {"users": ["y" * 100] * 50},
    "failed_list": [{"receiver": "u", "status": 6, "status_message": None}],
    "attempts": 3,
}


def result() -> NewRecord:
    """Return a result with a long text and much data."""
    value = json.dumps(RESULT).encode()
    return NewRecord("results", b"key", value, (("ce_id", b"1"),))


def dead_letter(value: bytes | None) -> NewRecord:
    """Return a dead letter with headers of its own and the producer's."""
    headers = (("big", b"h" * 5000), ("dlq_reason", b"http_error"))
    return NewRecord("dlq", b"key", value, headers)


def test_the_first_version_is_the_record_itself() -> None:
    """Nothing is cut before it must be."""
    assert next(result_versions(result())) == result()
    assert next(dead_letter_versions(dead_letter(b"v"))) == dead_letter(b"v")


def test_a_result_loses_long_texts_then_its_data() -> None:
    """In this order; numbers and short texts stay."""
    _, shorter, shortest = result_versions(result())

    said = json.loads(shorter.value or b"")
    assert said == RESULT | {"status_message": "x" * 1000}
    assert content(shorter.headers)["cut"] == "texts"
    said = json.loads(shortest.value or b"")
    assert said["data"].keys() == {"bytes", "sha256"}
    assert said["failed_list"] is None
    assert content(shortest.headers) == {"ce_id": "1", "cut": "texts,data,failed_list"}


def test_a_dead_letter_loses_its_value_then_foreign_headers() -> None:
    """The reasons stay to the last."""
    _, shorter, shortest = dead_letter_versions(dead_letter(b"v" * 100_000))

    assert shorter.value == b"v" * 65_536
    assert content(shorter.headers)["cut"] == "value"
    assert shortest.value == b"v" * 1024
    expected = {"dlq_reason": "http_error", "cut": "value,headers"}
    assert content(shortest.headers) == expected


def test_every_version_is_smaller_than_the_one_before() -> None:
    """Else trying the next one would be in vain."""
    for versions in (
        list(result_versions(result())),
        list(dead_letter_versions(dead_letter(b"v" * 100_000))),
    ):
        sizes = [len(repr(version)) for version in versions]
        assert sizes == sorted(sizes, reverse=True)


def test_what_has_no_value_is_cut_all_the_same() -> None:
    """A dead letter without a value, a result of nothing."""
    assert [v.value for v in dead_letter_versions(dead_letter(None))][1:] == [b"", b""]
    nothing = NewRecord("results", None, None, ())
    assert [v.value for v in result_versions(nothing)][1:] == [b"{}", b"{}"]
