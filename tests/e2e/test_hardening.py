"""The public port against what no client of good will sends, over real sockets.

Whatever comes: an answer or the end of the connection in time, nothing of one request
in another, a process that stays small and serves everybody else.
"""

import resource
import select
import time
from pathlib import Path
from typing import Final

import pytest

from tests.e2e.support.gateway import SIGNATURE, Gateways
from tests.e2e.support.place import Place, Started
from tests.e2e.support.topics import Topics
from tests.e2e.support.viber import Viber
from tests.e2e.support.waiting import wait_for
from tests.e2e.support.wire import CHUNKED, Wire, callback, chunk, head, target, wire

pytestmark = pytest.mark.timeout(120)

MAX_BODY_BYTES: Final = 262_144
HEADER_SECONDS: Final = 0.5
BODY_SECONDS: Final = 1.0
DEADLINE_SECONDS: Final = 1.5
MOST_RSS_MB: Final = 150
IDLE: Final = 10_000
OVERHEAD: Final = 65_536
READ_BYTES: Final = 262_144  # what a server may read at once before it looks
LIMITS: Final = {
    "HTTP_HEADER_TIMEOUT_SECONDS": str(HEADER_SECONDS),
    "HTTP_BODY_TIMEOUT_SECONDS": str(BODY_SECONDS),
    "HTTP_DEADLINE_SECONDS": str(DEADLINE_SECONDS),
    "HTTP_MAX_CONNECTIONS": str(2 * IDLE),
}


POST: Final = b"POST /webhooks/x HTTP/1.1\r\nhost: a\r\n"
STRANGE: Final = {
    "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    "HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "half a line": b"GET\r\n\r\n",
    "negative length": POST + b"content-length: -1\r\n\r\n",
    "length is no number": POST + b"content-length: 9e9\r\n\r\n",
    "endless length": POST + b"content-length: " + b"9" * 5000 + b"\r\n\r\n",
    "two lengths": POST + b"content-length: 1\r\ncontent-length: 2\r\n\r\nxy",
    "length and chunked": POST
    + b"content-length: 1\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
    "no chunk": POST + b"transfer-encoding: chunked\r\n\r\nnothex\r\n",
    "path is no ASCII": POST.replace(b"/x", b"/\xff\xfe") + b"\r\n",
}


@pytest.fixture(scope="module")
def shared() -> Started:
    """Return how the module's place is started: a receiver with little patience."""
    return Started("receiver", LIMITS)


@pytest.fixture
def fresh(gateways: Gateways, viber: Viber, topics: Topics) -> Place:
    """Return a receiver whose memory nothing has touched."""
    return Place(gateways.start("receiver", LIMITS), viber, topics)


def event(name: str, size: int = 0) -> bytes:
    """Return a callback's body."""
    return b'{"event":"seen","user_id":"%s","more":"%s"}' % (name.encode(), b"x" * size)


def rss_mb(place: Place) -> float:
    """How much memory the process takes (VmRSS, proc(5))."""
    status = Path(f"/proc/{place.gateway.process.pid}/status").read_text()
    (line,) = [line for line in status.splitlines() if line.startswith("VmRSS")]
    return int(line.split()[1]) / 1024


def is_well(place: Place) -> bool:
    """Whether others are served."""
    return place.post(event("somebody else")).status == 200


def test_a_chunked_body_is_counted_across_its_chunks(place: Place) -> None:
    """Each of them is small; what is beyond the limit is not read."""
    with wire(place.url) as connection:
        connection.send(head(target(place), CHUNKED))
        for _ in range(MAX_BODY_BYTES // 8192 + 1):
            connection.send(chunk(b"x" * 8192))

        answer = connection.answer()

        assert (answer.status, answer.headers["connection"]) == (413, "close")
        assert connection.is_ended()


def test_a_chunked_callback_is_an_event(place: Place) -> None:
    """In however many pieces it comes."""
    body = event("in chunks")
    headers = {**CHUNKED, SIGNATURE: place.viber.sign(body)}
    with wire(place.url) as connection:
        connection.send(head(target(place), headers))
        for byte in body:
            connection.send(chunk(bytes([byte])))
        connection.send(b"0\r\n\r\n")

        assert connection.answer().status == 200

    assert place.holds(body)


@pytest.mark.parametrize("headers", [CHUNKED, {"content-length": "100"}], ids=str)
def test_a_body_that_drips_is_not_waited_for(
    place: Place, headers: dict[str, str]
) -> None:
    """Each byte is in time; the body as a whole is not."""
    drop = chunk(b"x") if headers is CHUNKED else b"x"
    with wire(place.url) as connection:
        connection.send(head(target(place), headers))
        while not has_news(connection, 0.1):
            connection.send(drop)

        assert connection.answer().status == 408
        assert connection.is_ended()


def has_news(connection: Wire, seconds: float) -> bool:
    """Wait for an answer's first byte, at most so long."""
    return bool(select.select([connection.socket], [], [], seconds)[0])


def test_headers_that_drip_are_not_waited_for(place: Place) -> None:
    """Slowloris: a header now and then, and never the last one."""
    with wire(place.url) as connection:
        connection.send(head(target(place), {}, end=""))
        while not has_news(connection, 0.1):
            connection.send(b"x-more: y\r\n")

        assert connection.answer().status == 408
        assert connection.is_ended()


def test_a_connection_that_says_nothing_is_ended(place: Place) -> None:
    """Within the time for headers."""
    with wire(place.url) as connection:
        assert connection.answer().status == 408
        assert connection.is_ended()


@pytest.mark.parametrize("line", [b"x: " + b"y" * 1000 + b"\r\n", b"x: y\r\n"])
def test_headers_without_end_are_cut_off(place: Place, line: bytes) -> None:
    """Large ones and many small ones; memory does not grow with them."""
    before = rss_mb(place)
    with wire(place.url) as connection:
        connection.send(head(target(place), {}, end=""))
        connection.send(line * (2 * (OVERHEAD + READ_BYTES) // len(line)))

        assert connection.answer().status in {431, 0}

    assert rss_mb(place) < before + 10
    assert is_well(place)


def test_trailers_without_end_are_cut_off(place: Place) -> None:
    """What follows a chunked body are headers as well (RFC 9112 7.1.2)."""
    before = rss_mb(place)
    with wire(place.url) as connection:
        connection.send(head(target(place), CHUNKED) + b"0\r\n")
        for _ in range(200):
            connection.send(b"x: %s\r\n" % (b"y" * 100_000))

        assert connection.answer().status in {408, 0}

    assert rss_mb(place) < before + 10
    assert is_well(place)


@pytest.mark.parametrize("strange", STRANGE.values(), ids=STRANGE)
def test_what_is_no_http_is_refused(place: Place, strange: bytes) -> None:
    """With one answer at most, and without guessing where the next request begins."""
    with wire(place.url) as connection:
        connection.send(strange)
        answer = connection.answer()

        assert answer.status in {400, 404, 0}
        assert connection.is_ended()
    assert is_well(place)


def test_pipelined_callbacks_are_answered_in_their_order(place: Place) -> None:
    """Each by what it is, however the ones before it ended."""
    right = [event(f"pipelined {number}") for number in range(5)]
    wrong = head(target(place), {"content-length": "2", SIGNATURE: "00"}) + b"{}"
    with wire(place.url) as connection:
        connection.send(b"".join(callback(place, body) + wrong for body in right))

        statuses = [connection.answer().status for _ in range(10)]

    assert statuses == [200, 403] * 5
    assert all(place.holds(body) for body in right)


def test_nothing_of_one_request_is_left_for_the_next(place: Place) -> None:
    """Neither its signature nor its body, on the same connection."""
    body = event("first on this connection")
    unsigned = head(target(place), {"content-length": str(len(body))}) + body
    with wire(place.url) as connection:
        connection.send(callback(place, body))
        assert connection.answer().status == 200

        connection.send(unsigned)
        assert connection.answer().status == 403

        connection.send(callback(place, event("third")))
        assert connection.answer().status == 200


def test_a_body_that_looks_like_a_request_is_a_body(place: Place) -> None:
    """Where a request was answered before its body was there, too."""
    smuggled = callback(place, event("smuggled"))
    length = {"content-length": str(len(smuggled))}
    with wire(place.url) as connection:
        connection.send(head("/webhooks/nobody", length) + smuggled)

        assert connection.answer().status == 404
        assert connection.is_ended()

    assert not place.holds(event("smuggled"))


def test_a_client_that_closes_its_sending_half_has_its_answer(place: Place) -> None:
    """The callback is complete, and so is the way back."""
    body = event("half closed")
    with wire(place.url) as connection:
        connection.send(callback(place, body))
        connection.send_no_more()

        assert connection.answer().status == 200
        assert connection.is_ended()

    assert place.holds(body)


def test_half_a_body_before_half_a_close_is_no_event(place: Place) -> None:
    """Nobody waits for the other half of it, and it takes no slot."""
    body = event("never complete")
    with wire(place.url) as connection:
        connection.send(callback(place, body)[:-5])
        connection.send_no_more()

        assert connection.is_ended()

    assert not place.holds(body)


def test_a_body_for_another_protocol_is_no_request_of_ours(place: Place) -> None:
    """Java's own client offers HTTP/2 in the clear; what follows is not looked at."""
    smuggled = callback(place, event("smuggled by an upgrade"))
    offer = {
        "content-length": str(len(smuggled)),
        "connection": "Upgrade, HTTP2-Settings",
        "upgrade": "h2c",
    }
    with wire(place.url) as connection:
        connection.send(head(target(place), offer))
        has_news(connection, 0.1)
        connection.send(smuggled)

        assert connection.answer().status == 400
        assert connection.is_ended()

    assert not place.holds(event("smuggled by an upgrade"))


def test_a_websocket_is_not_opened(place: Place) -> None:
    """There is none here."""
    wish = {
        "connection": "Upgrade",
        "upgrade": "websocket",
        "sec-websocket-version": "13",
        "sec-websocket-key": "AQIDBAUGBwgJCgsMDQ4PEA==",
    }
    with wire(place.url) as connection:
        connection.send(head(target(place), wish, "GET"))

        assert connection.answer().status == 405


def test_the_deadline_counts_from_the_first_byte(place: Place) -> None:
    """Headers and body may each be in time, and too late together."""
    begun = time.monotonic()
    with wire(place.url) as connection:
        request = callback(place, event("in two halves"))
        connection.send(request[:20])
        has_news(connection, HEADER_SECONDS / 2)
        connection.send(request[20:-1])
        assert connection.answer().status == 408

    # The body's own limit, from the first byte and not from the end of the headers.
    assert time.monotonic() - begun < HEADER_SECONDS / 2 + BODY_SECONDS


def test_no_other_time_goes_beyond_the_deadline(
    gateways: Gateways, viber: Viber, topics: Topics
) -> None:
    """Viber does not wait longer, however long an hour of patience is set."""
    hour = {name: "3600" for name in LIMITS if name.endswith("TIMEOUT_SECONDS")}
    place = Place(gateways.start("receiver", LIMITS | hour), viber, topics)
    request = callback(place, event("never complete"))

    for sent in (b"", request[:20], request[:-1]):
        with wire(place.url) as connection:
            connection.send(sent)
            assert connection.answer().status == 408


def test_ten_thousand_idle_connections_take_little_memory(fresh: Place) -> None:
    """Kept after a request, as load balancers do; others are served meanwhile."""
    allow_descriptors(IDLE + 500)
    request = callback(fresh, event("one of many"))
    connections: list[Wire] = []
    try:
        for _ in range(IDLE):
            connection = Wire(fresh.url)
            connections.append(connection)
            connection.send(request)
            assert connection.answer().status == 200

        assert rss_mb(fresh) < MOST_RSS_MB
        assert is_well(fresh)
    finally:
        for connection in connections:
            connection.close()
    assert is_well(fresh)


def allow_descriptors(count: int) -> None:
    """See to it that so many files may be open; what we start inherits the limit."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < count:
        pytest.skip(f"this machine allows {hard} open files, not {count}")
    if soft != resource.RLIM_INFINITY and soft < count:
        pytest.skip(f"{soft} files may be open, not {count}: ulimit -n {count}")


def test_bodies_that_never_end_take_little_memory(fresh: Place) -> None:
    """Five hundred that all but fill the limit; each is answered, others are served."""
    begin = head(target(fresh), {"content-length": str(MAX_BODY_BYTES)})
    content = begin + b"x" * (MAX_BODY_BYTES - 1)
    connections = [Wire(fresh.url) for _ in range(500)]
    for connection in connections:
        connection.socket.settimeout(0)
    left = dict.fromkeys(connections, content)
    most = 0.0
    while left:
        _, ready, _ = select.select([], [each.socket for each in left], [], 1.0)
        for connection in [each for each in left if each.socket in ready]:
            left[connection] = send_some(connection, left[connection])
        left = {each: rest for each, rest in left.items() if rest}
        most = max(most, rss_mb(fresh))
    statuses = set()
    for connection in connections:
        connection.socket.settimeout(20)
        statuses.add(connection.answer().status)
        connection.close()

    assert max(most, rss_mb(fresh)) < MOST_RSS_MB
    assert statuses <= {0, 408, 503}
    wait_for("others are served", lambda: is_well(fresh))


def send_some(connection: Wire, content: bytes) -> bytes:
    """Send what goes; return the rest, of which nothing is left when it is refused."""
    try:
        return content[connection.socket.send(content) :]
    except BlockingIOError:
        return content
    except (BrokenPipeError, ConnectionResetError):
        return b""
