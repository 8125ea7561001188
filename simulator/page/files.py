"""``/`` and ``/page/<file>``: the files of the chat page, as they lie in ``assets``.

They need no build step: the browser takes the modules as they are.  The policy lets
nothing run or be asked that does not come from here; only media may lie elsewhere,
where the bots' messages say.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

from fastapi import Header, Response

from simulator.control.routes import Route

ASSETS = Path(__file__).parent / "assets"
INDEX = "index.html"
MEDIA_TYPES = {
    ".css": "text/css",
    ".html": "text/html",
    ".js": "text/javascript",
    ".mjs": "text/javascript",
    ".svg": "image/svg+xml",
    ".txt": "text/plain",
}
SOURCES = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "connect-src": "'self'",
    "img-src": "'self' http: https:",
    "media-src": "'self' http: https:",
    "base-uri": "'none'",
    "form-action": "'none'",
    "frame-ancestors": "'none'",
}
POLICY = "; ".join(f"{what} {where}" for what, where in SOURCES.items())
HEADERS = {
    "Cache-Control": "no-cache",  # asked again each time, by its ETag
    "Content-Security-Policy": POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


@dataclass(frozen=True, slots=True)
class File:
    """One file, ready to be sent."""

    content: bytes
    media_type: str
    etag: str


def read_all(folder: Path = ASSETS) -> dict[str, File]:
    """Read the page's files by their path below the folder."""
    return dict(_read(folder))


def _read(folder: Path) -> Iterator[tuple[str, File]]:
    for path in folder.rglob("*.*"):
        content = path.read_bytes()
        etag = f'"{hashlib.sha256(content).hexdigest()[:16]}"'
        file = File(content, MEDIA_TYPES[path.suffix], etag)
        yield path.relative_to(folder).as_posix(), file


@dataclass(frozen=True, slots=True)
class Files:
    """The files of the page."""

    files: Mapping[str, File] = field(default_factory=read_all)

    def routes(self) -> list[Route]:
        """Return the table of routes."""
        return [
            ("GET", "/", 200, self.index),
            ("GET", "/page/{name:path}", 200, self.fetch),
        ]

    async def index(
        self, if_none_match: Annotated[str | None, Header()] = None
    ) -> Response:
        """Return the page itself."""
        return await self.fetch(INDEX, if_none_match)

    async def fetch(
        self, name: str, if_none_match: Annotated[str | None, Header()] = None
    ) -> Response:
        """Return a file, or 304 where the browser has it already."""
        file = self.files.get(name)
        if file is None:
            return Response(status_code=404)
        headers = HEADERS | {"ETag": file.etag}
        if if_none_match == file.etag:
            return Response(status_code=304, headers=headers)
        return Response(file.content, headers=headers, media_type=file.media_type)
