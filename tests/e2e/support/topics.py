"""The topics of one installation, and what can be found in them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tests.e2e.support.records import Draft, Reader, Written, write
from tests.e2e.support.waiting import PATIENCE_SECONDS, wait_for
from tests.kafka.broker import Kafka


@dataclass(frozen=True, slots=True)
class Topics:
    """Topics that nobody else has, and a consumer group for them."""

    servers: str
    group: str
    inbound: str
    outbound: str
    results: str
    dead_letters: str

    @classmethod
    def create(cls, kafka: Kafka) -> "Topics":
        """Make them."""
        names = [kafka.create_topic(n) for n in ("in", "out", "results", "dlq")]
        return cls(kafka.bootstrap_servers, kafka.unique("gateway"), *names)

    @property
    def settings(self) -> Mapping[str, str]:
        """How the gateway and bots find them."""
        return {
            "KAFKA_BOOTSTRAP_SERVERS": self.servers,
            "KAFKA_CONSUMER_GROUP": self.group,
            "TOPIC_INBOUND": self.inbound,
            "TOPIC_OUTBOUND": self.outbound,
            "TOPIC_RESULTS": self.results,
            "TOPIC_DEAD_LETTERS": self.dead_letters,
        }

    def write(self, drafts: Sequence[Draft]) -> list[str]:
        """Write records, in order; return their coordinates, sorted."""
        return write(self.servers, drafts)

    def count(self, topic: str) -> int:
        """How many records a topic holds."""
        with Reader(self.servers, topic) as reader:
            return reader.count()

    def wait_for(
        self, topic: str, count: int, seconds: float = PATIENCE_SECONDS
    ) -> None:
        """Wait until a topic holds so many records."""
        with Reader(self.servers, topic) as reader:
            what = f"{topic} holds {count} records"
            wait_for(what, reader.count, lambda held: held >= count, seconds)

    def read(self, topic: str) -> list[Written]:
        """Read a topic to its present end, partition by partition."""
        with Reader(self.servers, topic) as reader:
            return reader.read()

    def events(self) -> list[Written]:
        """Return the events that are about a user."""
        return [event for event in self.read(self.inbound) if event.key is not None]

    def results_of(self, place: str) -> list[Written]:
        """Wait until the command at some coordinates has ended; return its results."""

        def found() -> list[Written]:
            return [r for r in self.read(self.results) if _command_of(r) == place]

        return wait_for(f"a result of {place}", found)

    def dead_letters_of(self, place: str) -> list[Written]:
        """Return the dead letters of the command at some coordinates."""
        return [
            letter
            for letter in self.read(self.dead_letters)
            if _origin_of(letter) == place
        ]


def _command_of(result: Written) -> str:
    command = result.json["command"]
    return f"{command['topic']}/{command['partition']}/{command['offset']}"


def _origin_of(letter: Written) -> str:
    parts = ("dlq_topic", "dlq_partition", "dlq_offset")
    return "/".join(letter.header(part) for part in parts)
