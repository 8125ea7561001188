"""profile: where a role of the gateway spends its time under load, by py-spy.

Prints the functions that cost most: by themselves, and with what they call.  Counts
only samples that hold the interpreter's lock, so idle threads are left out, and system
calls too; with `--native` both are in, and frames of C and Rust.
https://github.com/benfred/py-spy
"""

import argparse
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType

from bench import load
from bench.broker import Topic, real_kafka
from bench.callbacks import signed_requests
from bench.commands import commands, user_ids
from bench.process import BenchError
from bench.product import Gateway
from bench.sending_run import USUAL, Site
from bench.sink import Sink
from tests.kafka.broker import Kafka

SAMPLES_PER_SECOND = 500
SENT_PER_SECOND = 4000  # more than is sent while sampled


def add_options(parser: argparse.ArgumentParser) -> None:
    """Say what can be chosen."""
    parser.add_argument("role", choices=["receiver", "sender"])
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("--lines", type=int, default=30, help="of each table")
    parser.add_argument("--native", action="store_true", help="C and Rust frames too")
    parser.add_argument("--keep", type=Path, help="file for the collapsed stacks")


def run(options: argparse.Namespace) -> None:
    """Sample, and print."""
    with tempfile.TemporaryDirectory() as folder, real_kafka() as kafka:
        file = options.keep or Path(folder, "stacks")
        ROLES[options.role](kafka, options, file)
        stacks = [_stack(line) for line in file.read_text().splitlines()]
    samples = sum(count for _, count in stacks)
    print(f"\n{samples} samples in {options.seconds} s")
    _show("by themselves", _by_themselves(stacks), samples, options.lines)
    _show("with what they call", _with_all(stacks), samples, options.lines)


def _profile_receiver(kafka: Kafka, options: argparse.Namespace, file: Path) -> None:
    settings = {
        "KAFKA_BOOTSTRAP_SERVERS": kafka.bootstrap_servers,
        "TOPIC_INBOUND": Topic(kafka, "profile").name,
    }
    with Gateway("receiver", settings) as gateway:
        url = gateway.started().webhook
        requests = signed_requests(url)
        load.burst(url, requests, 1)
        with _sampled(gateway.pid, options, file):
            load.burst(url, requests, options.seconds)


def _profile_sender(kafka: Kafka, options: argparse.Namespace, file: Path) -> None:
    with Sink() as sink:
        site = Site(kafka, sink, USUAL.in_flight)
        sink.reset(USUAL.delay_ms)
        count = SENT_PER_SECOND * (options.seconds + 1)
        with site.sender() as gateway:
            site.commands.write(commands(count, user_ids(USUAL.keys)))
            with _sampled(gateway.pid, options, file):
                pass


ROLES: Mapping[str, Callable[[Kafka, argparse.Namespace, Path], None]] = (
    MappingProxyType({"receiver": _profile_receiver, "sender": _profile_sender})
)


@contextmanager
def _sampled(pid: int, options: argparse.Namespace, file: Path) -> Iterator[None]:
    """Sample a process while the body runs, and for as long as was asked."""
    py_spy = shutil.which("py-spy", path=str(Path(sys.executable).parent))
    if py_spy is None:
        raise BenchError("no py-spy: make .venv/dev.stamp installs it")
    command = [py_spy, "record", "--format", "raw", "--output", str(file)]
    command += ["--rate", str(SAMPLES_PER_SECOND), "--function"]
    command += ["--duration", str(options.seconds), "--pid", str(pid)]
    command.append("--native" if options.native else "--gil")
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ) as spy:
        yield
        said, _ = spy.communicate()
    if spy.returncode:
        raise BenchError(f"py-spy failed:\n{said.decode(errors='replace')}")


Stack = tuple[list[str], int]


def _stack(line: str) -> Stack:
    """Read `outer;inner;innermost count`."""
    frames, _, count = line.rpartition(" ")
    return frames.split(";"), int(count)


def _by_themselves(stacks: list[Stack]) -> Counter[str]:
    found: Counter[str] = Counter()
    for frames, count in stacks:
        found[frames[-1]] += count
    return found


def _with_all(stacks: list[Stack]) -> Counter[str]:
    found: Counter[str] = Counter()
    for frames, count in stacks:
        for frame in set(frames):
            found[frame] += count
    return found


def _show(title: str, found: Counter[str], samples: int, lines: int) -> None:
    print(f"\n{title}")
    for frame, count in found.most_common(lines):
        print(f"{count / samples:7.1%}  {frame}")
