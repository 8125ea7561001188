"""What a callback is answered with, as a table.

Viber repeats for about an hour whatever is not answered with 200, so 200 also goes
out where repeating would help nobody (CONTRACT 2).  No answer echoes the token, the
body or a stack trace.
"""

from typing import NamedTuple

RETRY_AFTER_SECONDS = 5


JSON, TEXT = b"application/json", b"text/plain"
Header = tuple[bytes, bytes]


class Answer(NamedTuple):
    """One HTTP answer.

    Attributes:
        label: For metrics: the `reason` of a rejection, else the `outcome`.
        headers: All of them, as ASGI takes them.
    """

    status: int
    label: str
    body: bytes
    headers: tuple[Header, ...]


def published(body: bytes) -> Answer:
    """Return the answer to a callback that is in Kafka, with a welcome message."""
    return _answer(200, "published", body, kind=JSON)


def _answer(
    status: int,
    label: str,
    body: bytes = b"",
    *more: Header,
    kind: bytes = TEXT,
    closes: bool = False,
) -> Answer:
    """Make an answer; one that closes ends the connection: the rest is not read."""
    length = b"%d" % len(body)
    headers = [(b"content-length", length), (b"content-type", kind), *more]
    if closes:
        headers.append((b"connection", b"close"))
    return Answer(status, label, body, tuple(headers))


def _retry_later(label: str, *, closes: bool = False) -> Answer:
    header = (b"retry-after", b"%d" % RETRY_AFTER_SECONDS)
    return _answer(503, label, b"try again later\n", header, closes=closes)


PUBLISHED = _answer(200, "published")
IGNORED = _answer(200, "ignored")
MALFORMED = _answer(200, "malformed")
TOO_LARGE_FOR_TOPIC = _answer(200, "record_too_large")
BAD_SIGNATURE = _answer(403, "bad_signature", b"wrong signature\n")
MISSING_SIGNATURE = _answer(403, "missing_signature", b"missing signature\n")
UNKNOWN_BOT = _answer(404, "unknown_bot", b"no such bot\n", closes=True)
ONLY_POST = _answer(405, "method", b"only POST\n", (b"allow", b"POST"), closes=True)
BODY_TOO_SLOW = _answer(408, "body_timeout", b"body too slow\n", closes=True)
BODY_TOO_LARGE = _answer(413, "too_large", b"body too large\n", closes=True)
OVERLOADED = _retry_later("overloaded")
NO_ROOM = _retry_later("overloaded", closes=True)
KAFKA_UNAVAILABLE = _retry_later("kafka_unavailable")
