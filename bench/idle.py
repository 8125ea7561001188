"""Connections that were used once and are kept open, as a load balancer does."""

import contextlib
import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

REQUEST = b"GET / HTTP/1.1\r\nHost: bench\r\n\r\n"
ENOUGH_BYTES = 65_536


@contextlib.contextmanager
def idle_connections(url: str, count: int) -> Iterator[list[int]]:
    """Hold so many; afterwards the list holds how many were still open at the end."""
    still_open: list[int] = []
    with contextlib.ExitStack() as stack:
        held = [stack.enter_context(_used_once(url)) for _ in range(count)]
        yield still_open
        still_open.append(sum(map(_is_open, held)))


def _used_once(url: str) -> socket.socket:
    target = urlsplit(url)
    held = socket.create_connection((target.hostname or "", target.port or 80))
    held.sendall(REQUEST)
    held.recv(ENOUGH_BYTES)
    return held


def _is_open(held: socket.socket) -> bool:
    """Tell whether the other side has closed it: then there is an end to be read."""
    held.setblocking(False)  # noqa: FBT003  the socket module's own signature
    try:
        return held.recv(1) != b""
    except BlockingIOError:
        return True
    except OSError:
        return False
