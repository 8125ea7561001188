"""Ports of this machine, and the processes that a command has started behind them."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import ExitStack, suppress
from http.client import HTTPException

from gateway.cli.web import ask
from gateway.core.errors import GatewayError, SettingsError
from gateway.ops.server import bind

HOST = "127.0.0.1"
MAX_PORT = 65_535
READY_SECONDS = 30.0
LOOK_AGAIN_SECONDS = 0.1


class NotReadyError(GatewayError):
    """A part did not become ready in time."""


class PortTakenError(GatewayError):
    """Something else listens on the port already."""


def check_free(ports: Mapping[str, int]) -> None:
    """Make sure that nobody listens on these ports yet, and that all are different.

    Args:
        ports: By the options that name them.

    Raises:
        PortTakenError: Somebody does; the text names the option.
    """
    with ExitStack() as stack:
        for option, port in ports.items():
            try:
                stack.enter_context(bind(option, HOST, port))
            except SettingsError as error:
                said = f"{error}; name another one with {option}"
                raise PortTakenError(said) from None


def free_ports(count: int) -> list[int]:
    """Return ports on which nobody listens."""
    with ExitStack() as stack:
        socks = [stack.enter_context(bind("port", HOST, 0)) for _ in range(count)]
        return [sock.getsockname()[1] for sock in socks]


async def wait_for(url: str) -> None:
    """Wait until a part answers with success.

    Raises:
        NotReadyError: It does not.
    """

    async def answers() -> bool:
        with suppress(OSError, HTTPException):
            await ask(url)
            return True
        return False

    await wait_until(answers, f"{url} does not answer")


async def wait_until(is_so: Callable[[], Awaitable[bool]], else_: str) -> None:
    """Ask again and again until it is so.

    Raises:
        NotReadyError: It has not become so; `else_` says what is wrong then.
    """
    try:
        async with asyncio.timeout(READY_SECONDS):
            while not await is_so():  # noqa: ASYNC110  another process decides
                await asyncio.sleep(LOOK_AGAIN_SECONDS)
    except TimeoutError:
        raise NotReadyError(else_) from None
