"""Calls Viber's REST API: one HTTP POST per attempt, whatever comes back is a value.

Redirects are never followed: the token would go with them.  Proxies are taken from
the environment (`HTTPS_PROXY`, `NO_PROXY`).  Source: developers.viber.com, "REST Bot
API", Authentication Token; ADR 0004 for the client library.
"""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from os import environ
from typing import Self

from pyreqwest.client import Client, ClientBuilder
from pyreqwest.exceptions import (
    DecodeError,
    RequestError,
    RequestTimeoutError,
)
from pyreqwest.request import RequestBuilder
from pyreqwest.response import BaseResponse

from gateway.core.answer import (
    FailureKind,
    Reply,
    TransportFailure,
    parse_retry_after,
)
from gateway.core.method import Method

MAX_ANSWER_BYTES = 1_048_576

# The library's classes do not tell whether the request had left; its causes do.
_BEFORE_SENDING = "client error (connect)"
_CONNECT_CAUSES = (
    ("dns error", FailureKind.NAME),
    ("certificate", FailureKind.TLS),
    ("handshake", FailureKind.TLS),
)
# What decides the way there; any of these may be why nobody can be reached.
_PROXIES = ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY")
_ON_THE_WAY = (FailureKind.CONNECT, FailureKind.NAME, FailureKind.TLS)
_BROKEN_OFF = "error reading a body from connection"


class ViberClient:
    """Makes the calls of all bots, over kept connections.

    Resource handling: an `async with` owns the connections.

    Args:
        api_url: Base of the API, with /pa.
        timeout: Seconds from connecting to the end of the answer.
        connections: Most connections at once.
        now: Seconds since 1970, to read a `Retry-After` date.
    """

    def __init__(
        self,
        api_url: str,
        timeout: float,
        connections: int,
        now: Callable[[], float],
    ) -> None:
        self._api_url = api_url.rstrip("/")
        self._urls = {method: f"{self._api_url}/{method}" for method in Method}
        self._now = now
        self._client: Client = (
            ClientBuilder()
            .timeout(timedelta(seconds=timeout))
            .max_connections(connections)
            .follow_redirects(enable=False)
            .http1_only()
            .default_headers({"content-type": "application/json"})
            .user_agent("viber-gateway")
            .build()
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *error: object) -> None:
        await self._client.close()

    async def call(
        self, token: str, method: Method, body: bytes
    ) -> Reply | TransportFailure:
        """Make one attempt; it never raises for what the network or Viber does."""
        return await self._answer(self._post(self._urls[method], token, body))

    async def set_webhook(self, token: str, body: bytes) -> Reply | TransportFailure:
        """Set a bot's webhook, or remove it; Viber calls it before it answers."""
        url = f"{self._api_url}/set_webhook"
        return await self._answer(self._post(url, token, body))

    async def rehearse(self, url: str) -> Reply | TransportFailure:
        """Call a webhook as Viber does before it believes it, but unsigned."""
        request = self._client.post(url).body_bytes(b'{"event":"webhook"}')
        return await self._answer(request)

    async def time(self) -> float | None:
        """Ask what time it is at Viber, in seconds since 1970; None: not told."""
        try:
            response = await self._client.get(self._api_url).build().send()
            return parsedate_to_datetime(response.get_header("date") or "").timestamp()
        except (RequestError, ValueError, OverflowError):
            return None

    def _post(self, url: str, token: str, body: bytes) -> RequestBuilder:
        request = self._client.post(url).body_bytes(body)
        return request.header("X-Viber-Auth-Token", token, is_sensitive=True)

    async def _answer(self, request: RequestBuilder) -> Reply | TransportFailure:
        try:
            async with request.build_streamed() as response:
                content = await response.body_reader.read(MAX_ANSWER_BYTES + 1)
        except RequestError as error:
            return _failure(error)
        finally:
            _insist_on_cancellation()
        if content is not None and len(content) > MAX_ANSWER_BYTES:
            detail = f"the answer has more than {MAX_ANSWER_BYTES} bytes"
            return TransportFailure(FailureKind.TOO_LARGE, detail)
        said = _header(response, "retry-after")
        retry_after = said and parse_retry_after(
            said, datetime.fromtimestamp(self._now(), UTC)
        )
        return Reply(response.status, bytes(content or b""), retry_after or None)


def _header(response: BaseResponse, name: str) -> str | None:
    """Return a header's value; None where there is none, or it is no text."""
    try:
        return response.get_header(name)
    except ValueError:
        return None


def _insist_on_cancellation() -> None:
    """Be cancelled even if the answer came at the same moment.

    The library then drops the cancellation (measured: half of such moments), and
    whoever waits for the end of the task would wait for ever.
    """
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError


def _failure(error: RequestError) -> TransportFailure:
    causes = [cause["message"] for cause in error.details["causes"] or []]
    said = " | ".join(causes).lower()
    detail = causes[-1] if causes else error.message
    kind = _kind(error, said)
    return TransportFailure(kind, detail + _way() * (kind in _ON_THE_WAY))


def _way() -> str:
    """Name the settings of proxies, which the causes do not; they may hold secrets."""
    names = [n for n in _PROXIES if environ.get(n) or environ.get(n.lower())]
    return f" ({' and '.join(names)} set)" if names else ""


def _kind(error: RequestError, said: str) -> FailureKind:
    if isinstance(error, RequestTimeoutError):
        return FailureKind.TIMEOUT
    if _BEFORE_SENDING in said:
        found = (kind for words, kind in _CONNECT_CAUSES if words in said)
        return next(found, FailureKind.CONNECT)
    if isinstance(error, DecodeError) and _BROKEN_OFF not in said:
        return FailureKind.UNREADABLE
    return FailureKind.RESET
