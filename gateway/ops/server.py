"""Serves an ASGI app until told to stop; the process owns the signals.

uvicorn's own signal handling and start-up exit would compete with the service's: the
socket is bound beforehand, and `capture_signals` does nothing (ADR 0001).
"""

import errno
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn

from gateway.core.errors import SettingsError
from gateway.log import get_logger
from gateway.ops.http_protocol import Limits, limited

log = get_logger(__name__)

BACKLOG = 2048
KEEP_ALIVE_SECONDS = 75  # longer than load balancers keep theirs (60 s)
FINISH_SECONDS = 5  # what is being answered when the listener closes
LAST_ANSWER = (b"connection", b"close")

NO_LIMITS = Limits()

# Why no port is to be had; whatever else fails is the look-up of the host.
_WORDS = {
    errno.EACCES: "not allowed; ports below 1024 want a privilege",
    errno.EADDRINUSE: "the port is taken, by another process or our other port",
}


def bind(setting: str, host: str, port: int) -> socket.socket:
    """Take a port.

    Args:
        setting: Whose value it is, for the error.
        host: Address to listen on.
        port: Port to listen on; 0 takes a free one.

    Raises:
        SettingsError: The port is taken, or the address is not ours.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=BACKLOG)
    except OSError as error:
        why = _WORDS.get(error.errno or 0, "this machine knows no such address")
        raise SettingsError([f"{setting}: {host}:{port}: {why}"]) from error


def address(listener: socket.socket) -> str:
    """Write where a socket listens as a URL."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


class Server(uvicorn.Server):
    """One listening port.

    Args:
        app: The ASGI app.
        name: What the port is for, in the log.
        listener: A bound socket; it is closed at the end.
        limits: What connections may take.
    """

    def __init__(
        self,
        app: Any,
        name: str,
        listener: socket.socket,
        limits: Limits = NO_LIMITS,
    ) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                access_log=False,
                lifespan="off",
                http=limited(limits),
                timeout_keep_alive=KEEP_ALIVE_SECONDS,
                log_config=None,
                proxy_headers=False,  # nobody asks who the client is
                server_header=False,
                timeout_graceful_shutdown=FINISH_SECONDS,
            )
        )
        self._listener = listener
        log.info("listening", port=name, url=address(listener))

    async def listen(self) -> None:
        """Serve until `stop`; what is being answered then is finished."""
        await self.serve(sockets=[self._listener])

    def drain(self) -> None:
        """Serve on, but end each connection with its next answer.

        A client that keeps its connection would send on it in the very moment in
        which it is closed, and have no answer.
        """
        self.config.encoded_headers.append(LAST_ANSWER)
        # uvicorn takes those over once a second; until then, this holds.
        self.server_state.default_headers.append(LAST_ANSWER)

    def stop(self) -> None:
        """Close the listener, finish what is being answered, end `listen`."""
        self.should_exit = True

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave the signals to the service."""
        yield
