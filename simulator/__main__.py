"""The command ``viber-simulator``: a Viber on this machine.

Prints one line when it is ready.  Exit codes: 0 after SIGTERM or SIGINT, 1 when it
cannot serve, 2 for wrong usage.
"""

import argparse
import asyncio
import gc
import socket
from collections.abc import Sequence
from math import inf
from pathlib import Path
from typing import NoReturn

import uvloop

from simulator.callbacks.client import WebhookClient
from simulator.clock import LoopTimers, WallClock
from simulator.composition import (
    DEFAULT_TOKEN,
    LOG_LIMIT,
    Options,
    Simulator,
    application,
)
from simulator.control.app import build
from simulator.scenario import Scenario, ScenarioError, read
from simulator.server import AddressError, bind, serve

DEFAULT = " (default: %(default)s)"


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line."""
    parser = _parser()
    given = parser.parse_args(arguments)
    # All state is trees that live for ever, which full collections would only scan
    # again and again: pauses of 0.2 s with 60,000 messages in the log.
    gc.disable()
    try:
        scenario = Scenario() if given.scenario is None else read(given.scenario)
        sock = bind(given.host, given.port)
        uvloop.run(_run(_options(given, scenario, sock), scenario, sock))
    except ScenarioError as error:
        parser.exit(2, f"viber-simulator: {error}\n")
    except AddressError as error:
        parser.exit(1, f"viber-simulator: {error}\n")


async def _run(options: Options, scenario: Scenario, sock: socket.socket) -> None:
    async with WebhookClient() as client:
        simulator = Simulator(options, WallClock(), LoopTimers(), client)
        simulator.play(scenario)
        app = application(simulator.endpoint, build(simulator))
        async with asyncio.TaskGroup() as group:
            courier = group.create_task(simulator.courier.run())
            await serve(app, sock, lambda: _announce(options.base_url))
            courier.cancel()


def _options(
    given: argparse.Namespace, scenario: Scenario, sock: socket.socket
) -> Options:
    main_bot = () if scenario.bots else (("main", DEFAULT_TOKEN),)
    return Options(
        bots=tuple(given.bot or ()) or main_bot,
        seed=given.seed if scenario.seed is None else scenario.seed,
        time_scale=given.time_scale,
        log_limit=given.log_limit,
        lean=given.lean,
        allow_http=given.allow_http,
        gateway_management=(given.gateway_management or "").rstrip("/"),
        base_url=f"http://{given.host}:{sock.getsockname()[1]}",
    )


def _announce(address: str) -> None:
    print(f"viber-simulator listening on {address}", flush=True)


def _name_and_token(bot: str) -> tuple[str, str]:
    name, _, token = bot.partition("=")
    if not name or not token:
        raise argparse.ArgumentTypeError("a bot is given as NAME=TOKEN")
    return name, token


def _not_negative(number: str) -> float:
    if not 0 <= float(number) < inf:
        raise argparse.ArgumentTypeError(f"must be 0 or more, not {number}")
    return float(number)


def _http_url(url: str) -> str:
    if not url.startswith("http://"):
        raise argparse.ArgumentTypeError(f"must begin with http://, not {url}")
    return url


class _Parser(argparse.ArgumentParser):
    """Tells wrong usage in one line, as other faults."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message}; see '{self.prog} --help'\n")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        "viber-simulator",
        description="A Viber on this machine: a chat page at /, the REST Bot API under"
        " /pa, its users and faults under /sim (/openapi.json describes them).",
    )
    add = parser.add_argument
    add("--host", default="127.0.0.1", help="address to listen on" + DEFAULT)
    add("--port", type=int, default=8081, help="0 takes a free one" + DEFAULT)
    add(
        "--bot",
        type=_name_and_token,
        action="append",
        metavar="NAME=TOKEN",
        help="a bot; repeatable; without any there is one named main",
    )
    add("--scenario", type=Path, metavar="FILE", help="who does what when, in YAML")
    add("--seed", type=int, default=1, help="seed of ids and of all chance" + DEFAULT)
    add(
        "--time-scale",
        type=_not_negative,
        default=1.0,
        help="factor on waits for retries" + DEFAULT,
    )
    add(
        "--log-limit", type=int, default=LOG_LIMIT, help="log entries to keep" + DEFAULT
    )
    add("--lean", action="store_true", help="keep no log and no chats")
    add("--allow-http", action="store_true", help="http webhooks from any host")
    add(
        "--gateway-management",
        type=_http_url,
        metavar="URL",
        help="a gateway's management port, for the chat page to ask",
    )
    return parser


if __name__ == "__main__":
    main()
