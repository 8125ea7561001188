"""One run of the sender: commands in, calls to the sink, results out."""

from collections.abc import Mapping
from typing import NamedTuple

from bench.broker import Topic
from bench.commands import commands, user_ids
from bench.product import Gateway
from bench.sink import Report, Sink
from bench.table import Figures
from tests.kafka.broker import Kafka


class Case(NamedTuple):
    """The shape of a load.

    Attributes:
        keys: Users who are written to in turn.
        delay_ms: How long the sink takes for an answer.
        in_flight: Calls under way at once, at most.
        spread_percent: How far the sink's answers are from that, at most.
    """

    keys: int
    delay_ms: int
    in_flight: int
    spread_percent: int = 0

    def __str__(self) -> str:
        spread = f" ± {self.spread_percent} %" if self.spread_percent else ""
        delay = f"{self.delay_ms} ms{spread}"
        return f"{self.keys:,} keys, {delay}, {self.in_flight:,} in flight"


USUAL = Case(keys=500, delay_ms=20, in_flight=64)


class Site:
    """Fresh topics, a group, and the settings of a sender for them."""

    def __init__(self, kafka: Kafka, sink: Sink, in_flight: int) -> None:
        self.commands = Topic(kafka, "commands")
        self.results = Topic(kafka, "results")
        self.dead_letters = Topic(kafka, "dead-letters")
        self._inbound = Topic(kafka, "inbound")
        self._progress = Topic(kafka, "progress")
        self.settings: Mapping[str, str] = {
            "KAFKA_BOOTSTRAP_SERVERS": kafka.bootstrap_servers,
            "KAFKA_CONSUMER_GROUP": kafka.unique("bench"),
            "SENDER_MAX_IN_FLIGHT": str(in_flight),
            "TOPIC_DEAD_LETTERS": self.dead_letters.name,
            "TOPIC_INBOUND": self._inbound.name,
            "TOPIC_OUTBOUND": self.commands.name,
            "TOPIC_PROGRESS": self._progress.name,
            "TOPIC_RESULTS": self.results.name,
            "VIBER_API_URL": sink.api_url,
        }

    def sender(self, **more: str) -> Gateway:
        """Start a sender and wait until it is ready."""
        return Gateway("sender", {**self.settings, **more}).started()


def drive(kafka: Kafka, sink: Sink, case: Case, count: int) -> Figures:
    """Let a running sender, warm and idle, take so many commands at once."""
    site = Site(kafka, sink, case.in_flight)
    sink.reset(case.delay_ms, spread_percent=case.spread_percent)
    with site.sender() as gateway:
        idle = gateway.rss_megabytes
        cpu = gateway.cpu_seconds
        site.commands.write(commands(count, user_ids(case.keys)))
        report = sink.wait_for(lambda now: now.accepted >= count)
        results = site.results.settled_count()
        cpu = gateway.cpu_seconds - cpu
        return {
            "commands/s": report.others.per_second,
            "CPU us/command": cpu / count * 1e6,
            "RSS MB": gateway.peak_megabytes,
            "idle MB": idle,
            "most in flight": report.most_in_flight,
            **faults(report, count),
            "results": results,
        }


def faults(report: Report, count: int) -> Figures:
    """Count what must not be."""
    both = (report.others, report.stuck)
    return {
        "lost": count - report.accepted,
        "doubled": sum(tally.duplicates for tally in both),
        "overtaken": sum(tally.violations for tally in both),
        "at once": sum(tally.overlaps for tally in both),
    }
