"""Headers have a limit of time and of size; a connection that breaks one is ended."""

import asyncio
from typing import Any

import pytest
import uvicorn
from uvicorn.server import ServerState

from gateway.ops.http_protocol import (
    BEGAN_AT,
    IS_WHOLE,
    MAX_OVERHEAD_BYTES,
    MAX_PIPELINED,
    Limits,
    limited,
)
from tests.fakes.settle import settle

GET = b"GET / HTTP/1.1\r\nhost: a\r\n\r\n"
REQUEST = b"POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 5\r\n\r\nhello"
CHUNKED = b"POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n"
LONG = b"x-long: " + b"a" * (MAX_OVERHEAD_BYTES // 8) + b"\r\n"
OFFER = b"connection: upgrade\r\nupgrade: h2c\r\n"
OK = b"HTTP/1.1 200 OK"
PATIENT = Limits(header_seconds=60.0)
IMPATIENT = Limits(header_seconds=0.0)


class Wire(asyncio.Transport):
    """The other end of a connection, which only listens."""

    def __init__(self) -> None:
        super().__init__({"peername": ("192.0.2.1", 1), "sockname": ("192.0.2.2", 80)})
        self.written = b""
        self._is_closed = False

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Hear an answer."""
        self.written += bytes(data)

    def close(self) -> None:
        """Hear that the connection is closed."""
        self._is_closed = True

    def is_closing(self) -> bool:
        """Tell whether it was."""
        return self._is_closed

    def pause_reading(self) -> None:
        """Let uvicorn slow us down."""

    def resume_reading(self) -> None:
        """Let uvicorn go on."""


class Place:
    """A server that answers once it may, and its connections.

    Attributes:
        scopes: What it was asked.
    """

    def __init__(self, limits: Limits = PATIENT, *, is_eager: bool = False) -> None:
        self.scopes: list[Any] = []
        self.may_answer = asyncio.Event()
        self.may_answer.set()
        self._is_eager = is_eager
        self._config = uvicorn.Config(
            self._serve,
            http=limited(limits),
            interface="asgi3",
            lifespan="off",
            log_config=None,
            proxy_headers=False,
        )
        self._config.load()
        self._state = ServerState()

    async def _serve(self, scope: Any, receive: Any, send: Any) -> None:
        """Read everything, if not eager, and answer with the path."""
        self.scopes.append(scope)
        while not self._is_eager and (await receive()).get("more_body"):
            pass
        await self.may_answer.wait()
        body = scope["path"].encode()
        headers = [(b"content-length", b"%d" % len(body))]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    def connect(self) -> tuple[Any, Wire]:
        """Open a connection."""
        make: Any = self._config.http_protocol_class
        protocol = make(config=self._config, server_state=self._state, app_state={})
        wire = Wire()
        protocol.connection_made(wire)
        return protocol, wire


async def test_a_request_in_time_is_served() -> None:
    """And the next one on the same connection, piece by piece."""
    protocol, wire = Place().connect()

    protocol.data_received(REQUEST)
    await settle()
    for byte in REQUEST:
        protocol.data_received(bytes([byte]))
    await settle()

    assert wire.written.count(OK) == 2
    assert not wire.is_closing()
    protocol.connection_lost(None)


async def test_the_endpoint_is_told_when_a_request_began() -> None:
    """Its deadline counts from the first byte, however long the rest takes."""
    place = Place()
    protocol, _ = place.connect()
    clock = asyncio.get_running_loop().time

    before = clock()
    protocol.data_received(REQUEST[:1])
    between = clock()
    await asyncio.sleep(0)
    protocol.data_received(REQUEST[1:])
    await settle()

    assert before <= place.scopes[0][BEGAN_AT] <= between
    protocol.connection_lost(None)


async def test_the_endpoint_is_told_when_all_of_a_request_is_there() -> None:
    """Before it begins, or not at all by then: it needs no time limit in one case."""
    place = Place(is_eager=True)
    protocol, _ = place.connect()

    protocol.data_received(REQUEST)
    await settle()
    assert IS_WHOLE in place.scopes[0]
    protocol.data_received(REQUEST[:-1])
    await settle()

    assert IS_WHOLE not in place.scopes[1]
    protocol.connection_lost(None)


@pytest.mark.parametrize("sent", [b"", REQUEST[:20]], ids=["nothing", "half a header"])
async def test_headers_that_are_not_complete_in_time_end_it(sent: bytes) -> None:
    """From the connection's beginning on, whatever has come so far."""
    protocol, wire = Place(IMPATIENT).connect()

    if sent:
        protocol.data_received(sent)
    await settle()

    assert wire.written.startswith(b"HTTP/1.1 408 Request Timeout\r\n")
    assert wire.is_closing()
    protocol.connection_lost(None)


async def test_a_kept_connection_may_wait_for_its_next_request() -> None:
    """Its time begins with the next request's first byte."""
    protocol, wire = Place(IMPATIENT).connect()
    protocol.data_received(REQUEST)
    await settle()
    assert not wire.is_closing()

    protocol.data_received(REQUEST[:1])
    await settle()

    assert wire.written.endswith(b"connection: close\r\n\r\n")
    assert wire.is_closing()
    protocol.connection_lost(None)


async def test_a_slow_body_is_not_its_concern() -> None:
    """The endpoint has a limit of its own for that."""
    protocol, wire = Place(IMPATIENT).connect()

    protocol.data_received(REQUEST[:-2])
    await settle()

    assert (wire.written, wire.is_closing()) == (b"", False)
    protocol.connection_lost(None)


async def test_the_rest_of_a_request_answered_early_must_come_in_time() -> None:
    """Else a body that never ends would keep the connection for ever."""
    protocol, wire = Place(IMPATIENT, is_eager=True).connect()

    protocol.data_received(REQUEST[:-2])
    await settle()

    assert wire.written.startswith(OK)
    assert wire.is_closing()
    protocol.connection_lost(None)


async def test_a_request_answered_early_may_be_followed_by_another() -> None:
    """What comes of its body until then is read over."""
    protocol, wire = Place(is_eager=True).connect()

    protocol.data_received(REQUEST[:-2])
    await settle()
    protocol.data_received(REQUEST[-2:] + GET)
    await settle()

    assert wire.written.count(OK) == 2
    assert not wire.is_closing()
    protocol.connection_lost(None)


@pytest.mark.parametrize(
    "begin",
    [REQUEST[:20], CHUNKED + b"0\r\n"],
    ids=["headers", "trailers"],
)
async def test_headers_without_end_are_cut_off(begin: bytes) -> None:
    """Memory grows with what is allowed, not with what is sent."""
    place = Place()
    place.may_answer.clear()
    protocol, wire = place.connect()
    protocol.data_received(begin)
    await settle()

    for _ in range(9):
        protocol.data_received(LONG)
    held = len(place.scopes[0]["headers"]) if place.scopes else 0
    protocol.data_received(LONG)

    assert held <= 2 + 8
    assert [len(scope["headers"]) for scope in place.scopes] in ([], [held])
    assert wire.written.startswith(b"HTTP/1.1 431 ") == (not place.scopes)
    protocol.connection_lost(None)
    place.may_answer.set()
    await settle()


async def test_a_large_body_counts_for_no_header() -> None:
    """Also where it comes in one piece with them."""
    protocol, wire = Place().connect()
    size = 2 * MAX_OVERHEAD_BYTES
    head = b"POST / HTTP/1.1\r\nhost: a\r\ncontent-length: %d\r\n\r\n" % size

    for _ in range(2):
        protocol.data_received(head + b"x" * (size - 1000))
        protocol.data_received(b"x" * 1000)
        await settle()

    assert wire.written.count(OK) == 2
    assert not wire.is_closing()
    protocol.connection_lost(None)


@pytest.mark.parametrize("cut", range(1, len(REQUEST)))
async def test_a_request_may_begin_before_the_last_one_is_answered(cut: int) -> None:
    """Wherever its own beginning ends."""
    protocol, wire = Place().connect()

    protocol.data_received(REQUEST + REQUEST[:cut])
    await settle()
    protocol.data_received(REQUEST[cut:])
    await settle()

    assert wire.written.count(OK) == 2
    protocol.connection_lost(None)


async def test_pipelined_requests_are_answered_in_their_order() -> None:
    """Each with its own answer, though they came at once."""
    place = Place()
    protocol, wire = place.connect()

    protocol.data_received(b"".join(GET.replace(b"/", b"/%d" % n, 1) for n in range(9)))
    await settle()

    bodies = [part[-2:] for part in wire.written.split(OK)[1:]]
    assert bodies == [b"/%d" % n for n in range(9)]
    protocol.connection_lost(None)


async def test_only_so_many_requests_may_wait_behind_another() -> None:
    """Each takes memory before anybody has looked at it."""
    place = Place()
    place.may_answer.clear()
    protocol, wire = place.connect()

    protocol.data_received(GET * (MAX_PIPELINED + 2))

    assert wire.is_closing()
    assert wire.written.startswith(b"HTTP/1.1 400 ")
    protocol.connection_lost(None)
    place.may_answer.set()
    await settle()


async def test_a_slow_request_behind_another_does_not_take_its_answer() -> None:
    """The one that is complete is answered; then the connection ends."""
    place = Place(IMPATIENT)
    place.may_answer.clear()
    protocol, wire = place.connect()
    protocol.data_received(GET + GET[:9])
    await settle()
    protocol.data_received(GET[9:])
    assert (wire.written, wire.is_closing()) == (b"", False)

    place.may_answer.set()
    await settle()

    assert wire.written.count(b"HTTP/1.1 ") == wire.written.count(OK) == 1
    assert b"connection: close" in wire.written
    assert wire.is_closing()
    protocol.connection_lost(None)


async def test_a_client_that_sends_no_more_has_its_answers() -> None:
    """Half a connection is enough to answer on (RFC 9112 9.6)."""
    place = Place()
    place.may_answer.clear()
    protocol, wire = place.connect()
    protocol.data_received(GET + REQUEST)
    await settle()

    assert protocol.eof_received() is True
    place.may_answer.set()
    await settle()

    assert wire.written.count(OK) == 2
    assert wire.is_closing()
    protocol.connection_lost(None)


@pytest.mark.parametrize(
    "sent", [b"", GET, GET[:9], REQUEST[:-2]], ids=["nothing", "all", "head", "body"]
)
async def test_a_client_that_sends_no_more_and_has_no_answer_due_is_let_go(
    sent: bytes,
) -> None:
    """Nobody waits for the rest of a request that will not come."""
    protocol, _ = Place().connect()
    if sent:
        protocol.data_received(sent)
    await settle()

    assert not protocol.eof_received()

    protocol.connection_lost(None)
    await settle()


@pytest.mark.parametrize(
    "body", [b"content-length: 5\r\n\r\nhello", b"transfer-encoding: chunked\r\n\r\n"]
)
async def test_a_body_with_an_offer_of_another_protocol_is_refused(body: bytes) -> None:
    """The parser does not read it; what follows is no request of ours."""
    place = Place()
    protocol, wire = place.connect()

    protocol.data_received(GET[:-2] + OFFER + body)
    protocol.data_received(GET)
    await settle()

    assert wire.written.startswith(b"HTTP/1.1 400 ")
    assert wire.written.count(b"HTTP/1.1 ") == 1
    assert (place.scopes, wire.is_closing()) == ([], True)
    protocol.connection_lost(None)


async def test_an_offer_of_another_protocol_is_passed_over() -> None:
    """As RFC 9110 7.8 allows; the next request on the connection counts too."""
    protocol, wire = Place().connect()

    for _ in range(2):
        protocol.data_received(GET[:-2] + OFFER + b"\r\n")
        await settle()

    assert wire.written.count(OK) == 2
    assert not wire.is_closing()
    protocol.connection_lost(None)


async def test_a_connection_too_many_is_refused() -> None:
    """Those that were there before are served on."""
    place = Place(Limits(connections=1))
    first, first_wire = place.connect()
    second, second_wire = place.connect()

    for protocol in (first, second):
        protocol.data_received(GET)
    await settle()

    assert first_wire.written.startswith(OK)
    assert second_wire.written.startswith(b"HTTP/1.1 503 Service Unavailable\r\n")
    assert b"retry-after: 5\r\n" in second_wire.written
    assert (first_wire.is_closing(), second_wire.is_closing()) == (False, True)
    first.connection_lost(None)
    second.connection_lost(None)


async def test_a_client_that_hangs_up_is_waited_for_no_longer() -> None:
    """Nothing is written to a connection that is gone."""
    protocol, wire = Place(IMPATIENT).connect()

    protocol.connection_lost(None)
    await settle()

    assert wire.written == b""
