"""The command ``viber-simulator``: a Viber on this machine.

Prints one line when it is ready.  Exit codes: 0 after SIGTERM or SIGINT, 1 when it
cannot serve, 2 for wrong usage.
"""

import argparse
import asyncio
import socket
import sys
from collections.abc import Sequence

import uvloop

from simulator.callbacks.client import WebhookClient
from simulator.clock import LoopTimers, WallClock
from simulator.control.app import build
from simulator.server import bind, serve
from simulator.simulator import (
    DEFAULT_TOKEN,
    LOG_LIMIT,
    Options,
    Simulator,
    application,
)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line."""
    given = _parser().parse_args(arguments)
    try:
        sock = bind(given.host, given.port)
    except OSError as error:
        place = f"{given.host}:{given.port}"
        print(f"viber-simulator cannot listen on {place}: {error}", file=sys.stderr)
        sys.exit(1)
    options = Options(
        bots=tuple(given.bot) or (("main", DEFAULT_TOKEN),),
        seed=given.seed,
        time_scale=given.time_scale,
        log_limit=given.log_limit,
        lean=given.lean,
        allow_http=given.allow_http,
        base_url=f"http://{given.host}:{sock.getsockname()[1]}",
    )
    uvloop.run(_run(options, sock))


async def _run(options: Options, sock: socket.socket) -> None:
    async with WebhookClient() as client:
        simulator = Simulator(options, WallClock(), LoopTimers(), client)
        app = application(simulator.endpoint, build(simulator))
        async with asyncio.TaskGroup() as group:
            courier = group.create_task(simulator.courier.run())
            await serve(app, sock, lambda: _announce(options.base_url))
            courier.cancel()


def _announce(address: str) -> None:
    print(f"viber-simulator listening on {address}", flush=True)


def _name_and_token(bot: str) -> tuple[str, str]:
    name, _, token = bot.partition("=")
    if not name or not token:
        raise argparse.ArgumentTypeError("a bot is given as NAME=TOKEN")
    return name, token


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "viber-simulator",
        description="A Viber on this machine: the REST Bot API under /pa, its users"
        " and faults under /sim (see /docs).",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    add = parser.add_argument
    add("--host", default="127.0.0.1", help="address to listen on")
    add("--port", type=int, default=8081, help="0 takes a free one")
    add(
        "--bot",
        type=_name_and_token,
        action="append",
        default=[],
        metavar="NAME=TOKEN",
        help="a bot; repeatable; without any there is one named main",
    )
    add("--seed", type=int, default=1, help="seed of ids and of all chance")
    add("--time-scale", type=float, default=1.0, help="factor on waits for retries")
    add("--log-limit", type=int, default=LOG_LIMIT, help="log entries to keep")
    add("--lean", action="store_true", help="keep no log and no chats")
    add("--allow-http", action="store_true", help="http webhooks from any host")
    return parser


if __name__ == "__main__":
    main()
