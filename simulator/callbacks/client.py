"""The HTTP client that posts callbacks, over pyreqwest.

Viber waits about 5 s for an answer (measured by a bot's author: viber-bot-php issue
37).  Redirects are not followed and no proxy is asked: webhooks of tests are local.
"""

import asyncio
from contextlib import AbstractAsyncContextManager
from datetime import timedelta

from pyreqwest.client import Client, ClientBuilder
from pyreqwest.exceptions import (
    ConnectError,
    RequestError,
    RequestTimeoutError,
)

from simulator.callbacks.callback import Reply
from simulator.rules import signature as rules
from simulator.rules.limits import CALLBACK_SECONDS

# Below uvicorn's 5 s, so that no callback meets a connection just being closed.
IDLE_SECONDS = 3
# What reqwest names among the causes of a failed connection; all else is TLS.
CONNECT_TROUBLES = (("dns error", "dns"), ("tcp connect error", "refused"))


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
        try:
            request = self._client.post(address).body_bytes(body)
        except ValueError:  # no URL, although it passed for one
            return Reply(None, trouble="broken")
        request = request.headers(rules.signed_headers(header))
        if query is not None:
            request = request.query({rules.QUERY: query})
        try:
            response = await request.build().send()
            return Reply(response.status, bytes(await response.bytes()))
        except RequestError as error:
            return Reply(None, trouble=_trouble(error))
        finally:
            _end_if_cancelled()


def _end_if_cancelled() -> None:
    """Raise again what pyreqwest swallows now and then: else workers never end."""
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError


def _trouble(error: RequestError) -> str:
    if isinstance(error, RequestTimeoutError):
        return "timeout"
    if not isinstance(error, ConnectError):
        return "broken"
    causes = " ".join(cause["message"] for cause in error.details["causes"] or [])
    found = (trouble for words, trouble in CONNECT_TROUBLES if words in causes)
    return next(found, "tls")
