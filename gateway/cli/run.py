"""`viber-gateway run`: the gateway itself."""

import asyncio
import gc
import sys
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

# How many new objects call for a look at the youngest, how many such looks for one at
# the middle generation, and how many of those for one at all: what lives long here is
# what waits for Kafka or Viber, thousands at a time, and it is seldom garbage.
COLLECT_AFTER = (10_000, 20, 50)

# How long the thread that calls Viber waits for the interpreter while the loop is busy
# before it asks for it.  With Python's 5 ms answers come in heaps, one after 110 ms
# that Viber gave in 80.
GIVE_WAY_SECONDS = 20e-6


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
    service = Service(settings, bots, role.value)
    _spare_what_stays()
    sys.setswitchinterval(GIVE_WAY_SECONDS)
    await service.run()


def _spare_what_stays() -> None:
    """Let the garbage collector pass over what lives as long as the process.

    Modules and settings are a million references; looking at all of them stopped a
    busy receiver for 45 ms every second.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECT_AFTER)
