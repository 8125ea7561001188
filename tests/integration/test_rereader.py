"""Put-off commands are read again, by their offsets."""

from collections.abc import Collection, Mapping
from random import Random
from typing import Any

from aiokafka import AIOKafkaConsumer

from gateway.adapters.kafka.clients import KafkaClients
from gateway.adapters.kafka.rereader import Rereader
from gateway.core.record import TopicPartition
from gateway.settings import KafkaSettings
from tests.e2e.support.records import Draft, write
from tests.kafka.broker import Kafka

RECORDS = 400
STEP = 10
PIECES = 24
PIECE_BYTES = 100_000


class Asked:
    """Makes consumers, and counts how often they ask for records."""

    def __init__(self, clients: KafkaClients) -> None:
        self._clients = clients
        self.times = 0

    def __call__(self, topics: Collection[str]) -> AIOKafkaConsumer:
        """Make a consumer."""
        consumer = self._clients.reader(topics)
        ask = consumer.getmany

        async def counted(*partitions: Any, **options: Any) -> Mapping[Any, Any]:
            self.times += 1
            found: Mapping[Any, Any] = await ask(*partitions, **options)
            return found

        setattr(consumer, ask.__name__, counted)
        return consumer


def written(kafka: Kafka, count: int, more: bytes = b"") -> TopicPartition:
    """Write records into one partition, each with its offset as its value."""
    topic = kafka.create_topic("reread")
    drafts = [Draft(topic, b"%d" % number + more, "key") for number in range(count)]
    place, *_ = write(kafka.bootstrap_servers, drafts)
    return TopicPartition(topic, int(place.split("/")[1]))


def asked(kafka: Kafka) -> Asked:
    """Return what makes consumers of this Kafka."""
    servers = kafka.bootstrap_servers
    return Asked(KafkaClients(KafkaSettings(bootstrap_servers=servers)))


async def test_a_busy_key_s_commands_are_read_in_large_pieces(kafka: Kafka) -> None:
    """What came with the last piece is not asked for again."""
    here, consumers = written(kafka, RECORDS), asked(kafka)
    async with Rereader(consumers) as rereader:
        found = [
            record.offset
            for first in range(0, RECORDS, STEP)
            for record in await rereader.read(here, range(first, first + STEP))
        ]

    assert found == list(range(RECORDS))
    assert consumers.times < RECORDS / STEP / 2


async def test_whatever_is_asked_for_comes(kafka: Kafka) -> None:
    """From one partition or another, forwards or back, alone or with gaps."""
    places = [written(kafka, RECORDS), written(kafka, RECORDS)]
    dice = Random(7)  # noqa: S311  only for variety
    async with Rereader(asked(kafka)) as rereader:
        for _ in range(40):
            here = dice.choice(places)
            offsets = sorted(dice.sample(range(RECORDS), dice.randint(1, 50)))
            found = await rereader.read(here, offsets)

            assert [(record.topic, record.partition) for record in found] == (
                [here] * len(offsets)
            )
            assert [record.value for record in found] == [b"%d" % o for o in offsets]


async def test_what_comes_in_several_pieces_comes_whole(kafka: Kafka) -> None:
    """Wherever a piece ends; Kafka hands out a megabyte at a time."""
    here = written(kafka, PIECES, b"0" * PIECE_BYTES)
    async with Rereader(asked(kafka)) as rereader:
        for count in range(1, PIECES + 1):
            found = await rereader.read(here, range(count))

            assert [record.offset for record in found] == list(range(count))
