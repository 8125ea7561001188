"""Points in time as text: RFC 3339 with milliseconds, in UTC.

Inside, a point in time is a float of seconds since 1970.
"""

import re
from datetime import UTC, datetime
from functools import lru_cache

# Before Viber existed, or a century ahead: a clock or a unit is wrong (viber.md 5.1:
# old callbacks carry timestamp and message_token exchanged).
EARLIEST = datetime(2010, 1, 1, tzinfo=UTC).timestamp()
LATEST = datetime(2100, 1, 1, tzinfo=UTC).timestamp()

MICROSECONDS = 1_000_000

# What four digits of a year can say.  A record's timestamp is its producer's word, so
# it may be anything (microseconds for milliseconds, for one).
_FIRST = datetime(1, 1, 1, tzinfo=UTC).timestamp()
_LAST = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC).timestamp()

# Section 5.6; `fromisoformat` takes more, and what more depends on Python's version.
_DATE_TIME = re.compile(
    r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)", re.ASCII | re.IGNORECASE
)


def rfc3339(seconds: float) -> str:
    """Write a point in time, such as `2026-03-01T12:00:00.250Z`.

    One beyond the years 1 to 9999 becomes the nearest that can be written.
    """
    within = min(max(seconds, _FIRST), _LAST)
    whole, microseconds = divmod(round(within * MICROSECONDS), MICROSECONDS)
    return f"{_whole_second(whole)}.{microseconds // 1000:03d}Z"


@lru_cache(maxsize=1024)
def _whole_second(seconds: int) -> str:
    """Write a second; most records of one second are written within it."""
    return datetime.fromtimestamp(seconds, UTC).replace(tzinfo=None).isoformat()


def parse_rfc3339(text: str) -> float:
    """Read a point in time.

    Raises:
        ValueError: The text is no RFC 3339 date-time.
    """
    if not _DATE_TIME.fullmatch(text):
        raise ValueError(text)
    return datetime.fromisoformat(text.upper()).timestamp()


def plausible(milliseconds: object) -> float | None:
    """Take Viber's `timestamp` (ms since 1970) as seconds; None when it is absurd."""
    if not isinstance(milliseconds, int) or isinstance(milliseconds, bool):
        return None
    if not EARLIEST * 1000 <= milliseconds < LATEST * 1000:
        return None
    return milliseconds / 1000
