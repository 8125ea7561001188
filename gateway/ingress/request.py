"""Reads a request off the wire: its signature, and its body within limits.

An ASGI server hands over headers first and the body piece by piece, so a limit can
hold before the body is there (ASGI 3.0, HTTP connection scope).
"""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from gateway.ops.http_protocol import BEGAN_AT, IS_WHOLE

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

# What bodies that are not complete may take together.  Viber's come in one piece and
# need none of it; hundreds that never end fill no memory.
ROOM_BYTES = 16_777_216
SIGNATURE_HEADER = b"x-viber-content-signature"


class BodyRefusedError(Exception):
    """Never raised itself: a body that was not read to its end."""


class BodyTooLargeError(BodyRefusedError):
    """The body is larger than allowed; the rest of it was not read."""


class BodyTooSlowError(BodyRefusedError):
    """The body was not complete in time."""


class NoRoomError(BodyRefusedError):
    """Too much of other bodies is held already."""


class ClientGoneError(Exception):
    """The client closed the connection before the body was complete."""


def began_at(scope: Scope) -> float:
    """Tell when the first byte came, on the event loop's clock; now, if nobody says."""
    found: float | None = scope.get(BEGAN_AT)
    return asyncio.get_running_loop().time() if found is None else found


def header(scope: Scope, name: bytes) -> bytes | None:
    """Return a header's value; names are lower-case in ASGI."""
    for key, value in scope["headers"]:
        if key == name:
            return bytes(value)
    return None


def signature(scope: Scope) -> bytes | None:
    """Return the signature: from the header, else from the query's `sig`."""
    found = header(scope, SIGNATURE_HEADER)
    if found is None and b"sig=" in scope["query_string"]:
        for part in scope["query_string"].split(b"&"):
            if part.startswith(b"sig="):
                return bytes(part[4:])
    return found


class BodyReader:
    """Reads bodies within limits.

    Args:
        limit: Most bytes of one, also when its length is not declared.
        room: Most bytes of all that are not complete.
    """

    def __init__(self, limit: int, room: int = ROOM_BYTES) -> None:
        self._limit = limit
        self._room = max(room, limit)
        self._held = 0

    async def read(self, scope: Scope, receive: Receive, until: float) -> bytes:
        """Read a whole body.

        Args:
            scope: The request.
            receive: Brings the next piece.
            until: When it must be complete, on the event loop's clock.

        Raises:
            BodyTooLargeError: Declared or found to be over the limit.
            BodyTooSlowError: Not complete in time.
            NoRoomError: Other bodies that are not complete take the room.
            ClientGoneError: The connection ended first.
        """
        declared = header(scope, b"content-length")
        if declared is not None and int(declared) > self._limit:
            raise BodyTooLargeError
        if IS_WHOLE in scope:  # nothing is waited for; a time limit costs 4 us
            return await self._read_pieces(receive)
        try:
            async with asyncio.timeout_at(until):
                return await self._read_pieces(receive)
        except TimeoutError:
            raise BodyTooSlowError from None

    async def _read_pieces(self, receive: Receive) -> bytes:
        body, held = b"", 0
        try:
            while True:
                piece, is_last = _piece(await receive())
                body = body + piece if body else piece
                if len(body) > self._limit:
                    raise BodyTooLargeError
                if is_last:
                    return body
                held += len(piece)
                self._hold(len(piece))
        finally:
            self._held -= held

    def _hold(self, size: int) -> None:
        self._held += size
        if self._held > self._room:
            raise NoRoomError


def _piece(message: MutableMapping[str, Any]) -> tuple[bytes, bool]:
    """Return a piece of the body, and whether it is the last one."""
    if message["type"] == "http.disconnect":
        raise ClientGoneError
    return message["body"], not message.get("more_body", False)
