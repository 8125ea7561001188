"""Gives a client of Kafka a quota, for which the client libraries have no call.

https://kafka.apache.org/protocol#The_Messages_AlterClientQuotas, version 0
"""

import socket
import struct
from typing import Final

_API_KEY: Final = 49
_TIMEOUT_SECONDS: Final = 10.0


def limit_producer(address: str, client_id: str, bytes_per_second: float) -> None:
    """Let a client write so much per second; a broker delays what is more."""
    entity = _list(_text("client-id") + _text(client_id))
    change = _list(
        _text("producer_byte_rate") + struct.pack(">d?", bytes_per_second, 0)
    )
    error, message = _ask(address, _list(entity + change) + b"\x00")
    assert error == 0, message


def _ask(address: str, body: bytes) -> tuple[int, bytes]:
    """Make the request; return the error code of the one entry, and the rest."""
    host, _, port = address.rpartition(":")
    request = struct.pack(">hhi", _API_KEY, 0, 1) + _text("tests") + body
    with (
        socket.create_connection((host, int(port)), _TIMEOUT_SECONDS) as connection,
        connection.makefile("rb") as answer,
    ):
        connection.sendall(struct.pack(">i", len(request)) + request)
        (size,) = struct.unpack(">i", answer.read(4))
        said = answer.read(size)
    _, _, count, code = struct.unpack_from(">iiih", said)
    assert count == 1
    return code, said


def _text(text: str) -> bytes:
    return struct.pack(">h", len(text)) + text.encode()


def _list(item: bytes) -> bytes:
    return struct.pack(">i", 1) + item
