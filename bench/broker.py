"""The Kafka of a bench: a real one, with fresh topics of six partitions."""

import contextlib
import os
import time
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from confluent_kafka import Consumer, Producer, TopicPartition

from bench.process import BenchError
from tests.kafka.broker import Kafka
from tests.kafka.choice import REQUIRED, NoKafkaError, running_kafka

PARTITIONS = 6
SECONDS = 30.0
SETTLED_SECONDS = 0.5


class Draft(NamedTuple):
    """A record to be written."""

    key: bytes
    value: bytes
    headers: Sequence[tuple[str, bytes]]


@contextlib.contextmanager
def real_kafka() -> Iterator[Kafka]:
    """Run the Kafka that the tests would take, but no imitation.

    Raises:
        BenchError: There is none.
    """
    try:
        with running_kafka({**os.environ, REQUIRED: "1"}) as kafka:
            print(f"Kafka: {kafka.describe()}", flush=True)
            yield kafka
    except NoKafkaError as error:
        raise BenchError(f"no real Kafka: {error}") from error


class Topic:
    """A topic of its own."""

    def __init__(self, kafka: Kafka, prefix: str) -> None:
        self.name = kafka.create_topic(prefix, PARTITIONS)
        self._servers = kafka.bootstrap_servers
        options = {
            "bootstrap.servers": self._servers,
            "group.id": "bench: none",
            "log_level": 0,
        }
        self._consumer = Consumer(options)

    def count(self) -> int:
        """Return how many records were ever written to it."""
        parts = (TopicPartition(self.name, number) for number in range(PARTITIONS))
        return sum(
            self._consumer.get_watermark_offsets(part, timeout=SECONDS)[1]
            for part in parts
        )

    def settled_count(self) -> int:
        """Return how many once no more come."""
        before = -1
        while (count := self.count()) != before:
            before = count
            time.sleep(SETTLED_SECONDS)
        return count

    def write(self, drafts: Iterable[Draft]) -> None:
        """Write records, in order per key.

        Raises:
            BenchError: Kafka refused some.
        """
        refusals: list[object] = []

        def note(error: object, _: object) -> None:
            if error is not None:
                refusals.append(error)

        options = {
            "bootstrap.servers": self._servers,
            "enable.idempotence": True,
            "log_level": 0,
            "partitioner": "murmur2_random",  # as every Java and aiokafka producer does
        }
        producer = Producer(options)
        for draft in drafts:
            producer.produce(
                self.name,
                draft.value,
                draft.key,
                headers=[*draft.headers],
                callback=note,
            )
            producer.poll(0)
        if producer.flush(SECONDS) or refusals:
            raise BenchError(f"Kafka did not take the commands: {refusals[:1]}")
