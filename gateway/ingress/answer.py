"""What a callback is answered with, as a table.

Viber repeats for about an hour whatever is not answered with 200, so 200 also goes
out where repeating would help nobody (CONTRACT 2).  No answer echoes the token, the
body or a stack trace.
"""

from typing import NamedTuple

RETRY_AFTER_SECONDS = 5


class Answer(NamedTuple):
    """One HTTP answer.

    Attributes:
        label: For metrics: the `reason` of a rejection, else the `outcome`.
        closes: The connection ends with it: the rest of the request is not read.
    """

    status: int
    label: str
    body: bytes = b""
    headers: tuple[tuple[bytes, bytes], ...] = ()
    closes: bool = False


def _retry_later(label: str) -> Answer:
    header = (b"retry-after", b"%d" % RETRY_AFTER_SECONDS)
    return Answer(503, label, b"try again later\n", (header,))


PUBLISHED = Answer(200, "published")
IGNORED = Answer(200, "ignored")
MALFORMED = Answer(200, "malformed")
TOO_LARGE_FOR_TOPIC = Answer(200, "record_too_large")
BAD_SIGNATURE = Answer(403, "bad_signature", b"wrong signature\n")
MISSING_SIGNATURE = Answer(403, "missing_signature", b"missing signature\n")
UNKNOWN_BOT = Answer(404, "unknown_bot", b"no such bot\n", closes=True)
ONLY_POST = Answer(405, "method", b"only POST\n", ((b"allow", b"POST"),), closes=True)
BODY_TOO_SLOW = Answer(408, "body_timeout", b"body too slow\n", closes=True)
BODY_TOO_LARGE = Answer(413, "too_large", b"body too large\n", closes=True)
OVERLOADED = _retry_later("overloaded")
NO_ROOM = OVERLOADED._replace(closes=True)
KAFKA_UNAVAILABLE = _retry_later("kafka_unavailable")


def response_headers(answer: Answer) -> list[tuple[bytes, bytes]]:
    """Return the headers to send with an answer."""
    kind = b"application/json" if answer.body.startswith(b"{") else b"text/plain"
    headers = [
        (b"content-length", b"%d" % len(answer.body)),
        (b"content-type", kind),
        *answer.headers,
    ]
    if answer.closes:
        headers.append((b"connection", b"close"))
    return headers
