"""Servers that fail in one way each, to see what a client makes of it."""

import asyncio
import contextlib
import socket
import struct
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from types import MappingProxyType

from bench.process import free_port
from tests.kafka.wire import HOST

SILENT = "no answer"
DRIP_SECONDS = 0.1
DRIPS = 30
HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % DRIPS
_AT_ONCE = struct.pack("ii", 1, 0)  # linger on, for 0 s: close sends a reset

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


def _reset(writer: asyncio.StreamWriter) -> None:
    raw: socket.socket = writer.get_extra_info("socket")
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
    writer.transport.abort()


async def _read_request(reader: asyncio.StreamReader) -> None:
    await reader.readuntil(b"\r\n\r\n")
    await reader.read(1)  # the body has begun


async def _reset_before(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    _reset(writer)


async def _reset_after(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    await _read_request(reader)
    _reset(writer)


async def _close_after(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    await _read_request(reader)
    writer.close()


async def _break_off(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    await _read_request(reader)
    writer.write(HEAD + b"half")
    await writer.drain()
    writer.close()


async def _say_nonsense(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    await _read_request(reader)
    writer.write(b"what?\r\n\r\n")
    writer.close()


async def _never_answer(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    await reader.read()
    writer.close()


async def _drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await _read_request(reader)
    writer.write(HEAD)
    for _ in range(DRIPS):
        await asyncio.sleep(DRIP_SECONDS)
        writer.write(b"x")
        await writer.drain()


FAULTS: Mapping[str, Serve] = MappingProxyType(
    {
        "reset before the request": _reset_before,
        "reset after the request": _reset_after,
        "closed after the request": _close_after,
        "answer broken off": _break_off,
        "no HTTP": _say_nonsense,
        SILENT: _never_answer,
        "answer drips": _drip,
    }
)


@contextlib.asynccontextmanager
async def faulty_peers() -> AsyncIterator[dict[str, str]]:
    """Run them all; yield their URLs by what they do."""
    urls = {
        "refused": f"http://{HOST}:{free_port()}/",
        "no such name": "http://nobody.invalid/",
    }
    async with contextlib.AsyncExitStack() as stack:
        for fault, serve in FAULTS.items():
            server = await asyncio.start_server(_quietly(serve), HOST, 0)
            stack.callback(server.close)
            urls[fault] = f"http://{HOST}:{server.sockets[0].getsockname()[1]}/"
        yield urls


def _quietly(serve: Serve) -> Serve:
    async def one(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):  # they left
            await serve(reader, writer)

    return one
