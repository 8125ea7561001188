"""HTTP with limits that uvicorn does not have: against what is slow, or without end.

What must come within a time: a new connection's first headers, a kept one's headers
from their first byte, and the rest of a request that was answered early.  What is
limited in size: all that is no body, in number: requests that wait behind another.
Answers that are due go out before a connection is ended.  Bodies are the endpoint's
concern; it is told when a request began.
"""

import asyncio
from asyncio import TimerHandle, Transport
from dataclasses import dataclass
from typing import Any, NamedTuple

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

MAX_OVERHEAD_BYTES = 65_536  # of one request; a read of the socket more at worst
MAX_PIPELINED = 64
BEGAN_AT = "began_at"  # in the ASGI scope: the first byte, on the event loop's clock
IS_WHOLE = "is_whole"  # in the ASGI scope: all of the request is there

BODY_HEADERS = frozenset({b"content-length", b"transfer-encoding"})
TOO_SLOW = b"HTTP/1.1 408 Request Timeout\r\n"
NO_UPGRADE = b"HTTP/1.1 400 Bad Request\r\n"
TOO_LARGE = b"HTTP/1.1 431 Request Header Fields Too Large\r\n"
END = b"content-length: 0\r\nconnection: close\r\n\r\n"


class Limits(NamedTuple):
    """What connections may take: their number, and seconds for a request's headers."""

    connections: int | None = None
    header_seconds: float = 5.0


@dataclass(slots=True)
class Watch:
    """What is watched of one connection.

    Kept apart because a protocol of more than 29 attributes takes 1.3 KB more, which
    counts where ten thousand connections are idle (CPython's key-sharing, PEP 412).

    Attributes:
        overhead: Bytes of the present request that are no body.
        timer: Ends the connection when what must come does not come.
        is_ended: What still comes is not looked at.
    """

    overhead: int = 0
    timer: TimerHandle | None = None
    is_ended: bool = False


class LimitedProtocol(HttpToolsProtocol):
    """One connection; `limited` makes the class with its limits."""

    limits = Limits()

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        """Begin to wait for the first request."""
        super().connection_made(transport)
        self._watch = Watch()
        most = self.limits.connections
        if most is not None and len(self.connections) > most:
            self.app = _refuse
        self._start_timer()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no longer."""
        self._stop_timer()
        super().connection_lost(exc)

    def eof_received(self) -> bool:  # type: ignore[override]  # uvicorn always closes
        """Let a client that will send nothing more have the answers that are due."""
        last = self._last_cycle
        is_due = last is not None and not (last.response_complete or last.more_body)
        if is_due:
            last.keep_alive = False
        return is_due

    def data_received(self, data: bytes) -> None:
        """Count what is no body."""
        if self._watch.is_ended:
            return
        self._watch.overhead += len(data)
        super().data_received(data)
        if self._watch.overhead > MAX_OVERHEAD_BYTES:
            self._end(TOO_LARGE)

    def on_message_begin(self) -> None:
        """Begin to wait for this request's headers."""
        if len(self.pipeline) >= MAX_PIPELINED:
            raise ValueError("too many requests wait behind another")
        super().on_message_begin()
        self.scope[BEGAN_AT] = self.loop.time()  # type: ignore[literal-required]  # ours
        if self._watch.timer is None:
            self._start_timer()

    def on_headers_complete(self) -> None:
        """Wait no longer: the endpoint has a limit of its own for the body."""
        self._stop_timer()
        if self.parser.should_upgrade() and self._has_body():
            self._end(NO_UPGRADE)
        else:
            super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Leave the body to the endpoint."""
        self._watch.overhead -= len(body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        """Begin to count anew, and say that nothing more of it comes."""
        self._watch.overhead = 0
        self._stop_timer()
        if self.scope is not None:  # it was not answered before
            self.scope[IS_WHOLE] = True  # type: ignore[literal-required]  # ours
        if not self._watch.is_ended:
            super().on_message_complete()

    def on_response_complete(self) -> None:
        """Wait for the rest of a request that was answered early."""
        super().on_response_complete()
        if not self.cycle.response_complete:
            return
        if self.cycle.more_body:
            self._start_timer()
        elif self.scope is self.cycle.scope:
            # An idle connection keeps nothing of its last request.  It is not idle
            # when the next one has begun to come.
            self.cycle = self.scope = self.headers = None  # type: ignore[assignment]  # as uvicorn begins

    def _has_body(self) -> bool:
        """Whether a body follows the headers that are complete.

        With an offer of another protocol httptools takes the body for a request in
        that protocol, and what comes of it later for the next one in ours.
        """
        return any(
            name in BODY_HEADERS and value != b"0" for name, value in self.headers
        )

    @property
    def _last_cycle(self) -> Any:
        """The newest request whose headers are complete, if there is one."""
        return self.pipeline[0][0] if self.pipeline else self.cycle

    def _start_timer(self) -> None:
        self._stop_timer()
        seconds = self.limits.header_seconds
        self._watch.timer = self.loop.call_later(seconds, self._end, TOO_SLOW)

    def _stop_timer(self) -> None:
        if self._watch.timer is not None:
            self._watch.timer.cancel()
            self._watch.timer = None

    def _end(self, status: bytes) -> None:
        """End the connection; whoever waits for an answer gets his before."""
        self._stop_timer()
        self._watch.is_ended = True
        last = self._last_cycle
        if last is not None and not last.response_complete:
            last.keep_alive = False
        elif not self.transport.is_closing():
            self.transport.write(status + END)
            self.transport.close()


def limited(limits: Limits) -> type[asyncio.Protocol]:
    """Make the protocol with limits."""
    return type("Limited", (LimitedProtocol,), {"limits": limits})


async def _refuse(_scope: Any, _receive: Any, send: Any) -> None:
    """Answer on a connection too many (ASGI)."""
    headers = [(b"retry-after", b"5"), (b"connection", b"close")]
    start = {"type": "http.response.start", "status": 503, "headers": headers}
    await send(start)
    await send({"type": "http.response.body", "body": b"too many connections\n"})
