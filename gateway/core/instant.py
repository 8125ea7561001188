"""Points in time as text: RFC 3339 with milliseconds, in UTC.

Inside, a point in time is a float of seconds since 1970.
"""

from datetime import UTC, datetime

# Before Viber existed, or a century ahead: a clock or a unit is wrong (viber.md 5.1:
# old callbacks carry timestamp and message_token exchanged).
EARLIEST = datetime(2010, 1, 1, tzinfo=UTC).timestamp()
LATEST = datetime(2100, 1, 1, tzinfo=UTC).timestamp()


def rfc3339(seconds: float) -> str:
    """Write a point in time, such as `2026-03-01T12:00:00.250Z`."""
    moment = datetime.fromtimestamp(seconds, UTC)
    return f"{moment.replace(tzinfo=None).isoformat(timespec='milliseconds')}Z"


def parse_rfc3339(text: str) -> float:
    """Read a point in time.

    Raises:
        ValueError: The text is no RFC 3339 date-time, or has no offset from UTC.
    """
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None or "T" not in text.upper():
        raise ValueError(text)
    return moment.timestamp()


def plausible(milliseconds: object) -> float | None:
    """Take Viber's `timestamp` (ms since 1970) as seconds; None when it is absurd."""
    if not isinstance(milliseconds, int) or isinstance(milliseconds, bool):
        return None
    seconds = milliseconds / 1000
    return seconds if EARLIEST <= seconds < LATEST else None
