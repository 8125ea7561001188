"""`viber-gateway dev`: the whole product on this machine, without a Viber account.

A Kafka, the simulator, the gateway and the echo bot, wired to each other.  Settings
in the environment do not count here, so that it runs the same everywhere.
"""

import asyncio
import json
import os
import signal
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from http.client import HTTPException
from string import Template
from typing import Annotated
from urllib.request import Request, urlopen

import typer

from gateway.cli.embedded_kafka import Kafka, open_kafka
from gateway.cli.processes import ProcessEndedError, Processes
from gateway.core.errors import GatewayError, SettingsError
from gateway.environment import groups
from gateway.ops.server import bind

HOST = "127.0.0.1"
TOKEN = "4d3a1c9be0f25768-8a61b2c3d4e5f607-0f1e2d3c4b5a6978"  # noqa: S105  the simulator's
USER = "Anna"
READY_SECONDS = 30.0
ANSWER_SECONDS = 5.0
LOOK_AGAIN_SECONDS = 0.1
TOPICS = ("viber.inbound", "viber.outbound", "viber.results", "viber.dlq")

INTRODUCTION = Template("""
All of it runs; Ctrl-C ends it.

  Kafka       $kafka  ($kind)
  Simulator   $simulator  (a Viber with one user, $user; API: $simulator/docs)
  Gateway     $gateway/webhooks/main  (probes and metrics: $management)
  Echo bot    bots/python/echo_bot.py
  Chat page   $simulator/

Let $user write to the bot:
  curl -s $simulator/sim/messages -H 'content-type: application/json' -d '{"user": "$user", "text": "hello"}'
or, with Python:
  python3 -c 'import urllib.request as u; print(u.urlopen(u.Request("$simulator/sim/messages", b"{\\"user\\": \\"$user\\", \\"text\\": \\"hello\\"}", {"content-type": "application/json"})).read().decode())'
Look at the chat; the bot has answered by Kafka and the gateway:
  curl -s '$simulator/sim/chat?user=$user'
""")  # noqa: E501  lines to copy


class NotReadyError(GatewayError):
    """A part did not become ready in time."""


class PortTakenError(GatewayError):
    """Something else listens on the port already."""


def dev(
    kafka: Annotated[
        str | None, typer.Option(help="host:port of a Kafka; else one is embedded.")
    ] = None,
    port: Annotated[int, typer.Option(help="Where the gateway listens.")] = 8080,
    simulator_port: Annotated[int, typer.Option(help="Where the simulator is.")] = 8081,
    management_port: Annotated[int, typer.Option(help="Probes and metrics.")] = 9090,
) -> None:
    """Run everything on this machine: Kafka, Viber's simulator, gateway, echo bot.

    Example: viber-gateway dev --kafka localhost:9092
    """
    ports = {
        "--port": port,
        "--simulator-port": simulator_port,
        "--management-port": management_port,
    }
    for option, number in ports.items():
        _check_free(option, number)
    setup = Setup(open_kafka(kafka), port, simulator_port, management_port)
    try:
        asyncio.run(setup.run())
    except* ProcessEndedError as ended:
        raise ended.exceptions[0] from None


def _check_free(option: str, port: int) -> None:
    try:
        bind(option, HOST, port).close()
    except SettingsError as error:
        raise PortTakenError(f"{error}; name another one with {option}") from None


class Setup:
    """The parts, and how they find each other."""

    def __init__(
        self, kafka: Kafka, port: int, simulator_port: int, management_port: int
    ) -> None:
        self._kafka = kafka
        self._simulator_port = str(simulator_port)
        self._simulator = f"http://{HOST}:{simulator_port}"
        self._gateway = f"http://{HOST}:{port}"
        self._management = f"http://{HOST}:{management_port}"
        self._environment = _without_settings(os.environ) | {
            "KAFKA_BOOTSTRAP_SERVERS": kafka.address,
            "VIBER_AUTH_TOKEN": TOKEN,
            "VIBER_API_URL": f"{self._simulator}/pa",
            "VIBER_SENDER_NAME": "Echo",
            "HTTP_HOST": HOST,
            "HTTP_PORT": str(port),
            "HTTP_DRAIN_SECONDS": "0",
            "MANAGEMENT_HOST": HOST,
            "MANAGEMENT_PORT": str(management_port),
            "LOG_FORMAT": "console",
            "LOG_LEVEL": "DEBUG",
        }

    async def run(self) -> None:
        """Run until Ctrl-C or SIGTERM.

        Raises:
            GatewayError: A part did not become ready, or ended by itself (then in a
                group).
        """
        stop = asyncio.Event()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
        with tempfile.TemporaryDirectory() as folder:
            async with Processes(folder) as processes:
                await self._start(processes)
                print(self._introduction(), flush=True)
                await stop.wait()

    async def _start(self, processes: Processes) -> None:
        self._kafka.create_topics(TOPICS)
        bot = ("--bot", f"main={TOKEN}")
        port = ("--port", self._simulator_port)
        management = ("--gateway-management", self._management)
        simulator = ["simulator", *port, *bot, *management]
        await processes.start("simulator", simulator, self._environment)
        await _wait_for(f"{self._simulator}/sim/state")
        await _ask(f"{self._simulator}/sim/users", {"name": USER})
        await processes.start("gateway", ["gateway", "run"], self._environment)
        await _wait_for(f"{self._management}/readyz")
        echo_bot = ["bots.python.echo_bot"]
        await processes.start("echo bot", echo_bot, self._environment)
        webhook = {"url": f"{self._gateway}/webhooks/main", "auth_token": TOKEN}
        await _ask(f"{self._simulator}/pa/set_webhook", webhook)

    def _introduction(self) -> str:
        return INTRODUCTION.substitute(
            kafka=self._kafka.address,
            kind=self._kafka.kind,
            simulator=self._simulator,
            gateway=self._gateway,
            management=self._management,
            user=USER,
        )


def _without_settings(environ: Mapping[str, str]) -> dict[str, str]:
    prefixes = tuple(group.prefix for group in groups().values())
    return {k: v for k, v in environ.items() if not k.upper().startswith(prefixes)}


async def _wait_for(url: str) -> None:
    """Wait until a part answers with 200."""
    try:
        async with asyncio.timeout(READY_SECONDS):
            while True:
                with suppress(OSError, HTTPException):
                    await _ask(url)
                    return
                await asyncio.sleep(LOOK_AGAIN_SECONDS)
    except TimeoutError:
        raise NotReadyError(f"{url} does not answer") from None


async def _ask(url: str, content: dict[str, str] | None = None) -> None:
    """GET, or POST content; raise OSError unless the answer is 200."""
    body = None if content is None else json.dumps(content).encode()
    request = Request(url, body, {"content-type": "application/json"})  # noqa: S310  loopback
    answer = await asyncio.to_thread(urlopen, request, timeout=ANSWER_SECONDS)
    answer.close()
