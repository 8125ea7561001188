"""How an answer is spoilt: what each kind of fault does to the connection.

A reset is a real one (RST, by SO_LINGER 0), and a truncated body announces more bytes
than it brings.  Every function returns only when its part of the connection is over.
"""

import asyncio
import socket
import struct
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from simulator.faults import Fault, Kind

JSON_TYPE = (b"content-type", b"application/json; charset=utf-8")
HTML_TYPE = (b"content-type", b"text/html")
LINGER_0 = struct.pack("ii", 1, 0)
GARBAGE = b"<html><body><h1>It works!</h1></body></html>"
HTTP_OK = 200

Receive = Callable[[], Awaitable[Any]]
Send = Callable[[Any], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request's way back; without a transport resets end as silence."""

    receive: Receive
    send: Send
    transport: asyncio.Transport | None

    async def respond(
        self, code: int, body: bytes, *headers: tuple[bytes, bytes]
    ) -> None:
        """Answer in full."""
        length = (b"content-length", b"%d" % len(body))
        await self.start(code, *headers, length)
        await self.send({"type": "http.response.body", "body": body})

    async def start(self, code: int, *headers: tuple[bytes, bytes]) -> None:
        """Send the head of an answer."""
        await self.send(
            {"type": "http.response.start", "status": code, "headers": headers}
        )

    async def wait_for_end(self) -> None:
        """Return when the client has gone."""
        while (await self.receive())["type"] != "http.disconnect":
            pass


async def _http(exchange: Exchange, fault: Fault, _body: bytes) -> None:
    headers = [HTML_TYPE]
    if fault.retry_after is not None:
        headers.append((b"retry-after", fault.retry_after.encode("latin-1")))
    text = f"<html><body>{fault.code}</body></html>".encode()
    await exchange.respond(fault.code, text, *headers)


async def _hang(exchange: Exchange, _fault: Fault, _body: bytes) -> None:
    await exchange.wait_for_end()


async def _reset(exchange: Exchange, _fault: Fault, _body: bytes) -> None:
    transport = exchange.transport
    if transport is not None:
        sock = transport.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER_0)
        transport.abort()
    await exchange.wait_for_end()


async def _truncated(exchange: Exchange, _fault: Fault, body: bytes) -> None:
    await exchange.start(HTTP_OK, JSON_TYPE, (b"content-length", b"%d" % len(body)))
    half = body[: len(body) // 2]
    await exchange.send({"type": "http.response.body", "body": half, "more_body": True})
    if exchange.transport is not None:
        exchange.transport.close()
    await exchange.wait_for_end()


async def _garbage(exchange: Exchange, _fault: Fault, _body: bytes) -> None:
    await exchange.respond(HTTP_OK, GARBAGE, HTML_TYPE)


SPOILERS: Mapping[Kind, Callable[[Exchange, Fault, bytes], Awaitable[None]]] = {
    Kind.HTTP: _http,
    Kind.ACCEPT_THEN_HTTP: _http,
    Kind.HANG: _hang,
    Kind.RESET_BEFORE: _reset,
    Kind.RESET_AFTER: _reset,
    Kind.TRUNCATED: _truncated,
    Kind.GARBAGE: _garbage,
}
# The HTTP status that the client gets to see; None when it gets none.
SEEN_STATUS: Mapping[Kind, int | None] = {
    Kind.HANG: None,
    Kind.RESET_BEFORE: None,
    Kind.RESET_AFTER: None,
}


def http_status(fault: Fault | None) -> int | None:
    """Return the HTTP status that goes out under a fault."""
    if fault is None:
        return HTTP_OK
    if fault.kind in {Kind.HTTP, Kind.ACCEPT_THEN_HTTP}:
        return fault.code
    return SEEN_STATUS.get(fault.kind, HTTP_OK)
