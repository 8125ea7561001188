"""The pytest side: fixtures that give a Kafka, markers, the closing words.

`kafka` is to be used, `kafka_of_three` and `kafka_cluster` are to be broken.

One Kafka serves the whole run.  It is started before the first test, so that no
test's time-out counts it, and only when a collected test asks for it.
A test marked `real_kafka` is skipped by name on the mock cluster.
"""

import contextlib
import os
from collections.abc import Callable, Generator, Iterator
from typing import Final

import pytest

from tests.kafka import jars
from tests.kafka.broker import FOR_WANT, Kafka
from tests.kafka.choice import NoKafkaError, candidates, is_real_required, running_kafka
from tests.kafka.cluster import KafkaCluster, install
from tests.kafka.properties import ClusterShape

StartCluster = Callable[[ClusterShape], KafkaCluster]

_KAFKA: Final = pytest.StashKey[Kafka]()
_TO_BE_BROKEN: Final = {"kafka_cluster", "kafka_of_three"}


@pytest.fixture(scope="session")
def kafka(pytestconfig: pytest.Config) -> Kafka:
    """Return the Kafka of this run."""
    return pytestconfig.stash[_KAFKA]


@pytest.fixture
def kafka_cluster() -> Iterator[StartCluster]:
    """Start clusters of any shape, to be broken; they end with the test.

    Skips the test by name where Java is missing, or fails it where a real Kafka is
    required.
    """
    _require_java()
    with contextlib.ExitStack() as stack:
        yield lambda shape: stack.enter_context(KafkaCluster(shape))


@pytest.fixture(scope="session")
def kafka_of_three() -> Iterator[KafkaCluster]:
    """Return three brokers for the whole run; who breaks them mends them.

    No topic makes itself there.  Without Java it is as with `kafka_cluster`.
    """
    _require_java()
    settings = {"auto.create.topics.enable": "false"}
    with KafkaCluster(ClusterShape(brokers=3, settings=settings)) as cluster:
        yield cluster


def _require_java() -> None:
    if missing := jars.what_is_missing():
        end = pytest.fail if is_real_required(os.environ) else pytest.skip
        end(f"{FOR_WANT}: brokers to break ({missing})")


def pytest_report_header() -> str:
    """Say which Kafka would be taken."""
    try:
        return (
            f"kafka: started when a test asks: {', else '.join(candidates(os.environ))}"
        )
    except NoKafkaError as error:
        raise pytest.UsageError(str(error)) from error


@pytest.hookimpl(tryfirst=True)  # before -m and -k choose
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests that use Kafka, so that `-m "not kafka"` leaves them out."""
    for item in items:
        if {"kafka", *_TO_BE_BROKEN} & _fixtures(item):
            item.add_marker("kafka")


def _fixtures(item: pytest.Item) -> set[str]:
    return set(item.fixturenames) if isinstance(item, pytest.Function) else set()


@pytest.hookimpl(wrapper=True)
def pytest_runtestloop(session: pytest.Session) -> Generator[None, object, object]:
    """Start what the collected tests ask for, run them, take it away again."""
    wanted = set[str]().union(*map(_fixtures, session.items))
    if session.config.option.collectonly:
        wanted.clear()
    with contextlib.ExitStack() as stack:
        if "kafka" in wanted:
            kafka = _start(stack)
            session.config.stash[_KAFKA] = kafka
            _tell(session.config, f"kafka: {kafka.describe()}")
        if _TO_BE_BROKEN & wanted and not jars.what_is_missing():
            install()
        return (yield)


def _start(stack: contextlib.ExitStack) -> Kafka:
    try:
        return stack.enter_context(running_kafka(os.environ))
    except NoKafkaError as error:
        pytest.exit(f"no Kafka for the tests: {error}", returncode=1)


def _tell(config: pytest.Config, line: str) -> None:
    reporter = config.pluginmanager.getplugin("terminalreporter")
    if reporter is not None:
        reporter.write_line(line)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip what the mock cluster cannot do."""
    kafka = item.config.stash.get(_KAFKA, None)
    if item.get_closest_marker("real_kafka") and kafka and not kafka.is_real:
        pytest.skip(f"{FOR_WANT}: {kafka.kind} was taken")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Count what was skipped for want of a real Kafka; -ra has named it."""
    skipped = terminalreporter.stats.get("skipped", [])
    wanting = [report for report in skipped if FOR_WANT in str(report.longrepr)]
    if wanting:
        terminalreporter.write_line(f"skipped {FOR_WANT}: {len(wanting)}")
