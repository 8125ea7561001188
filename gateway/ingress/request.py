"""Reads a request off the wire: its signature, and its body within limits.

An ASGI server hands over headers first and the body piece by piece, so a limit can
hold before the body is there (ASGI 3.0, HTTP connection scope).
"""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

SIGNATURE_HEADER = b"x-viber-content-signature"


class BodyTooLargeError(Exception):
    """The body is larger than allowed; the rest of it was not read."""


class BodyTooSlowError(Exception):
    """The body was not complete in time."""


class ClientGoneError(Exception):
    """The client closed the connection before the body was complete."""


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


async def read_body(scope: Scope, receive: Receive, limit: int, until: float) -> bytes:
    """Read the whole body.

    Args:
        scope: The request.
        receive: Brings the next piece.
        limit: Most bytes, also when the length is not declared.
        until: When it must be complete, on the event loop's clock.

    Raises:
        BodyTooLargeError: Declared or found to be over the limit.
        BodyTooSlowError: Not complete in time.
        ClientGoneError: The connection ended first.
    """
    declared = header(scope, b"content-length")
    if declared is not None and int(declared) > limit:
        raise BodyTooLargeError
    try:
        async with asyncio.timeout_at(until):
            return await _read_pieces(receive, limit)
    except TimeoutError:
        raise BodyTooSlowError from None


async def _read_pieces(receive: Receive, limit: int) -> bytes:
    body = b""
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientGoneError
        piece: bytes = message["body"]
        body = body + piece if body else piece
        if len(body) > limit:
            raise BodyTooLargeError
        if not message.get("more_body", False):
            return body
