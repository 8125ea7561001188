"""The HTTP client that posts callbacks, over pyreqwest.

Viber waits about 5 s for an answer (measured by a bot's author: viber-bot-php issue
37).  Redirects are not followed and no proxy is asked: webhooks of tests are local.
"""

from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from typing import Any

from pyreqwest.client import Client, ClientBuilder
from pyreqwest.exceptions import (
    BuilderError,
    ConnectError,
    RequestError,
    RequestTimeoutError,
)

from simulator.callbacks.callback import Reply
from simulator.rules import signature as rules
from simulator.rules.limits import CALLBACK_SECONDS

# Below uvicorn's 5 s, so that no callback meets a connection just being closed.
IDLE_SECONDS = 3
TLS_WORDS = ("certificate", "tls", "ssl", "handshake")


class WebhookClient(AbstractAsyncContextManager["WebhookClient"]):
    """Posts signed bodies to webhooks; errors come back as replies."""

    __slots__ = ("_client",)

    def __init__(self, seconds: float = CALLBACK_SECONDS) -> None:
        self._client: Client = (
            ClientBuilder()
            .timeout(timedelta(seconds=seconds))
            .follow_redirects(enable=False)
            .no_proxy()
            .pool_idle_timeout(timedelta(seconds=IDLE_SECONDS))
            .user_agent("viber-simulator")
            .build()
        )

    async def __aexit__(self, *_: object) -> None:
        """Close the connections."""
        await self._client.close()

    async def __call__(
        self, url: str, body: bytes, header: str | None, query: str | None
    ) -> Reply:
        """Post a body, with its signature in the header and in the query."""
        address = url.partition("?")[0]  # a query was reported lost (php issue 92)
        request = self._client.post(address).body_bytes(body)
        request = request.header("Content-Type", "application/json")
        if header is not None:
            request = request.header(rules.HEADER, header)
        if query is not None:
            request = request.query({rules.QUERY: query})
        try:
            response = await request.build().send()
            return Reply(response.status, bytes(await response.bytes()))
        except (RequestError, BuilderError) as error:
            return Reply(None, trouble=_trouble(error))


def _trouble(error: RequestError | BuilderError) -> str:
    if isinstance(error, RequestTimeoutError):
        return "timeout"
    causes: list[Any] = error.details["causes"] or []
    words = " ".join([str(error), *(cause["message"] for cause in causes)]).lower()
    if any(word in words for word in TLS_WORDS):
        return "tls"
    return "refused" if isinstance(error, ConnectError) else "broken"
