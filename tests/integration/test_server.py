"""The server of both ports, over a real connection."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, Final

from gateway.ops.server import Server, bind

HOST: Final = "127.0.0.1"
START: Final = {"type": "http.response.start", "status": 200, "headers": []}

App = Callable[[Any, Any, Callable[[Any], Awaitable[None]]], Awaitable[None]]


@asynccontextmanager
async def serving(app: App) -> AsyncIterator[tuple[Server, int]]:
    """Serve on a port; at the end the server must end by itself."""
    listener = bind("HTTP_PORT", HOST, 0)
    port = listener.getsockname()[1]
    server = Server(app, "public", listener)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(server.listen())
        yield server, port
        server.stop()


async def ask(port: int, *headers: str) -> str:
    """Return the whole answer."""
    reader, writer = await asyncio.open_connection(HOST, port)
    lines = ("GET / HTTP/1.1", f"host: {HOST}", "connection: close", *headers, "", "")
    writer.write("\r\n".join(lines).encode())
    answer = await reader.read()
    writer.close()
    await writer.wait_closed()
    return answer.decode()


async def tell_whom(scope: Any, _receive: Any, send: Any) -> None:
    """Answer who asks, and by which scheme (ASGI)."""
    body = f"{scope['scheme']} {scope['client'][0]}".encode()
    await send(START)
    await send({"type": "http.response.body", "body": body})


async def test_an_answer_does_not_name_the_server() -> None:
    """Who looks for servers with a known hole learns nothing."""
    async with serving(tell_whom) as (_, port):
        head, _, _ = (await ask(port)).partition("\r\n\r\n")

    names = {line.partition(":")[0].lower() for line in head.splitlines()[1:]}
    assert names == {"date", "connection", "transfer-encoding"}


async def test_what_a_client_says_of_itself_is_not_believed() -> None:
    """A proxy's headers can be sent by anybody."""
    forged = ("x-forwarded-for: 192.0.2.1", "x-forwarded-proto: https")

    async with serving(tell_whom) as (_, port):
        answer = await ask(port, *forged)

    assert f"http {HOST}" in answer


async def test_an_answer_that_does_not_come_holds_up_no_stop() -> None:
    """It has `FINISH_SECONDS`; who waits for it learns that it does not come."""
    is_asked = asyncio.Event()

    async def hang(_scope: Any, _receive: Any, _send: Any) -> None:
        is_asked.set()
        await asyncio.Event().wait()

    async with serving(hang) as (server, port), asyncio.TaskGroup() as tasks:
        asking = tasks.create_task(ask(port))
        await is_asked.wait()
        server.stop()

    assert asking.result().startswith("HTTP/1.1 500 ")
