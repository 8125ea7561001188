"""The topics of one installation, and what can be found in them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tests.e2e.support.records import (
    Draft,
    Reader,
    Written,
    committed,
    create,
    empty,
    write,
)
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

    @classmethod
    def create_per_bot(cls, kafka: Kafka, bots: Sequence[str]) -> "Topics":
        """Make them for each of some bots; `{bot}` stands in the names."""
        names = [f"{kafka.unique(n)}-{{bot}}" for n in ("in", "out", "results", "dlq")]
        topics = cls(kafka.bootstrap_servers, kafka.unique("gateway"), *names)
        create(topics.servers, [n.replace("{bot}", b) for n in names for b in bots])
        return topics

    def of(self, bot: str) -> "Topics":
        """Return one bot's."""
        names = (self.inbound, self.outbound, self.results, self.dead_letters)
        own = (name.replace("{bot}", bot) for name in names)
        return Topics(self.servers, self.group, *own)

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

    def empty(self) -> None:
        """Delete all records; the next offsets stay what they are."""
        names = (self.inbound, self.outbound, self.results, self.dead_letters)
        empty(self.servers, names)

    def events(self) -> list[Written]:
        """Return the events that are about a user."""
        return [event for event in self.read(self.inbound) if event.key is not None]

    def wait_until_ended(self, commands: int, seconds: float = 60) -> None:
        """Wait until so many commands have a result; repeats count once."""

        def ended() -> int:
            return len({r.json["command_id"] for r in self.read(self.results)})

        wait_for("results", ended, lambda count: count == commands, seconds)

    def committed(self) -> dict[int, int]:
        """Return how far the group has got with the commands, by partition."""
        return committed(self.servers, self.group, self.outbound)

    def wait_for_commit(self, offset: int, seconds: float = PATIENCE_SECONDS) -> None:
        """Wait until the group has got there, where there is one partition."""
        what = f"a commit of {offset}"
        wait_for(what, self.committed, lambda found: found == {0: offset}, seconds)

    def results_of(self, place: str) -> list[Written]:
        """Wait until the command at some coordinates has ended; return its results."""

        def found() -> list[Written]:
            return [r for r in self.read(self.results) if command_of(r) == place]

        return wait_for(f"a result of {place}", found)

    def dead_letters_of(self, place: str) -> list[Written]:
        """Return the dead letters of the command at some coordinates."""
        return [
            letter
            for letter in self.read(self.dead_letters)
            if _origin_of(letter) == place
        ]


def command_of(result: Written) -> str:
    """Return the coordinates of the command that a result is about."""
    command = result.json["command"]
    return f"{command['topic']}/{command['partition']}/{command['offset']}"


def _origin_of(letter: Written) -> str:
    parts = ("dlq_topic", "dlq_partition", "dlq_offset")
    return "/".join(letter.header(part) for part in parts)
