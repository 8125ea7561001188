"""What publishing by shared batches promises each single record, on a real Kafka.

Whatever is published at once: a batch that fails fails every record in it and none
other, order is kept, a record too large fails alone, who gives up disturbs nobody.
"""

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.adapters.kafka.clients import KafkaClients
from gateway.adapters.kafka.producers import Producers
from gateway.adapters.kafka.publisher import Publisher
from gateway.core.errors import KafkaUnavailableError, RecordTooLargeError
from gateway.core.record import NewRecord
from gateway.settings import KafkaSettings
from tests.e2e.support.records import Reader, Written
from tests.kafka.broker import Kafka

pytestmark = [pytest.mark.real_kafka, pytest.mark.timeout(120)]

MOST_BYTES = 5_000
examples = settings(max_examples=15, deadline=None)


class Wish(NamedTuple):
    """A record that somebody wants written.

    Attributes:
        patience: Turns of the event loop after which he gives up; None: never.
    """

    key: bytes | None
    size: int
    patience: int | None = None


KEYS = st.sampled_from([b"a", b"b", b"c"])
WISHES = st.lists(
    st.builds(
        Wish,
        KEYS | st.none(),
        st.sampled_from([1, MOST_BYTES // 3, MOST_BYTES + 1]),
        st.none() | st.integers(0, 60),
    ),
    min_size=1,
    max_size=80,
)
SOME_WITHOUT_A_KEY = st.lists(
    st.builds(Wish, KEYS | KEYS | KEYS | st.none(), st.just(1), st.none()),
    min_size=1,
    max_size=80,
)


@dataclass(slots=True)
class Run:
    """Wishes published at once, and what came of each.

    Attributes:
        ends: By the number of the wish: None for an acknowledgement, else the error.
        batches: Size and error of each batch that Kafka answered, in order.
    """

    topic: str
    ends: dict[int, Exception | None] = field(default_factory=dict)
    batches: list[tuple[int, str | None]] = field(default_factory=list)

    async def publish(self, kafka: Kafka, wishes: Sequence[Wish]) -> None:
        """Publish them all at once."""
        clients = KafkaClients(KafkaSettings(bootstrap_servers=kafka.bootstrap_servers))
        async with AsyncExitStack() as stack:
            producers = Producers(clients.producer, str, lambda _: None)
            await stack.enter_async_context(producers)
            publisher = Publisher(
                producers, self._note, max_waiting=1000, on_trouble=lambda *_: None
            )
            await stack.enter_async_context(publisher)
            await publisher.publish(NewRecord(self.topic, b"first", b"first", ()))
            self.batches.clear()
            async with asyncio.TaskGroup() as tasks:
                for number, wish in enumerate(wishes):
                    task = tasks.create_task(self._try(publisher, number, wish))
                    tasks.create_task(give_up(task, wish.patience))

    async def _try(self, publisher: Publisher, number: int, wish: Wish) -> None:
        value = b"%d " % number + b"x" * wish.size
        try:
            await publisher.publish(NewRecord(self.topic, wish.key, value, ()), 30.0)
        except (KafkaUnavailableError, RecordTooLargeError) as error:
            self.ends[number] = error
        else:
            self.ends[number] = None

    def _note(
        self,
        topic: str,
        records: int,
        seconds: float,  # noqa: ARG002  as Publisher calls it
        error: str | None,
    ) -> None:
        assert topic == self.topic
        self.batches.append((records, error))

    @property
    def acknowledged(self) -> list[int]:
        """The wishes that were granted, in the order in which they were made."""
        return sorted(number for number, end in self.ends.items() if end is None)


async def give_up(task: asyncio.Task[None], patience: int | None) -> None:
    """Cancel a task after so many turns of the event loop."""
    if patience is not None:
        for _ in range(patience):
            await asyncio.sleep(0)
        task.cancel()


def read(kafka: Kafka, topic: str) -> list[Written]:
    """Return what stands in the topic, but for the first record."""
    with Reader(kafka.bootstrap_servers, topic) as reader:
        return [record for record in reader.read() if record.value != b"first"]


def number_of(record: Written) -> int:
    """Tell whose wish a record is."""
    return int((record.value or b"").split()[0])


@examples
@given(wishes=WISHES)
def test_each_record_has_its_own_fate(kafka: Kafka, wishes: list[Wish]) -> None:
    """Acknowledged is written once, too large is refused, given up is either."""
    topic = kafka.create_topic("fate", config={"max.message.bytes": str(MOST_BYTES)})
    run = Run(topic)

    asyncio.run(run.publish(kafka, wishes))

    written = [number_of(record) for record in read(kafka, topic)]
    assert len(written) == len(set(written))
    for number, wish in enumerate(wishes):
        is_large = wish.size > MOST_BYTES
        assert (number in written) <= (not is_large)
        if number in run.ends:
            assert isinstance(run.ends[number], RecordTooLargeError) == is_large
            assert (number in written) == (run.ends[number] is None)
        else:
            assert wish.patience is not None


@examples
@given(wishes=WISHES)
def test_order_is_kept_per_key(kafka: Kafka, wishes: list[Wish]) -> None:
    """Also when some records are too large, and when somebody gives up."""
    topic = kafka.create_topic("order", config={"max.message.bytes": str(MOST_BYTES)})
    run = Run(topic)

    asyncio.run(run.publish(kafka, wishes))

    records = read(kafka, topic)
    for key in (b"a", b"b", b"c"):
        numbers = [number_of(record) for record in records if record.key == key]
        assert numbers == sorted(numbers)


@examples
@given(wishes=SOME_WITHOUT_A_KEY)
def test_a_failed_batch_fails_every_record_in_it_and_no_other(
    kafka: Kafka, wishes: list[Wish]
) -> None:
    """A compacted topic refuses a whole batch for one record without a key."""
    topic = kafka.create_topic("compact", 1, {"cleanup.policy": "compact"})
    run = Run(topic)

    asyncio.run(run.publish(kafka, wishes))

    assert [number_of(record) for record in read(kafka, topic)] == run.acknowledged
    begin = 0
    for size, error in run.batches:
        members = range(begin, begin + size)
        assert {run.ends[number] is None for number in members} == {error is None}
        assert any(wishes[number].key is None for number in members) == bool(error)
        begin += size
    assert begin == len(wishes) == len(run.ends)
