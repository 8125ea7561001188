"""HTTP byte by byte: what no client library would send."""

import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Final
from urllib.parse import urlsplit

from tests.e2e.support.gateway import SIGNATURE
from tests.e2e.support.place import Place
from tests.e2e.support.web import Answer

_ANSWER_SECONDS: Final = 20.0
CHUNKED: Final = {"transfer-encoding": "chunked"}


def head(
    target: str, headers: Mapping[str, str], method: str = "POST", end: str = "\r\n"
) -> bytes:
    """Return a request up to the end of its headers."""
    lines = [f"{method} {target} HTTP/1.1", "host: gateway"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return ("\r\n".join(lines) + "\r\n" + end).encode()


def callback(place: Place, body: bytes) -> bytes:
    """Return a callback with a right signature."""
    length = {"content-length": str(len(body)), SIGNATURE: place.viber.sign(body)}
    return head(target(place), length) + body


def chunk(content: bytes) -> bytes:
    """Return a piece of a body whose length is not declared."""
    return b"%x\r\n%s\r\n" % (len(content), content)


def target(place: Place) -> str:
    """Return the path of the bot's callbacks."""
    return urlsplit(place.url).path


class Wire:
    """One connection."""

    def __init__(self, url: str) -> None:
        address = urlsplit(url)
        assert address.hostname
        assert address.port
        self.socket = socket.create_connection(
            (address.hostname, address.port), _ANSWER_SECONDS
        )
        self._stream = self.socket.makefile("rb")

    def send(self, content: bytes) -> None:
        """Send bytes; that nobody takes them any more shows in the answer."""
        try:
            self.socket.sendall(content)
        except (BrokenPipeError, ConnectionResetError):
            return

    def send_no_more(self) -> None:
        """Close the sending half, if the whole is not closed already."""
        with suppress(OSError):
            self.socket.shutdown(socket.SHUT_WR)

    def answer(self) -> Answer:
        """Read the next answer; `status` is 0 where the connection ends instead."""
        try:
            line = self._stream.readline()
        except ConnectionResetError:
            line = b""
        if not line:
            return Answer(0, {}, b"")
        headers = dict(self._headers())
        body = self._stream.read(int(headers.get("content-length", "0")))
        return Answer(int(line.split()[1]), headers, body)

    def rest(self) -> bytes:
        """Wait for the end; return what came until then."""
        try:
            return self._stream.read()
        except ConnectionResetError:
            return b""

    def is_ended(self) -> bool:
        """Wait for the end; tell whether it came without another byte."""
        return self.answer().status == 0

    def _headers(self) -> Iterator[tuple[str, str]]:
        while (line := self._stream.readline().decode().strip()) != "":
            name, _, value = line.partition(":")
            yield name.lower(), value.strip()

    def close(self) -> None:
        """Close it."""
        self._stream.close()
        self.socket.close()


@contextmanager
def wire(url: str) -> Iterator[Wire]:
    """Open a connection for a while."""
    connection = Wire(url)
    try:
        yield connection
    finally:
        connection.close()
