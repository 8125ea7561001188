"""receiving: callbacks over HTTP to Kafka, beside what others would do it with.

Three programs take the same signed callbacks in turns: the gateway's receiver, a
program written by hand in Go, and a plain FastAPI route.  Every answer 200 must stand
in the topic; what does not is printed as lost.
"""

import argparse
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from dataclasses import dataclass

from bench import golang, load
from bench.broker import Topic, real_kafka
from bench.callbacks import TOKEN, signed_requests
from bench.idle import idle_connections
from bench.process import Program, free_port
from bench.product import Gateway
from bench.table import Figures, show, show_ratios
from tests.kafka.broker import Kafka
from tests.kafka.wire import HOST, is_listening

GATEWAY, GO, PLAIN = "gateway", "Go, net/http and franz-go", "plain FastAPI route"
WARM_UP_SECONDS = 1.0
SLICE_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Candidate:
    """A running program, and where its events go."""

    program: Program
    topic: Topic
    url: str


def add_options(parser: argparse.ArgumentParser) -> None:
    """Say what can be chosen."""
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=5, help="of each burst")
    parser.add_argument("--connections", type=int, default=64)
    parser.add_argument(
        "--idle", type=int, default=0, help="the gateway alone, with and without these"
    )
    parser.add_argument(
        "--long", type=int, default=0, help="the gateway alone, so many callbacks"
    )


def run(options: argparse.Namespace) -> None:
    """Measure."""
    with real_kafka() as kafka:
        if options.long:
            _watch_memory(kafka, options)
        elif options.idle:
            _compare_idle(kafka, options)
        else:
            _compare(kafka, options)


def _compare(kafka: Kafka, options: argparse.Namespace) -> None:
    with ExitStack() as stack:
        running = {}
        for name, start in CANDIDATES.items():
            try:
                running[name] = stack.enter_context(start(kafka))
            except golang.NoGoError as why:
                print(f"skipped: {name}: {why}")
        rounds: dict[str, list[Figures]] = {name: [] for name in running}
        for _ in range(options.rounds):
            for name, candidate in running.items():
                rounds[name].append(_measure(candidate, options))
    show(f"receiving, {options.connections} connections", rounds)
    for name in ("req/s", "CPU us/req"):
        pairs = ((GATEWAY, GO), (GATEWAY, PLAIN))
        for mine, other in pairs:
            if other in rounds:
                show_ratios(rounds, name, {mine: other})


def _compare_idle(kafka: Kafka, options: argparse.Namespace) -> None:
    """Measure with and without idle connections besides."""
    alone, beside = "busy alone", f"beside {options.idle} idle"
    rounds: dict[str, list[Figures]] = {alone: [], beside: []}
    with _gateway(kafka) as candidate:
        for _ in range(options.rounds):
            rounds[alone].append(_measure(candidate, options))
            rounds[beside].append(_measure(candidate, options, options.idle))
    show("receiving beside idle connections", rounds)
    show_ratios(rounds, "req/s", {beside: alone})


def _watch_memory(kafka: Kafka, options: argparse.Namespace) -> None:
    """Print the memory while so many callbacks are taken."""
    taken, requests = 0, []
    with _gateway(kafka) as candidate:
        requests = signed_requests(candidate.url)
        while taken < options.long:
            got = load.burst(
                candidate.url, requests, SLICE_SECONDS, options.connections
            )
            taken += got.accepted
            rss = candidate.program.rss_megabytes
            print(f"{taken:>12,} callbacks, RSS {rss:.1f} MB", flush=True)
        missing = taken - candidate.topic.settled_count()
        print(f"lost: {max(0, missing)}")


def _measure(
    candidate: Candidate, options: argparse.Namespace, idle: int = 0
) -> Figures:
    """Let one burst loose on one candidate, after a short one that does not count."""
    requests = signed_requests(candidate.url)
    load.burst(candidate.url, requests, WARM_UP_SECONDS, options.connections)
    before = candidate.topic.settled_count()
    kept: AbstractContextManager[list[int]] = nullcontext([0])
    if idle:
        kept = idle_connections(candidate.url, idle)
    with kept as still_open:
        cpu = candidate.program.cpu_seconds
        got = load.burst(candidate.url, requests, options.seconds, options.connections)
        cpu = candidate.program.cpu_seconds - cpu
    written = candidate.topic.settled_count() - before
    figures = {
        "req/s": got.accepted / got.seconds,
        "p50 ms": got.p50_ms,
        "p99 ms": got.p99_ms,
        "CPU us/req": cpu / max(got.accepted, 1) * 1e6,
        "RSS MB": candidate.program.rss_megabytes,
        "not 200": got.refused + got.broken,
        "lost": max(0, got.accepted - written),
    }
    return {**figures, "idle at the end": still_open[0]} if idle else figures


@contextmanager
def _gateway(kafka: Kafka) -> Iterator[Candidate]:
    topic = Topic(kafka, "gateway")
    settings = {
        "KAFKA_BOOTSTRAP_SERVERS": kafka.bootstrap_servers,
        "TOPIC_INBOUND": topic.name,
    }
    with Gateway("receiver", settings) as gateway:
        yield Candidate(gateway.started(), topic, gateway.webhook)


@contextmanager
def _go(kafka: Kafka) -> Iterator[Candidate]:
    topic, port = Topic(kafka, "go"), free_port()
    command = [
        str(golang.build("receiver")),
        *("-address", f"{HOST}:{port}", "-kafka", kafka.bootstrap_servers),
        *("-topic", topic.name, "-token", TOKEN),
    ]
    with Program(GO, command, {}) as program:
        program.wait_until(lambda: is_listening(f"{HOST}:{port}"))
        yield Candidate(program, topic, f"http://{HOST}:{port}/webhooks/main")


@contextmanager
def _plain(kafka: Kafka) -> Iterator[Candidate]:
    topic, port = Topic(kafka, "plain"), free_port()
    app = "bench.reference.plain_fastapi:app"
    options = ["--host", HOST, "--port", str(port), "--no-access-log"]
    command = [sys.executable, "-m", "uvicorn", app, *options]
    settings = {"KAFKA": kafka.bootstrap_servers, "TOPIC": topic.name, "TOKEN": TOKEN}
    with Program(PLAIN, command, settings) as program:
        program.wait_until(lambda: is_listening(f"{HOST}:{port}"))
        yield Candidate(program, topic, f"http://{HOST}:{port}/webhooks/main")


CANDIDATES = {GATEWAY: _gateway, GO: _go, PLAIN: _plain}
