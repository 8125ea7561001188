"""Sending while something is wrong: a process killed, a receiver that fails."""

import argparse
import time
from collections.abc import Iterator
from types import MappingProxyType

from bench.broker import Draft
from bench.commands import commands, user_ids
from bench.sending_run import USUAL, Site, faults
from bench.sink import STUCK_RECEIVER, Sink
from bench.table import Figures, show, show_ratios
from tests.kafka.broker import Kafka

STEADFAST = MappingProxyType(
    {"KAFKA_GROUP_INSTANCE_ID": "bench-1", "SENDER_MAX_ATTEMPTS": "100"}
)
UNDISTURBED, BESIDE = "undisturbed", "beside a stuck key"


def kill_half_way(kafka: Kafka, sink: Sink, options: argparse.Namespace) -> Figures:
    """Kill the sender half way (SIGKILL), and start it again at once.

    It is a static member (KIP-345), so it gets its partitions back without waiting
    for the session to end.
    """
    count, backlog = options.commands, options.backlog if options.stuck else 0
    site = Site(kafka, sink, USUAL.in_flight)
    sink.reset(USUAL.delay_ms, options.fail_seconds if options.stuck else 0)
    with site.sender(**STEADFAST) as first:
        site.commands.write(_drafts(count, backlog))
        sink.wait_for(lambda now: now.others.accepted >= count // 2)
        first.kill()
    time.sleep(USUAL.delay_ms / 1000 * 2)  # what was under way has come to its end
    sink.mark()
    restarted_ns = time.time_ns()
    with site.sender(**STEADFAST):
        sink.wait_for(lambda now: now.accepted >= count + backlog)
        results = site.results.settled_count()
        report = sink.report()
    return {
        "silence s": (report.resumed_ns - restarted_ns) / 1e9,
        **faults(report, count + backlog),
        "results": results,
    }


def _drafts(others: int, backlog: int) -> Iterator[Draft]:
    """Write the stuck receiver's commands in front of everybody else's."""
    yield from commands(backlog, [STUCK_RECEIVER], first=others)
    yield from commands(others, user_ids(USUAL.keys))


def compare_stuck(kafka: Kafka, sink: Sink, options: argparse.Namespace) -> None:
    """Measure what one failing receiver costs the others.

    All its commands stand in front of everybody else's.
    """
    rounds: dict[str, list[Figures]] = {UNDISTURBED: [], BESIDE: []}
    for _ in range(options.rounds):
        for name, backlog in ((UNDISTURBED, 0), (BESIDE, options.backlog)):
            figures = _beside(kafka, sink, options, backlog)
            rounds[name].append(figures)
    show("sending while one receiver fails", rounds)
    show_ratios(rounds, "others/s", {BESIDE: UNDISTURBED})


def _beside(
    kafka: Kafka, sink: Sink, options: argparse.Namespace, backlog: int
) -> Figures:
    others = options.commands
    site = Site(kafka, sink, USUAL.in_flight)
    sink.reset(USUAL.delay_ms, options.fail_seconds)
    with site.sender(**STEADFAST) as gateway:
        site.commands.write(_drafts(others, backlog))
        report = sink.wait_for(lambda now: now.others.accepted >= others)
        per_second = report.others.per_second
        report = sink.wait_for(lambda now: now.accepted >= others + backlog)
        return {
            "others/s": per_second,
            "others done s": (report.others.last_ns - report.others.first_ns) / 1e9,
            "all done s": (
                max(report.others.last_ns, report.stuck.last_ns)
                - report.others.first_ns
            )
            / 1e9,
            "refused": report.stuck.refused,
            "RSS MB": gateway.peak_megabytes,
            **faults(report, others + backlog),
            "results": site.results.settled_count(),
        }
