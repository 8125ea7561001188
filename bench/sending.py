"""sending: commands from Kafka to a sink that answers like Viber, results back.

The gateway's sender with everything on: results, metrics, limiter (set so high that
it never limits), map of finished offsets.  The sink counts what was lost, doubled,
overtaken, or sent to one receiver at once.
"""

import argparse
from collections.abc import Callable, Mapping
from functools import partial

from bench import sending_faults, sending_rebalance
from bench.broker import real_kafka
from bench.sending_run import USUAL, Case, drive
from bench.sink import Sink
from bench.table import Figures, show

CASES = (
    Case(500, 20, 64),
    Case(500, 80, 256),
    Case(500, 80, 256, spread_percent=10),
    Case(20_000, 20, 1000),
)


def add_options(parser: argparse.ArgumentParser) -> None:
    """Say what can be chosen."""
    add = parser.add_argument
    add("--rounds", type=int, default=3)
    add("--commands", type=int, default=20_000)
    add(
        "--case",
        type=_case,
        action="append",
        metavar="KEYS:DELAY_MS:IN_FLIGHT[:SPREAD_PERCENT]",
        help="repeatable; without any there are four",
    )
    add("--kill", action="store_true", help="kill -9 half way")
    add("--stuck", action="store_true", help="one receiver fails; with --kill too")
    add("--rebalance", action="store_true", help="a second replica comes and goes")
    add("--fail-seconds", type=float, default=30, help="with --stuck: for how long")
    add("--backlog", type=int, default=5000, help="with --stuck: its own commands")


def run(options: argparse.Namespace) -> None:
    """Measure."""
    with real_kafka() as kafka, Sink() as sink:
        if options.kill:
            one = partial(sending_faults.kill_half_way, kafka, sink, options)
            _repeat("sending, killed half way", {str(USUAL): one}, options)
        elif options.rebalance:
            sending_rebalance.watch(kafka, sink, options)
        elif options.stuck:
            sending_faults.compare_stuck(kafka, sink, options)
        else:
            runs = {
                str(case): partial(drive, kafka, sink, case, options.commands)
                for case in options.case or CASES
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


def _case(text: str) -> Case:
    try:
        return Case(*map(int, text.split(":")))
    except (TypeError, ValueError):
        message = "three numbers, or four, with colons"
        raise argparse.ArgumentTypeError(message) from None
