"""The little that starting a broker needs of TCP: a free port, a sign of life."""

import contextlib
import random
import socket
import struct
from collections.abc import Iterator
from typing import Final

HOST: Final = "127.0.0.1"
# Metadata, version 1, no client id, no topics.
_WHO_IS_THERE: Final = struct.pack(">hhihi", 3, 1, 1, -1, 0)


def free_ports() -> Iterator[int]:
    """Yield free ports below the range that the kernel lends to clients.

    So a broker that is started again finds its own port free.
    """
    for port in random.sample(range(15_000, 32_000), 2_000):
        with socket.socket() as probe:
            if probe.connect_ex((HOST, port)):
                yield port


def is_listening(address: str) -> bool:
    """Whether a connection to host:port can be made."""
    host, _, port = address.rpartition(":")
    try:
        socket.create_connection((host, int(port)), timeout=5).close()
    except OSError:
        return False
    return True


def alive_brokers(port: int) -> set[int]:
    """Ask a broker which brokers are alive; none when it does not answer.

    https://kafka.apache.org/protocol#The_Messages_Metadata
    """
    with contextlib.suppress(OSError, struct.error):
        return _node_ids(_ask(port))
    return set()


def _ask(port: int) -> bytes:
    with (
        socket.create_connection((HOST, port), timeout=2) as connection,
        connection.makefile("rb") as answer,
    ):
        connection.sendall(struct.pack(">i", len(_WHO_IS_THERE)) + _WHO_IS_THERE)
        (size,) = struct.unpack(">i", answer.read(4))
        return answer.read(size)


def _node_ids(body: bytes) -> set[int]:
    (count,) = struct.unpack_from(">i", body, 4)
    position, nodes = 8, set()
    for _ in range(count):
        node, host_size = struct.unpack_from(">ih", body, position)
        nodes.add(node)
        position += 4 + 2 + host_size + 4 + 2  # id, host, port, no rack
    return nodes
