"""Which Kafka a test run uses.

`TEST_KAFKA` forces docker, java or mock.  Else it is the one that
`TEST_KAFKA_BOOTSTRAP_SERVERS` names, never the product's own variable, and else the
first that starts of Docker, Java and librdkafka's mock cluster.
With `CI=true` or `TEST_REQUIRE_REAL_KAFKA=1` the mock cluster is refused.
"""

import contextlib
import dataclasses
import functools
import gc
import warnings
from collections.abc import Iterator, Mapping
from typing import Final

from tests.kafka.broker import Kafka, Kind
from tests.kafka.providers import STARTED, Provider, UnavailableError, given

FORCED: Final = "TEST_KAFKA"
GIVEN: Final = "TEST_KAFKA_BOOTSTRAP_SERVERS"
REQUIRED: Final = "TEST_REQUIRE_REAL_KAFKA"


class NoKafkaError(Exception):
    """No Kafka that this run may use starts; the reasons are in the message."""


def candidates(environ: Mapping[str, str]) -> dict[Kind, Provider]:
    """Return what to try, in order.

    Raises:
        NoKafkaError: `TEST_KAFKA` names no kind.
    """
    if forced := environ.get(FORCED):
        if chosen := {kind: start for kind, start in STARTED.items() if kind == forced}:
            return chosen
        raise NoKafkaError(f"{FORCED}={forced} is none of {', '.join(STARTED)}")
    if servers := environ.get(GIVEN):
        return {"given": functools.partial(given, servers)}
    return dict(STARTED)


def is_real_required(environ: Mapping[str, str]) -> bool:
    """Whether a run without a real Kafka is a failure."""
    return environ.get("CI") == "true" or environ.get(REQUIRED) == "1"


@contextlib.contextmanager
def running_kafka(environ: Mapping[str, str]) -> Iterator[Kafka]:
    """Start the first candidate that starts.

    Raises:
        NoKafkaError: None starts, or only one that is not enough.
    """
    with contextlib.ExitStack() as stack:
        kafka = _first_that_starts(candidates(environ), stack)
        if is_real_required(environ) and not kafka.is_real:
            raise NoKafkaError(f"a real one is required, not {kafka.describe()}")
        yield kafka


def _first_that_starts(
    tried: Mapping[Kind, Provider], stack: contextlib.ExitStack
) -> Kafka:
    refusals: list[str] = []
    for kind, start in tried.items():
        try:
            kafka = stack.enter_context(start())
        except UnavailableError as why:
            refusals.append(f"not {kind}: {why}")
        else:
            note = "; ".join([kafka.note, *refusals])
            return dataclasses.replace(kafka, note=note)
        _collect_quietly()
    raise NoKafkaError("; ".join(refusals))


def _collect_quietly() -> None:
    """Let go of the socket with which docker-py found no engine, and left open.

    Else its warning, an error here, would hit some innocent test.
    """
    with warnings.catch_warnings(action="ignore", category=ResourceWarning):
        gc.collect()
