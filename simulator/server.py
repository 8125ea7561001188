"""The process around a simulator: socket, uvicorn, signals, the tasks behind.

One TaskGroup holds the server and the courier; the end of either ends both.  uvicorn's
own signal handling is left out, because it would end the process with the signal's
code: here SIGTERM and SIGINT mean a clean exit.
"""

import asyncio
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from simulator.api.endpoint import TRANSPORT
from simulator.composition import Asgi

# Clients keep idle connections for up to 90 s (reqwest); a shorter limit here would
# meet requests that are just being sent.
KEEP_ALIVE_SECONDS = 120
# What hangs on purpose may hang on for so long after the signal.
GRACE_SECONDS = 1
BACKLOG = 2048


class TransportProtocol(HttpToolsProtocol):
    """Lets the application reach the connection, which resets need."""

    def on_message_begin(self) -> None:
        """Put the transport into the request's scope."""
        super().on_message_begin()
        self.scope["extensions"] = {TRANSPORT: self.transport}  # type: ignore[dict-item]


class Server(uvicorn.Server):
    """Tells when it serves, and leaves signals to ``serve``."""

    def __init__(self, config: uvicorn.Config, on_started: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_started = on_started

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen, then tell."""
        await super().startup(sockets)
        self._on_started()

    def stop(self) -> None:
        """End soon."""
        self.should_exit = True

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave them alone."""
        yield


class AddressError(Exception):
    """The address cannot be listened on: taken, or not this machine's."""


def bind(host: str, port: int) -> socket.socket:
    """Return a listening socket; port 0 takes a free one.

    Raises:
        AddressError: in one line.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        sock = socket.create_server((host, port), family=family, backlog=BACKLOG)
    except (OSError, OverflowError) as error:
        reason = f"cannot listen on {host}:{port}: {error}"
        raise AddressError(reason) from None
    sock.settimeout(0)
    return sock


async def serve(app: Asgi, sock: socket.socket, on_started: Callable[[], None]) -> None:
    """Serve until SIGTERM or SIGINT."""
    config = uvicorn.Config(
        app,
        http=TransportProtocol,
        ws="none",
        lifespan="off",
        log_config=None,
        log_level="critical",
        access_log=False,
        server_header=False,
        date_header=False,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    server = Server(config, on_started)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, server.stop)
    await server.serve([sock])
