"""The candidates for the HTTP client (ADR 4), each behind the same narrow face."""

import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import timedelta
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

import aiohttp
import httpx2
from pyreqwest.client import ClientBuilder
from pyreqwest.exceptions import RequestError

Post = Callable[[str, bytes], Awaitable[int]]  # (url, body) -> HTTP status


class Wish(NamedTuple):
    """What is asked of a client.

    Attributes:
        authority: PEM file of the authority to trust; None: the system's.
        seconds: For a whole call.
    """

    connections: int
    seconds: float
    authority: Path | None = None


def _context(authority: Path | None) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=authority)


@asynccontextmanager
async def _aiohttp(wish: Wish) -> AsyncIterator[Post]:
    connector = aiohttp.TCPConnector(
        limit=wish.connections, ssl=_context(wish.authority)
    )
    timeout = aiohttp.ClientTimeout(total=wish.seconds)
    async with aiohttp.ClientSession(connector=connector, timeout=timeout) as session:

        async def post(url: str, body: bytes) -> int:
            async with session.post(url, data=body, allow_redirects=False) as response:
                await response.read()
                return response.status

        yield post


@asynccontextmanager
async def _pyreqwest(wish: Wish) -> AsyncIterator[Post]:
    builder = (
        ClientBuilder()
        .timeout(timedelta(seconds=wish.seconds))
        .max_connections(wish.connections)
        .follow_redirects(enable=False)
        .http1_only()
    )
    if wish.authority is not None:
        builder = builder.add_root_certificate_pem(wish.authority.read_bytes())
    async with builder.build() as client:

        async def post(url: str, body: bytes) -> int:
            async with client.post(url).body_bytes(body).build_streamed() as response:
                await response.body_reader.read(1_048_577)
                return response.status

        yield post


@asynccontextmanager
async def _httpx2(wish: Wish) -> AsyncIterator[Post]:
    limits = httpx2.Limits(
        max_connections=wish.connections, max_keepalive_connections=wish.connections
    )
    context = _context(wish.authority)
    async with httpx2.AsyncClient(
        timeout=wish.seconds, limits=limits, verify=context
    ) as client:

        async def post(url: str, body: bytes) -> int:
            response = await client.post(url, content=body)
            return int(response.status_code)

        yield post


Open = Callable[[Wish], AbstractAsyncContextManager[Post]]

CLIENTS: Mapping[str, Open] = MappingProxyType(
    {"pyreqwest": _pyreqwest, "aiohttp": _aiohttp, "httpx2": _httpx2}
)


def explain(error: BaseException) -> str:
    """Name an error, and the innermost of its causes that says something."""
    if isinstance(error, RequestError):
        said = [cause["message"] for cause in error.details["causes"] or []]
    else:
        said = [str(link) for link in _chain(error) if str(link)]
    last = " ".join(said[-1].split()) if said else ""
    return f"{type(error).__name__}: {last}"


def _chain(error: BaseException) -> Iterator[BaseException]:
    link: BaseException | None = error
    while link is not None:
        yield link
        link = link.__cause__ or link.__context__
