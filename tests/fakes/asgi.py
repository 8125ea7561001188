"""An HTTP client and server in one: calls an ASGI app with requests made by hand.

The request's pieces are handed over one by one, so a test can see how many were read.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

Message = dict[str, Any]
GONE: Message = {"type": "http.disconnect"}


@dataclass(frozen=True, slots=True)
class Response:
    """What the app answered."""

    status: int
    headers: dict[str, str]
    body: bytes


@dataclass(slots=True)
class Exchange:
    """One request, and what came of it.

    Attributes:
        pieces: The body as it arrives; after the last piece nothing comes any more.
        is_complete: Whether the last piece says that it is the last.
        is_gone: Whether the client hangs up after the last piece.
        read: How many pieces the app has taken.
        sent: The messages that the app has sent.
    """

    path: str
    pieces: Sequence[bytes] = (b"",)
    headers: dict[str, str] = field(default_factory=dict)
    query: str = ""
    method: str = "POST"
    is_complete: bool = True
    is_gone: bool = False
    read: int = 0
    sent: list[Message] = field(default_factory=list)

    async def run(self, app: Any) -> "Exchange":
        """Let the app answer."""
        await app(self._scope(), self._receive, self._send)
        return self

    @property
    def response(self) -> Response:
        """The complete answer."""
        start, *rest = self.sent
        assert start["type"] == "http.response.start"
        assert [m["type"] for m in rest] == ["http.response.body"]
        assert not rest[0].get("more_body", False)
        headers = {k.decode(): v.decode() for k, v in start["headers"]}
        assert len(headers) == len(start["headers"])
        return Response(start["status"], headers, rest[0]["body"])

    def _scope(self) -> Message:
        return {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "http_version": "1.1",
            "method": self.method,
            "scheme": "https",
            "path": self.path,
            "raw_path": self.path.encode(),
            "query_string": self.query.encode(),
            "root_path": "",
            "headers": [
                (name.lower().encode(), value.encode())
                for name, value in self.headers.items()
            ],
            "client": ("192.0.2.1", 4711),
            "server": ("192.0.2.2", 443),
        }

    async def _receive(self) -> Message:
        self.read += 1
        if self.read <= len(self.pieces):
            is_last = self.read == len(self.pieces) and self.is_complete
            piece = self.pieces[self.read - 1]
            return {"type": "http.request", "body": piece, "more_body": not is_last}
        if not self.is_gone:
            await asyncio.Event().wait()
        return GONE

    async def _send(self, message: Message) -> None:
        self.sent.append(message)
