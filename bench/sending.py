"""sending: commands from Kafka to a sink that answers like Viber, results back.

The gateway's sender with everything on: results, metrics, limiter (set so high that
it never limits), map of finished offsets.  The sink counts what was lost, doubled,
overtaken, or sent to one receiver at once.
"""

import argparse
from collections.abc import Callable, Mapping
from functools import partial

from bench import sending_faults
from bench.broker import real_kafka
from bench.sending_run import Case, drive
from bench.sink import Sink
from bench.table import Figures, show

CASES: Mapping[str, Case] = {
    "500 keys, 20 ms, 64": Case(keys=500, delay_ms=20, in_flight=64),
    "500 keys, 80 ms, 256": Case(keys=500, delay_ms=80, in_flight=256),
    "20,000 keys, 20 ms, 1,000": Case(keys=20_000, delay_ms=20, in_flight=1000),
}


def add_options(parser: argparse.ArgumentParser) -> None:
    """Say what can be chosen."""
    add = parser.add_argument
    add("--rounds", type=int, default=3)
    add("--commands", type=int, default=20_000)
    kinds = parser.add_mutually_exclusive_group()
    kinds.add_argument("--kill", action="store_true", help="kill -9 half way")
    kinds.add_argument("--stuck", action="store_true", help="one receiver fails")
    add("--fail-seconds", type=float, default=30, help="with --stuck: for how long")
    add("--backlog", type=int, default=5000, help="with --stuck: its own commands")


def run(options: argparse.Namespace) -> None:
    """Measure."""
    with real_kafka() as kafka, Sink() as sink:
        if options.kill:
            one = partial(sending_faults.kill_half_way, kafka, sink, options)
            _repeat("sending, killed half way", {"500 keys, 20 ms, 64": one}, options)
        elif options.stuck:
            sending_faults.compare_stuck(kafka, sink, options)
        else:
            runs = {
                name: partial(drive, kafka, sink, case, options.commands)
                for name, case in CASES.items()
            }
            _repeat(f"sending {options.commands} commands", runs, options)


def _repeat(
    title: str,
    runs: Mapping[str, Callable[[], Figures]],
    options: argparse.Namespace,
) -> None:
    rounds: dict[str, list[Figures]] = {name: [] for name in runs}
    for _ in range(options.rounds):
        for name, one in runs.items():
            rounds[name].append(one())
    show(title, rounds)
