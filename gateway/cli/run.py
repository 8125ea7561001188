"""`viber-gateway run`: the gateway itself."""

import asyncio
from enum import StrEnum
from functools import partial
from typing import Annotated

import typer
import uvloop

from gateway.bots import read_bots
from gateway.cli.configuration import read_configuration
from gateway.roster import Roster
from gateway.service import Service
from gateway.settings import Settings


class RoleName(StrEnum):
    """What the process does."""

    all = "all"
    receiver = "receiver"
    sender = "sender"


def run(
    role: Annotated[
        RoleName, typer.Option(help="Callbacks, commands, or both.")
    ] = RoleName.all,
) -> None:
    """Run the gateway until SIGTERM.

    Example: KAFKA_BOOTSTRAP_SERVERS=localhost:9092 VIBER_AUTH_TOKEN_FILE=token
    viber-gateway run --role receiver
    """
    settings, _ = read_configuration()
    bots = Roster(partial(read_bots, settings.viber))
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_serve(settings, bots, role))


async def _serve(settings: Settings, bots: Roster, role: RoleName) -> None:
    await Service(settings, bots, role.value).run()
