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
from gateway.core.answer import FailureKind, TransportFailure
from gateway.core.method import Method

ANSWER: Final = b'HTTP/1.1 200 OK\r\ncontent-length: 12\r\n\r\n{"status":0}'
TRIES: Final = 30
ANSWERED_SECONDS: Final = 0.02
DEADLINE_SECONDS: Final = 0.2
NEVER_ENDING: Final = {"nothing": b"", "half a head": ANSWER[:20], "half": ANSWER[:-5]}


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
