"""Sending while replicas come and go: how long a user waits for the next command."""

import argparse
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from threading import Event

from bench.broker import Draft
from bench.commands import commands, user_ids
from bench.sending_run import Site, faults
from bench.sink import Sink
from bench.table import Figures, show
from tests.kafka.broker import Kafka

RECEIVERS, PER_SECOND, DELAY_MS, IN_FLIGHT = 40, 400, 20, 64
SETTLE_SECONDS = 4.0
QUIET, JOINS, LEAVES = "nothing happens", "a replica joins", "a replica leaves"


def watch(kafka: Kafka, sink: Sink, options: argparse.Namespace) -> None:
    """Let a second replica come and go, while each receiver gets ten commands a second.

    What is printed as pause is the longest that any receiver waited from one of its
    commands to the next, the tenth of a second between two included.
    """
    rounds: dict[str, list[Figures]] = {QUIET: [], JOINS: [], LEAVES: []}
    site, stop = Site(kafka, sink, IN_FLIGHT), Event()
    sink.reset(DELAY_MS)
    with site.sender(), ThreadPoolExecutor() as pool:
        flow = pool.submit(_write, site, stop)
        sink.wait_for(lambda now: now.accepted >= PER_SECOND)
        try:
            for _ in range(options.rounds):
                _come_and_go(site, sink, rounds)
        finally:
            stop.set()
        written = flow.result()
        report = sink.wait_for(lambda now: now.accepted >= written)
    show("sending while replicas come and go", rounds)
    print(faults(report, written))


def _come_and_go(site: Site, sink: Sink, rounds: dict[str, list[Figures]]) -> None:
    sink.mark()
    rounds[QUIET].append(_pause(sink))
    sink.mark()
    with site.sender():
        rounds[JOINS].append(_pause(sink))
        sink.mark()
    rounds[LEAVES].append(_pause(sink))


def _pause(sink: Sink) -> Figures:
    """Tell the longest pause since the mark, once the group has settled."""
    time.sleep(SETTLE_SECONDS)
    return {"pause s": sink.report().silence_ns / 1e9}


def _write(site: Site, stop: Event) -> int:
    """Write commands at an even pace until told to stop; return how many."""
    drafts = (
        draft
        for number in count()
        for draft in commands(RECEIVERS, user_ids(RECEIVERS), number * RECEIVERS)
    )
    site.commands.write(_paced(drafts, stop))
    return site.commands.settled_count()


def _paced(drafts: Iterable[Draft], stop: Event) -> Iterator[Draft]:
    began = time.monotonic()
    for number, draft in enumerate(drafts):
        time.sleep(max(0.0, began + number / PER_SECOND - time.monotonic()))
        if stop.is_set():
            return
        yield draft
