"""soak: hours of traffic both ways with faults, and nothing lost, late or grown.

Rounds of commands and of callbacks go through one gateway, real Kafka and the
simulator, which now and then fails, hangs, refuses or doubles something.  After each
round, when all is quiet, its account is settled, its records are deleted, and the
process is looked at.  The first fifth of the rounds warms up.
"""

import argparse
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from bench.broker import real_kafka
from bench.footprint import Footprint, footprint, growth, megabytes_per_hour
from bench.process import BenchError
from bench.table import show
from tests.e2e.support.account import (
    UNEXPLAINED,
    Account,
    account_of_callbacks,
    account_of_commands,
)
from tests.e2e.support.commands import messages
from tests.e2e.support.gateway import Gateway, Gateways
from tests.e2e.support.topics import Topics
from tests.e2e.support.viber import Simulator, Viber
from tests.e2e.support.waiting import wait_for

USERS = 200
COMMANDS = 2000  # of each round; half as many callbacks that users write
EACH = COMMANDS // 2 // USERS
PATIENCE_SECONDS = 120.0
WARM_UP = 5  # one round in so many
SETTINGS: Mapping[str, str] = MappingProxyType({"VIBER_REQUEST_TIMEOUT_SECONDS": "3"})
SEND: Mapping[str, Any] = MappingProxyType({"method": "send_message"})
FAULTS: tuple[Mapping[str, Any], ...] = (
    {**SEND, "kind": "delay", "delay_ms": [5, 40]},
    {**SEND, "kind": "http", "code": 503, "probability": 0.02},
    {**SEND, "kind": "http", "code": 429, "probability": 0.002},
    {**SEND, "kind": "hang", "accept": True, "probability": 0.002},
    {**SEND, "kind": "reset_after", "probability": 0.002},
    {**SEND, "kind": "garbage", "probability": 0.002},
    {**SEND, "kind": "status", "status": 3, "probability": 0.005},
    {"kind": "doubled", "event": "message", "probability": 0.02},
)
OVER_THEIR_LIMIT: Mapping[str, Any] = MappingProxyType(
    {**SEND, "kind": "status", "status": 12, "count": 10}
)


def add_options(parser: argparse.ArgumentParser) -> None:
    """Say what can be chosen."""
    parser.add_argument("--minutes", type=float, default=10)


def run(options: argparse.Namespace) -> None:
    """Soak.

    Raises:
        BenchError: Something grew, was lost, came out of order, or was sent twice
            without a cause.
    """
    with tempfile.TemporaryDirectory() as folder, real_kafka() as kafka:
        place = Path(folder)
        simulator = Simulator(place / "simulator")
        try:
            topics, viber = Topics.create(kafka), simulator.open_bot()
            with Gateways(topics, viber, place) as gateways:
                soak = _Soak(gateways.start("all", SETTINGS), viber, topics)
                _judge(list(soak.rounds(options.minutes * 60)))
        finally:
            simulator.close()


class _Soak:
    """One gateway under traffic."""

    def __init__(self, gateway: Gateway, viber: Viber, topics: Topics) -> None:
        self._gateway = gateway
        self._viber = viber
        self._topics = topics
        self._users = viber.add_users(USERS)
        viber.set_webhook(gateway.webhook(viber), ["delivered"])
        for fault in FAULTS:
            viber.misbehave(**fault)

    def rounds(self, seconds: float) -> Iterator[Footprint]:
        """Let rounds follow each other for so long; tell what the process takes."""
        begun = time.monotonic()
        while (at := time.monotonic() - begun) < seconds:
            for account in self._round():
                _check(account)
            yield footprint(self._gateway, at)
            self._topics.empty()
            self._viber.forget()

    def _round(self) -> Iterator[Account]:
        topics, viber = self._topics, self._viber
        viber.misbehave(**OVER_THEIR_LIMIT)
        topics.write(messages(topics.outbound, viber.bot, self._users, COMMANDS))
        topics.wait_for(topics.results, COMMANDS // 2, PATIENCE_SECONDS)
        with viber.writing(self._users, EACH):  # who wrote is over no limit any more
            topics.wait_for(topics.results, COMMANDS, PATIENCE_SECONDS)
        commands = account_of_commands(topics, viber)
        yield commands
        wanted = USERS * EACH + commands.accepted + commands.duplicates.total()
        wait_for("all callbacks", self._told, lambda told: told[0] == told[1] >= wanted)
        yield account_of_callbacks(topics, viber)

    def _told(self) -> tuple[int, int]:
        """Count the callbacks that stand in the topic, and those that were answered."""
        ids = {event.header("ce_id") for event in self._topics.events()}
        return len(ids), self._viber.count_answered()


def _check(account: Account) -> None:
    unexplained = account.duplicates[UNEXPLAINED]
    # Callbacks of one user may overtake each other on their way from Viber.
    disorders = account.disorders if account.flow == "commands" else ()
    if account.lost or disorders or unexplained:
        raise BenchError(f"the account is not settled: {account}")


def _judge(footprints: list[Footprint]) -> None:
    """Show the beginning and the end, and fail when something grew."""
    steady = footprints[len(footprints) // WARM_UP :]
    moments = {"warm": steady[0], "at the end": steady[-1]}
    show(
        f"soak, {len(footprints)} rounds of {COMMANDS} commands",
        {name: [each._asdict()] for name, each in moments.items()},
    )
    if len(steady) < 2:
        raise BenchError("too short to tell whether anything grows")
    print(f"memory grows by {megabytes_per_hour(steady):.1f} MB an hour", flush=True)
    if grown := growth(steady):
        raise BenchError(f"grown: {', '.join(grown)}")
