"""The world around the release, as this machine reaches it."""

import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus

from confluent_kafka.admin import AdminClient
from confluent_kafka.cimpl import NewTopic

from tests.chart.cluster.kubectl import Cluster, free_port
from tests.chart.cluster.world import PARTITIONS, TOKENS, TOPICS, world
from tests.e2e.support.topics import Topics
from tests.e2e.support.viber import Viber
from tests.e2e.support.web import send_json

_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Kafka and Viber.

    Attributes:
        kafka: Kafka's address.
        simulator: The simulator's URL.
    """

    kafka: str
    simulator: str

    def viber(self, bot: str) -> Viber:
        """Open a bot's side of Viber; its log begins now."""
        return Viber(self.simulator, bot, TOKENS[bot])

    def with_new_token(self, bot: str) -> Viber:
        """Let Viber give a bot another token; the one before is refused then."""
        token = "-".join(uuid.uuid4().hex[:16] for _ in range(3))
        opened = send_json(f"{self.simulator}/sim/bots", {"name": bot, "token": token})
        assert opened.status == HTTPStatus.CREATED
        return Viber(self.simulator, bot, token)

    def topics(self, bot: str) -> Topics:
        """Return a bot's topics."""
        names = ("inbound", "outbound", "results", "deadLetters")
        return Topics(self.kafka, "gw", *(TOPICS[name] for name in names)).of(bot)


@contextmanager
def neighbours(cluster: Cluster) -> Iterator[Neighbours]:
    """Start them, and make them reachable."""
    port = free_port()
    cluster.apply(world(port))
    for name in ("kafka", "simulator"):
        cluster.wait_until_rolled_out(name)
    with (
        cluster.forward("deployment/kafka", 9094, port),
        cluster.forward("deployment/simulator", 8081) as simulator,
    ):
        found = Neighbours(f"127.0.0.1:{port}", f"http://127.0.0.1:{simulator}")
        _create(found.kafka, sorted(_names()))
        cluster.wait_until_rolled_out("echo-bot")
        yield found


def _names() -> set[str]:
    return {name.format(bot=bot) for name in TOPICS.values() for bot in TOKENS}


def _create(servers: str, names: Sequence[str]) -> None:
    """Create the topics; progress is compacted, as the gateway wants it."""
    topics = [
        NewTopic(name, PARTITIONS, 1, config={"cleanup.policy": "compact"})
        if name == TOPICS["progress"]
        else NewTopic(name, PARTITIONS, 1)
        for name in names
    ]
    admin = AdminClient({"bootstrap.servers": servers})
    for created in admin.create_topics(topics).values():
        created.result(_SECONDS)
