"""The public port against bytes that nobody thought of, over real sockets.

Whatever comes is answered or hung up on in time, never with 500 and never with what
belongs to another request; the process goes on, and logs no error.
"""

import re
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.e2e.support.gateway import SIGNATURE
from tests.e2e.support.place import Place, Started
from tests.e2e.support.wire import CHUNKED, callback, chunk, head, target, wire

pytestmark = pytest.mark.timeout(120)

Request = Callable[[Place, bytes], bytes]

QUICK: Final = {"HTTP_HEADER_TIMEOUT_SECONDS": "1", "HTTP_BODY_TIMEOUT_SECONDS": "1"}
STATUS: Final = re.compile(rb"HTTP/1\.1 (\d+) ")
KNOWN: Final = {100, 200, 400, 403, 404, 405, 408, 413, 431, 503}
BOUNDED: Final = settings(
    max_examples=150, derandomize=True, deadline=None, database=None
)
SCRAPS: Final = (
    b"POST /webhooks/x HTTP/1.1\r\n",
    b"GET /webhooks/x?sig=1 HTTP/1.0\r\n",
    b"host: a\r\n",
    b"content-length: 5\r\n",
    b"transfer-encoding: chunked\r\n",
    b"expect: 100-continue\r\n",
    b"connection: upgrade\r\nupgrade: h2c\r\n",
    b"connection: close\r\n",
    b"x-viber-content-signature: 00\r\n",
    b"\r\n",
    b"5\r\nhello\r\n",
    b"0\r\n\r\n",
    b"\x00",
)


@pytest.fixture(scope="module")
def shared() -> Started:
    """Return how the module's place is started: a receiver with little patience."""
    return Started("receiver", QUICK)


def said(place: Place, pieces: Sequence[bytes]) -> list[int]:
    """Send pieces, then no more; return the statuses of what is answered."""
    with wire(place.url) as connection:
        for piece in pieces:
            connection.send(piece)
        connection.send_no_more()
        return [int(status) for status in STATUS.findall(connection.rest())]


def cut(content: bytes, places: Sequence[int]) -> list[bytes]:
    """Cut bytes at some places."""
    ends = sorted({at % (len(content) + 1) for at in places} | {0, len(content)})
    return [content[i:j] for i, j in pairwise(ends)]


@BOUNDED
@given(st.lists(st.sampled_from(SCRAPS) | st.binary(max_size=60), max_size=12))
def test_no_bytes_do_harm(place: Place, pieces: list[bytes]) -> None:
    """In whichever order scraps of HTTP, and of nothing, come."""
    assert set(said(place, pieces)) <= KNOWN


def right(place: Place, body: bytes) -> bytes:
    """Return a callback."""
    return callback(place, body)


def in_chunks(place: Place, body: bytes) -> bytes:
    """Return a callback without a declared length."""
    beginning = head(target(place), {**CHUNKED, SIGNATURE: place.viber.sign(body)})
    return beginning + b"".join(map(chunk, cut(body, [3, 7]))) + chunk(b"")


def forged(place: Place, body: bytes) -> bytes:
    """Return a callback that Viber has not signed."""
    length = {"content-length": str(len(body)), SIGNATURE: "00"}
    return head(target(place), length) + body


def unsigned(place: Place, body: bytes) -> bytes:
    """Return a callback that nobody has signed."""
    return head(target(place), {"content-length": str(len(body))}) + body


def to_nobody(_: Place, body: bytes) -> bytes:
    """Return a callback for a bot that does not exist."""
    return head("/webhooks/nobody", {"content-length": str(len(body))}) + body


REQUESTS: Final[dict[Request, int]] = {
    right: 200,
    in_chunks: 200,
    forged: 403,
    unsigned: 403,
}
# Any may come last, and this one besides: it ends the connection.
LAST: Final[dict[Request, int]] = {**REQUESTS, to_nobody: 404}

bodies = st.binary(min_size=1, max_size=60) | st.just(b'{"event": "seen"}')


@BOUNDED
@given(
    st.lists(st.tuples(st.sampled_from(list(REQUESTS)), bodies), max_size=8),
    st.tuples(st.sampled_from(list(LAST)), bodies),
    st.lists(st.integers(0, 10_000), max_size=10),
)
def test_each_of_many_requests_on_a_connection_is_answered_by_what_it_is(
    place: Place,
    requests: list[tuple[Request, bytes]],
    last: tuple[Request, bytes],
    places: list[int],
) -> None:
    """In their order, wherever the stream is cut, whatever the bodies look like."""
    asked = [*requests, last]
    stream = b"".join(make(place, body) for make, body in asked)

    statuses = said(place, cut(stream, places))

    assert statuses == [LAST[make] for make, _ in asked]
