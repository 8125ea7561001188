"""``/media/<file>``: what users send, fetchable for an hour as at Viber.

The link carries its end (``Expires``); after it the answer is 403, as that of the
content network behind Viber.  The bytes are the same little picture for all.
"""

import struct
import zlib
from dataclasses import dataclass
from mimetypes import guess_type
from typing import Annotated

from fastapi import Query, Response

from simulator.clock import Clock
from simulator.control.routes import Route

Expires = Annotated[int | None, Query(alias="Expires")]
SIDE = 64
SQUARE = 8
MS = 1000
DENIED = b"<Error><Code>AccessDenied</Code><Message>Access denied</Message></Error>"


@dataclass(frozen=True, slots=True)
class Media:
    """The files behind media links."""

    clock: Clock

    def routes(self) -> list[Route]:
        """Return the table of routes."""
        return [("GET", "/media/{file_name}", 200, self.fetch)]

    async def fetch(self, file_name: str, expires: Expires = None) -> Response:
        """Return a file while its link is good."""
        if expires is None or expires * MS <= self.clock.now_ms():
            return Response(DENIED, 403, media_type="application/xml")
        kind = guess_type(file_name)[0] or "application/octet-stream"
        return Response(picture(), media_type=kind)


def picture() -> bytes:
    """Return a PNG: a square in two shades of Viber's violet."""
    rows = b"".join(b"\0" + _row(y) for y in range(SIDE))
    head = struct.pack(">IIBBBBB", SIDE, SIDE, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*chunk) for chunk in chunks)


def _row(y: int) -> bytes:
    return b"".join(
        b"\x73\x60\xf2" if (x // SQUARE + y // SQUARE) % 2 else b"\x9b\x8c\xf7"
        for x in range(SIDE)
    )


def _chunk(name: bytes, data: bytes) -> bytes:
    check = struct.pack(">I", zlib.crc32(name + data))
    return struct.pack(">I", len(data)) + name + data + check
