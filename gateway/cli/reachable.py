"""Waits until a public URL answers as Viber wants it: 200 to an unsigned `webhook`.

Whatever stands between (DNS, load balancer, certificate, the gateway itself) may not
be ready yet when everything is started at once.
"""

from collections.abc import Awaitable, Callable

from gateway.cli.viber_words import explain_code, explain_failure
from gateway.core.answer import Reply, TransportFailure
from gateway.core.errors import GatewayError
from gateway.egress.clock import Clock

LOOK_AGAIN_SECONDS = 1.0
OK = 200


class NotReachableError(GatewayError):
    """The public URL did not answer in time; the text holds the last reason."""


def why_not(reply: Reply | TransportFailure) -> str | None:
    """Say why a rehearsal failed; None when it went well."""
    if isinstance(reply, TransportFailure):
        return explain_failure(reply)
    return None if reply.http_status == OK else explain_code(reply.http_status)


async def wait_until_reachable(
    url: str,
    rehearse: Callable[[str], Awaitable[Reply | TransportFailure]],
    seconds: float,
    clock: Clock,
) -> None:
    """Call the URL again and again until it answers 200, at most so long.

    Raises:
        NotReachableError: It did not.
    """
    deadline = clock.monotonic() + seconds
    while (reason := why_not(await rehearse(url))) is not None:
        if clock.monotonic() >= deadline:
            raise NotReachableError(f"{url} is not ready after {seconds:g} s: {reason}")
        await clock.sleep(LOOK_AGAIN_SECONDS)
