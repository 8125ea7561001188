"""`viber-gateway dev`: the whole product on this machine, without a Viber account.

A Kafka, the simulator, the gateway and the echo bot, wired to each other.
"""

import asyncio
import signal
import sys
import tempfile
from contextlib import suppress
from functools import partial
from pathlib import Path
from string import Template
from typing import Annotated

import typer

from gateway.cli.command_loop import cancel_at
from gateway.cli.embedded_kafka import Kafka, open_kafka
from gateway.cli.groups import Groups
from gateway.cli.local import Local
from gateway.cli.loopback import MAX_PORT, check_free, wait_until
from gateway.cli.processes import ProcessEndedError, Processes
from gateway.cli.web import ask

USER = "Anna"
TOPICS = (
    "viber.inbound",
    "viber.outbound",
    "viber.results",
    "viber.dlq",
    "viber.replies",
)
BOT_NAME = "echo-bot"  # its group's, too; see bots/README.md
COMPACTED = ("viber.progress",)
# What the other commands need to know of it.
OPERATOR = (
    "KAFKA_BOOTSTRAP_SERVERS",
    "VIBER_AUTH_TOKEN",
    "VIBER_API_URL",
    "MANAGEMENT_PORT",
)

INTRODUCTION = Template("""
All of it runs; Ctrl-C ends it.

  Kafka       $kafka  ($kind)
  Simulator   $simulator  (a Viber with one user, $user; API: $simulator/openapi.json)
  Gateway     $gateway/webhooks/main  (probes and metrics: $management)
  Echo bot    bots/python/echo_bot.py
  Chat page   $simulator/

Let $user write to the bot:
  curl -s $simulator/sim/messages -H 'content-type: application/json' -d '{"user": "$user", "text": "hello"}'
or, with Python:
  python3 -c 'import urllib.request as u; print(u.urlopen(u.Request("$simulator/sim/messages", b"{\\"user\\": \\"$user\\", \\"text\\": \\"hello\\"}", {"content-type": "application/json"})).read().decode())'
Look at the chat; the bot has answered by Kafka and the gateway:
  curl -s '$simulator/sim/chat?user=$user'
Look at the topics, from another terminal:
  export $settings
  $program tail inbound
  $program explain ID  (of a command, as `tail results` shows it)
""")  # noqa: E501  lines to copy


def dev(
    kafka: Annotated[
        str | None, typer.Option(help="host:port of a Kafka; else one is embedded.")
    ] = None,
    port: Annotated[
        int, typer.Option(min=1, max=MAX_PORT, help="Where the gateway listens.")
    ] = 8080,
    simulator_port: Annotated[
        int, typer.Option(min=1, max=MAX_PORT, help="Where the simulator is.")
    ] = 8081,
    management_port: Annotated[
        int, typer.Option(min=1, max=MAX_PORT, help="Probes and metrics.")
    ] = 9090,
) -> None:
    """Run everything on this machine: Kafka, Viber's simulator, gateway, echo bot.

    Example: viber-gateway dev --kafka localhost:9092
    """
    ports = {
        "--port": port,
        "--simulator-port": simulator_port,
        "--management-port": management_port,
    }
    check_free(ports)
    found = open_kafka(kafka)
    settings = {"LOG_LEVEL": "DEBUG"}
    local = Local(found.address, port, simulator_port, management_port, settings)
    try:
        with suppress(asyncio.CancelledError):
            asyncio.run(_run(found, local))
    except* ProcessEndedError as ended:
        raise ended.exceptions[0] from None


async def _run(kafka: Kafka, local: Local) -> None:
    """Run until Ctrl-C or SIGTERM.

    Raises:
        GatewayError: A part did not become ready, or ended by itself (then in a
            group).
    """
    cancel_at(signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    with tempfile.TemporaryDirectory() as folder:
        async with Processes(folder) as processes:
            await _start(kafka, local, processes)
            print(_introduction(kafka, local), flush=True)
            await asyncio.Event().wait()


async def _start(kafka: Kafka, local: Local, processes: Processes) -> None:
    """Start all of it; return when the bot has read its first event.

    Consumers wait seconds for others of their group: the bot's while the gateway's do.
    """
    kafka.create_topics(TOPICS, COMPACTED)
    groups = Groups(kafka.address)
    committed = partial(asyncio.to_thread, groups.committed, BOT_NAME, TOPICS[0])
    before = await committed()
    settings = {**local.environment, "BOT_NAME": BOT_NAME}
    await processes.start("echo bot", ["bots.python.echo_bot"], settings)
    await local.start(processes)
    await ask(f"{local.simulator}/sim/users", {"name": USER})
    await local.set_webhook()  # of which Viber's first call is an event, too

    async def has_read() -> bool:
        return await committed() != before

    await wait_until(has_read, f"the echo bot reads nothing of {TOPICS[0]}")


def _introduction(kafka: Kafka, local: Local) -> str:
    settings = (f"{name}={local.environment[name]}" for name in OPERATOR)
    return INTRODUCTION.substitute(
        kafka=kafka.address,
        kind=kafka.kind,
        simulator=local.simulator,
        gateway=local.gateway,
        management=local.management,
        user=USER,
        settings=" ".join(settings),
        program=Path(sys.executable).with_name("viber-gateway"),
    )
