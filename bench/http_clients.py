"""http-clients: the candidates for calling Viber, for ADR 4.

Each makes the same calls of the sink in a process of its own: throughput, CPU,
connections.  Then each meets servers that fail, and what it raises is shown.
"""

import argparse
import asyncio
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench.clients import CLIENTS, Wish, explain
from bench.faulty_peers import SILENT, faulty_peers
from bench.process import ROOT, BenchError
from bench.sink import Sink
from bench.table import Words, show, show_words
from tests.kafka.certificates import make_certificates

TIMEOUTS = (0.5, 5.3)  # seconds
BODY = b'{"receiver": "1"}'


def add_options(parser: argparse.ArgumentParser) -> None:
    """Say what can be chosen."""
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--calls", type=int, default=5000)
    parser.add_argument("--in-flight", type=int, default=64)
    parser.add_argument("--delay-ms", type=int, default=20)


def run(options: argparse.Namespace) -> None:
    """Measure."""
    with tempfile.TemporaryDirectory() as folder:
        certificates = Path(folder, "certificates")
        make_certificates(certificates)
        authority = certificates / "ca.pem"
        with Sink(certificates) as sink:
            _compare("plain", sink, [sink.api_url], options)
            _compare("TLS", sink, [sink.tls_url, str(authority)], options)
            asyncio.run(_meet_faults(sink.tls_url))


def _compare(
    kind: str, sink: Sink, target: list[str], options: argparse.Namespace
) -> None:
    rounds: dict[str, list[dict[str, float]]] = {name: [] for name in CLIENTS}
    for _ in range(options.rounds):
        for name, runs in rounds.items():
            sink.reset(options.delay_ms)
            runs.append(_trial(name, target, options))
            runs[-1]["connections"] = sink.report().connections - 1
    show(f"{options.calls} calls, {options.in_flight} in flight, {kind}", rounds)


def _trial(
    name: str, target: list[str], options: argparse.Namespace
) -> dict[str, float]:
    """Run one client in a process of its own; its start is not counted."""
    shape = [name, str(options.calls), str(options.in_flight), *target]
    command = [sys.executable, "-m", "bench.client_trial", *shape]
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise BenchError(f"{name} failed:\n{done.stderr}")
    figures: dict[str, float] = json.loads(done.stdout)
    return figures


async def _meet_faults(stranger: str) -> None:
    """Show what each client raises, and after how many seconds."""
    async with faulty_peers() as urls:
        rows = [
            (fault, name, await _meet(name, url, TIMEOUTS[0]))
            for fault, url in {**urls, "unknown authority": stranger}.items()
            for name in CLIENTS
        ]
        rows += await _miss_deadlines(urls[SILENT])
    show_words(f"errors; a whole call may take {TIMEOUTS[0]} s", rows)


async def _miss_deadlines(url: str) -> list[Words]:
    """Show how exact each client's time limit is, also a longer one."""
    async with asyncio.TaskGroup() as tasks:
        meeting = {
            (name, seconds): tasks.create_task(_meet(name, url, seconds))
            for name in CLIENTS
            for seconds in TIMEOUTS
        }
    return [
        (f"limit of {seconds} s", name, task.result())
        for (name, seconds), task in meeting.items()
    ]


async def _meet(name: str, url: str, seconds: float) -> str:
    """Make one call; tell what it came to."""
    async with CLIENTS[name](Wish(1, seconds)) as post:
        started = time.monotonic()
        try:
            end = f"HTTP {await post(url, BODY)}"
        except Exception as error:  # noqa: BLE001  what it raises is what is asked
            end = explain(error)
        return f"{time.monotonic() - started:.2f} s  {end}"
