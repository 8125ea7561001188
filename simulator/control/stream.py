"""``/sim/stream``: what happens, as server-sent events.

``event`` is ``log`` (an entry as in ``/sim/log``), ``message`` (a bubble, new or with
a new tick), ``user``, ``user_removed``, or ``lost`` when the reader was too slow and
should look anew.
A comment goes out now and then, so that a closed connection is noticed.
"""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import dataclass

import msgspec
from fastapi.responses import StreamingResponse

from simulator.control.routes import Route
from simulator.news import Listener, News

HEARTBEAT_SECONDS = 15


@dataclass(frozen=True, slots=True)
class Stream:
    """The news, over HTTP."""

    news: News

    def routes(self) -> list[Route]:
        """Return the table of routes."""
        return [("GET", "/sim/stream", 200, self.stream)]

    async def stream(self) -> StreamingResponse:
        """Return the stream; it ends when the reader goes."""
        return StreamingResponse(
            self.events(),
            media_type="text/event-stream",
            headers={"Cache-Control": "no-store"},
        )

    async def events(self) -> AsyncGenerator[bytes]:
        """Yield the stream, block by block."""
        with self.news.listen() as listener:
            yield b": welcome\n\n"
            while True:
                yield await _next(listener)


async def _next(listener: Listener) -> bytes:
    try:
        async with asyncio.timeout(HEARTBEAT_SECONDS):
            kind, item = await listener.get()
    except TimeoutError:
        return b": still here\n\n"
    return b"event: %s\ndata: %s\n\n" % (kind.encode(), msgspec.json.encode(item))
