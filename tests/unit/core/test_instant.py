"""Points in time as text, and back."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core.instant import (
    EARLIEST,
    LATEST,
    parse_rfc3339,
    plausible,
    rfc3339,
)

NOON = datetime(2026, 3, 1, 12, 0, 0, tzinfo=UTC).timestamp()


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.0, "1970-01-01T00:00:00.000Z"),
        (-0.001, "1969-12-31T23:59:59.999Z"),
        (NOON, "2026-03-01T12:00:00.000Z"),
        (NOON + 0.25, "2026-03-01T12:00:00.250Z"),
        (1e300, "9999-12-31T23:59:59.000Z"),
        (-1e300, "0001-01-01T00:00:00.000Z"),
    ],
)
def test_a_time_is_written_in_utc_with_milliseconds(seconds: float, text: str) -> None:
    """Beyond what four digits of a year can say, it is the nearest that they can."""
    assert rfc3339(seconds) == text


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-01T12:00:00Z",
        "2026-03-01t12:00:00z",
        "2026-03-01T12:00:00.000Z",
        "2026-03-01T12:00:00.000000000Z",
        "2026-03-01T14:00:00+02:00",
        "2026-03-01T06:30:00-05:30",
        "2026-03-01T12:00:00-00:00",
    ],
)
def test_every_form_of_rfc_3339_is_read(text: str) -> None:
    """Any offset, any number of digits of a second, either case of T and Z."""
    assert parse_rfc3339(text) == NOON


@pytest.mark.parametrize(
    "text",
    [
        "",
        "tomorrow",
        "2026-03-01",
        "2026-03-01T12:00:00",
        "2026-03-01 12:00:00Z",
        "2026-03-01T12:00Z",
        "2026-03-01T12Z",
        "20260301T120000Z",
        "2026-W09-7T12:00:00Z",
        "2026-03-01T12:00:00,5Z",
        "2026-03-01T12:00:00.Z",
        "2026-03-01T12:00:00+02",
        "2026-03-01T12:00:00+24:00",
        "2026-13-01T12:00:00Z",
        "2026-02-30T12:00:00Z",
        "2026-03-01T24:00:01Z",
        "\u0662\u0660\u0662\u0666-03-01T12:00:00Z",
        "2026-03-01T12:00:00Z\n",
        "2026-03-01T12:00:00Z and more",
        "1772366400",
        "\ud800",
    ],
)
def test_anything_else_is_refused(text: str) -> None:
    """ISO 8601 knows more forms; which of them Python reads depends on its version."""
    with pytest.raises(ValueError, match=r".*"):
        parse_rfc3339(text)


@given(st.integers(round(EARLIEST * 1000), round(LATEST * 1000)))
def test_what_was_written_is_read_as_the_same_millisecond(milliseconds: int) -> None:
    """Nothing is lost by the way, in the years that matter."""
    read = parse_rfc3339(rfc3339(milliseconds / 1000))

    assert round(read * 1000) == milliseconds


@given(
    st.datetimes(datetime(2, 1, 1), datetime(9998, 1, 1)),  # noqa: DTZ001  set below
    st.integers(-1439, 1439),
)
def test_an_offset_names_the_same_instant(moment: datetime, minutes: int) -> None:
    """Where the clock stood does not matter."""
    there = moment.replace(tzinfo=timezone(timedelta(minutes=minutes)))

    assert parse_rfc3339(there.isoformat()) == there.timestamp()


@given(st.text())
def test_no_text_does_more_harm_than_a_value_error(text: str) -> None:
    """A producer may write anything into `expirytime`."""
    with suppress(ValueError):
        parse_rfc3339(text)


@pytest.mark.parametrize(
    ("milliseconds", "seconds"),
    [
        (1_772_366_400_250, NOON + 0.25),
        (round(EARLIEST * 1000), EARLIEST),
        (round(EARLIEST * 1000) - 1, None),
        (round(LATEST * 1000) - 1, LATEST - 0.001),
        (round(LATEST * 1000), None),
        (4_977_069_964_384_421_269, None),  # a message_token in its place
        (10**398, None),
        (-1, None),
        (0, None),
        (True, None),
        (1_772_366_400_250.0, None),
        ("1772366400250", None),
        (None, None),
        ([], None),
    ],
)
def test_only_a_sensible_timestamp_counts(
    milliseconds: object, seconds: float | None
) -> None:
    """Old callbacks carry `timestamp` and `message_token` exchanged."""
    assert plausible(milliseconds) == seconds
