"""The simulator as a process of its own, and a webhook on a real socket."""

import asyncio
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import msgspec
from pyreqwest.client import Client, ClientBuilder

from simulator.composition import DEFAULT_TOKEN

DEADLINE_SECONDS = 15
Json = dict[str, Any]


@dataclass(slots=True)
class Running:
    """A simulator that listens at ``base``."""

    process: asyncio.subprocess.Process
    base: str
    client: Client

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self.base.rpartition(":")[2])

    async def api(self, method: str, body: Any, token: str = DEFAULT_TOKEN) -> Json:
        """Call the REST API."""
        answer: Json = await self.call(f"/pa/{method}", body, token)
        return answer

    async def sim(self, path: str, body: Any = None) -> Any:
        """Call the control API."""
        return await self.call(f"/sim/{path}", body)

    async def call(self, path: str, body: Any, token: str = "") -> Any:
        """Return the JSON answer of any call."""
        url = self.base + path
        request = self.client.get(url) if body is None else self.client.post(url)
        if body is not None:
            request = request.body_bytes(msgspec.json.encode(body))
            request = request.header("Content-Type", "application/json")
        request = request.header("X-Viber-Auth-Token", token)
        response = await request.build().send()
        return msgspec.json.decode(bytes(await response.bytes()))

    async def end(self, number: int = signal.SIGTERM) -> int:
        """Send a signal; return the exit code."""
        self.process.send_signal(number)
        async with asyncio.timeout(DEADLINE_SECONDS):
            return await self.process.wait()


@asynccontextmanager
async def simulator(*arguments: str) -> AsyncIterator[Running]:
    """Run a simulator on a free port, until the end of the block."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "simulator",
        "--port",
        "0",
        *arguments,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    async with asyncio.timeout(DEADLINE_SECONDS):
        line = await process.stdout.readline()
    base = line.decode().split()[-1]
    limit = timedelta(seconds=DEADLINE_SECONDS)
    async with ClientBuilder().no_proxy().timeout(limit).build() as client:
        running = Running(process, base, client)
        try:
            yield running
        finally:
            if process.returncode is None:
                await running.end()


async def run_to_end(*arguments: str) -> tuple[int, str, str]:
    """Run a simulator that ends by itself; return exit code, stdout and stderr."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "simulator",
        *arguments,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    async with asyncio.timeout(DEADLINE_SECONDS):
        out, err = await process.communicate()
    assert process.returncode is not None
    return process.returncode, out.decode(), err.decode()


@dataclass(slots=True)
class Hook:
    """A webhook that answers each request with the bytes of ``answer``."""

    url: str = ""
    answer: bytes = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
    pause: Callable[[], Awaitable[object]] | None = None
    writers: list[asyncio.StreamWriter] = field(default_factory=list)
    requests: asyncio.Queue[tuple[bytes, bytes]] = field(default_factory=asyncio.Queue)

    async def serve(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """Answer the requests of one connection."""
        self.writers.append(writer)
        with suppress(asyncio.IncompleteReadError, ConnectionError):  # the client left
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = int(head.lower().split(b"content-length: ")[1].split(b"\r")[0])
                body = await reader.readexactly(length)
                self.requests.put_nowait((head, body))
                if self.pause is not None:
                    await self.pause()
                writer.write(self.answer)

    async def close(self) -> None:
        """Close all connections."""
        for writer in self.writers:
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()

    async def next(self) -> Json:
        """Return the next callback."""
        async with asyncio.timeout(DEADLINE_SECONDS):
            _, body = await self.requests.get()
        decoded: Json = msgspec.json.decode(body)
        return decoded


@asynccontextmanager
async def hook() -> AsyncIterator[Hook]:
    """Run a webhook on a free port, until the end of the block."""
    made = Hook()
    server = await asyncio.start_server(made.serve, "127.0.0.1", 0)
    made.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/hook"
    async with server:
        try:
            yield made
        finally:  # from Python 3.12 on a server's end waits for its connections
            await made.close()
