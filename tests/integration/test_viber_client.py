"""That a call of Viber's API ends when it must, whatever comes back."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from socketserver import BaseRequestHandler, ThreadingTCPServer
from threading import Thread
from typing import Final

import pytest

from gateway.adapters.viber import ViberClient
from gateway.core.answer import FailureKind, Reply, TransportFailure
from gateway.core.method import Method

ANSWER: Final = b'HTTP/1.1 200 OK\r\ncontent-length: 12\r\n\r\n{"status":0}'
TRIES: Final = 30
ANSWERED_SECONDS: Final = 0.02
DEADLINE_SECONDS: Final = 0.2
NEVER_ENDING: Final = {"nothing": b"", "half a head": ANSWER[:20], "half": ANSWER[:-5]}
# Each as a whole; whether it is an answer is for others to say.
ODD: Final = {
    "a header that is no text": b"HTTP/1.1 503 x\r\nretry-after: \xff\r\n",
    "a date beyond all years": b"HTTP/1.1 503 x\r\n"
    b"retry-after: Sun, 01 Mar 99999999999 12:00:30 GMT\r\n",
    "two dates": b"HTTP/1.1 503 x\r\nretry-after: 1\r\nretry-after: soon\r\n",
    "a status of its own": b"HTTP/1.1 999 \xff\r\n",
    "no status": b"HTTP/1.1 1000 x\r\n",
    "another version": b"HTTP/2.0 200 OK\r\n",
    "no HTTP": b"SSH-2.0-OpenSSH\r\n",
    "a name that is no text": b"HTTP/1.1 200 OK\r\n\xff: a\r\n",
    "two lengths": b"HTTP/1.1 200 OK\r\ncontent-length: 3\r\n",
    "a location that is none": b"HTTP/1.1 302 x\r\nlocation: http://[\r\n",
    "an encoding that is not known": b"HTTP/1.1 200 OK\r\ncontent-encoding: foo\r\n",
    "an encoding that is another": b"HTTP/1.1 200 OK\r\ncontent-encoding: br\r\n",
    "a head without end": b"HTTP/1.1 200 OK\r\n" + b"x: y\r\n" * 100_000,
}


@contextmanager
def viber(answer: bytes) -> Iterator[str]:
    """Answer each request so, from threads of their own; yield the API's URL."""

    class Answer(BaseRequestHandler):
        def handle(self) -> None:
            while self.request.recv(65_536):
                self.request.sendall(answer)

    with ThreadingTCPServer(("127.0.0.1", 0), Answer) as server:
        server.block_on_close = False  # the client keeps its idle connections
        server.daemon_threads = True
        Thread(target=server.serve_forever).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/pa"
        server.shutdown()


@asynccontextmanager
async def client(url: str, deadline: float) -> AsyncIterator[ViberClient]:
    """Return a client with one connection."""
    async with ViberClient(url, deadline, 1, lambda: 0.0) as client:
        yield client


async def send(client: ViberClient) -> object:
    """Make a call."""
    return await client.call("token", Method.SEND_MESSAGE, b"{}")


def let_the_answer_come() -> None:
    """Hold the event loop until the answer is there, and nobody has looked at it."""
    time.sleep(ANSWERED_SECONDS)


async def test_a_call_is_cancelled_also_at_the_moment_of_its_answer() -> None:
    """Else whoever stops the process would wait for a task that goes on."""
    with viber(ANSWER) as url:
        async with client(url, 10.0) as viber_client, asyncio.TaskGroup() as tasks:
            await send(viber_client)
            for attempt in range(TRIES):
                call = tasks.create_task(send(viber_client))
                for _ in range(attempt % 10):
                    await asyncio.sleep(0)
                let_the_answer_come()
                was_too_late = call.done() or not call.cancel()
                await asyncio.wait([call])

                assert call.cancelled() or was_too_late, attempt


@pytest.mark.parametrize("answer", NEVER_ENDING.values(), ids=NEVER_ENDING)
async def test_the_deadline_of_a_call_holds(answer: bytes) -> None:
    """From the first byte of the request to the last of the answer."""
    with viber(answer) as url:
        async with client(url, DEADLINE_SECONDS) as viber_client:
            result = await send(viber_client)

    assert isinstance(result, TransportFailure)
    assert result.kind is FailureKind.TIMEOUT


@pytest.mark.parametrize("head", ODD.values(), ids=ODD)
async def test_no_answer_raises(head: bytes) -> None:
    """A broken proxy must end no command, and no probe, otherwise than Viber does."""
    with viber(head + b"content-length: 12\r\n\r\n" + b'{"status":0}') as url:
        async with client(url, 5.0) as viber_client:
            result = await send(viber_client)

    assert isinstance(result, Reply | TransportFailure)
