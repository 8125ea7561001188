"""``/sim/gateway/...``: what a gateway tells of itself, fetched for the page.

The browser may not ask the gateway's management port itself (another origin).  Only
two things can be asked, ``health`` and the story of one command, and the answer passes
as data, never as a page.  The id of a gateway's event is made of the callback alone and
always in the same way, so it need not be asked for.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated
from urllib.parse import quote
from uuid import UUID, uuid5

import msgspec
from fastapi import Path, Response
from fastapi.responses import JSONResponse
from pyreqwest.client import ClientBuilder
from pyreqwest.exceptions import RequestError

from simulator.control.routes import Route

EVENT_NAMESPACE = UUID("6f1d3f0e-6a86-5b3a-9d4c-7e6b2f1c0a51")
LIMIT = timedelta(seconds=2)
HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
CommandId = Annotated[str, Path(description="the `ce_id` of a command")]


@dataclass(frozen=True, slots=True)
class Gateway:
    """A gateway behind its management port; ``management`` is empty without one.

    Then answers are empty too (204).
    """

    management: str

    def routes(self) -> list[Route]:
        """Return the table of routes."""
        return [
            ("GET", "/sim/gateway/health", 200, self.health),
            ("GET", "/sim/gateway/explain/{command_id:path}", 200, self.explain),
            ("GET", "/sim/gateway/event-id", 200, self.event_id),
        ]

    async def health(self) -> Response:
        """Return the gateway's ``/health``; 502 when it is away."""
        return await self._ask("/health")

    async def explain(self, command_id: CommandId) -> Response:
        """Return the gateway's ``/explain/{command_id}``."""
        return await self._ask(f"/explain/{quote(command_id, safe='')}")

    async def event_id(
        self, bot: str, event: str, message_token: str, user: str | None = None
    ) -> dict[str, str]:
        """Return the ``ce_id`` of the event made of a callback; ``bot`` is its name."""
        name = msgspec.json.encode([bot, event, message_token, user]).decode()
        return {"ce_id": str(uuid5(EVENT_NAMESPACE, name))}

    async def _ask(self, path: str) -> Response:
        if not self.management:
            return Response(status_code=204, headers=HEADERS)
        try:
            status, body = await _get(self.management + path)
        except (RequestError, ValueError):  # away, or no address at all
            detail = f"{self.management} does not answer"
            return JSONResponse({"detail": detail}, 502, HEADERS)
        return Response(body, status, HEADERS, media_type="application/json")


async def _get(url: str) -> tuple[int, bytes]:
    """Ask once, over a connection of its own: people look seldom."""
    builder = ClientBuilder().timeout(LIMIT).follow_redirects(enable=False).no_proxy()
    async with builder.build() as client:
        response = await client.get(url).build().send()
        return response.status, bytes(await response.bytes())
