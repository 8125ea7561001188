"""Headers have a limit of time and of size; a connection that breaks one is ended."""

import asyncio
from typing import Any

import pytest
import uvicorn
from uvicorn.server import ServerState

from gateway.ops.http_protocol import MAX_HEADER_BYTES, limited
from tests.fakes.settle import settle

REQUEST = b"POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 5\r\n\r\nhello"
LONG = b"x-long: " + b"a" * (MAX_HEADER_BYTES // 8) + b"\r\n"


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


async def app(_: Any, receive: Any, send: Any) -> None:
    """Read everything and answer with nothing."""
    while (await receive()).get("more_body"):
        pass
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b""})


async def connect(header_seconds: float = 60.0) -> tuple[Any, Wire]:
    """Open a connection."""
    config = uvicorn.Config(
        app, http=limited(header_seconds), lifespan="off", log_config=None
    )
    config.load()
    make: Any = config.http_protocol_class
    protocol = make(config=config, server_state=ServerState(), app_state={})
    wire = Wire()
    protocol.connection_made(wire)
    return protocol, wire


async def test_a_request_in_time_is_served() -> None:
    """And the next one on the same connection, piece by piece."""
    protocol, wire = await connect()

    protocol.data_received(REQUEST)
    await settle()
    for byte in REQUEST:
        protocol.data_received(bytes([byte]))
    await settle()

    assert wire.written.count(b"HTTP/1.1 200 OK") == 2
    assert not wire.is_closing()
    protocol.connection_lost(None)


@pytest.mark.parametrize("sent", [b"", REQUEST[:20]], ids=["nothing", "half a header"])
async def test_headers_that_are_not_complete_in_time_end_it(sent: bytes) -> None:
    """From the connection's beginning on, whatever has come so far."""
    protocol, wire = await connect(header_seconds=0.0)

    if sent:
        protocol.data_received(sent)
    await settle()

    assert wire.written.startswith(b"HTTP/1.1 408 Request Timeout\r\n")
    assert wire.is_closing()
    protocol.connection_lost(None)


async def test_a_kept_connection_may_wait_for_its_next_request() -> None:
    """Its time begins with the next request's first byte."""
    protocol, wire = await connect(header_seconds=0.0)
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
    protocol, wire = await connect(header_seconds=0.0)

    protocol.data_received(REQUEST[:-2])
    await settle()

    assert (wire.written, wire.is_closing()) == (b"", False)
    protocol.connection_lost(None)


async def test_headers_without_end_are_cut_off() -> None:
    """Memory grows with what is allowed, not with what is sent."""
    protocol, wire = await connect()
    protocol.data_received(REQUEST[:20])

    for _ in range(9):
        protocol.data_received(LONG)

    assert wire.written.startswith(b"HTTP/1.1 431 ")
    assert wire.is_closing()
    protocol.connection_lost(None)


async def test_a_large_body_counts_for_no_header() -> None:
    """Also where it comes in one piece with them."""
    protocol, wire = await connect()
    size = 2 * MAX_HEADER_BYTES
    head = b"POST / HTTP/1.1\r\nhost: a\r\ncontent-length: %d\r\n\r\n" % size

    protocol.data_received(head + b"x" * 1000)
    protocol.data_received(b"x" * (size - 1000))
    await settle()

    assert wire.written.startswith(b"HTTP/1.1 200 OK")
    assert not wire.is_closing()
    protocol.connection_lost(None)


async def test_a_client_that_hangs_up_is_waited_for_no_longer() -> None:
    """Nothing is written to a connection that is gone."""
    protocol, wire = await connect(header_seconds=0.0)

    protocol.connection_lost(None)
    await settle()

    assert wire.written == b""
