"""Large maps go to the progress topic and come back; what fails loses no work."""

from collections.abc import Sequence

from gateway.core.errors import KafkaUnavailableError
from gateway.core.record import Commit, NewRecord, Place, Record, TopicPartition
from gateway.egress.progress import Progress
from tests.fakes.record import ReadRecord

HERE = TopicPartition("viber.outbound", 3)
SMALL, LARGE = Commit(7, "vg1small"), Commit(7, "vg1" + "A" * 5000)


class Topic:
    """The progress topic, in memory.

    Attributes:
        place: Where the next record will be said to stand; None: it is refused.
        names: As what it was written to and read from.
    """

    def __init__(self) -> None:
        self.records: dict[int, ReadRecord] = {}
        self.names: list[str] = []
        self.place: Place | None = Place(0, 41)

    async def publish(self, record: NewRecord, _seconds: float) -> Place:
        """Keep a record."""
        if self.place is None:
            raise KafkaUnavailableError("refused")
        self.records[self.place.offset] = ReadRecord(record.value)
        self.names.append(record.topic)
        return self.place

    async def reread(
        self, partition: TopicPartition, offsets: Sequence[int]
    ) -> Sequence[Record]:
        """Return what is there."""
        self.names.append(partition.topic)
        return [self.records[o] for o in offsets if o in self.records]


def progress(topic: Topic) -> Progress:
    """Return a progress that uses the topic."""
    return Progress(
        lambda of: f"{of}.progress", "gateway", topic.publish, topic.reread, 1.0
    )


async def test_what_fits_stays_in_the_metadata() -> None:
    """Nothing is written, nothing changed."""
    topic = Topic()

    assert await progress(topic).keep({HERE: SMALL}) == {HERE: SMALL}
    assert await progress(topic).restore({HERE: SMALL}) == {HERE: SMALL}
    assert not topic.records


async def test_a_large_map_comes_back() -> None:
    """The metadata refers to the record; another process finds it."""
    topic = Topic()

    kept = await progress(topic).keep({HERE: LARGE})

    assert len(kept[HERE].text) < 100
    assert await progress(topic).restore(kept) == {HERE: LARGE}
    assert topic.names == ["viber.outbound.progress"] * 2


async def test_a_map_that_kafka_refuses_is_not_committed() -> None:
    """The last commit stands, with its own map."""
    topic = Topic()
    topic.place = None

    assert await progress(topic).keep({HERE: LARGE}) == {}


async def test_a_map_whose_place_is_not_known_is_not_committed() -> None:
    """A broker that had it already does not tell where (offset -1)."""
    topic = Topic()
    topic.place = Place(0, -1)

    assert await progress(topic).keep({HERE: LARGE}) == {}


async def test_a_map_that_is_gone_is_done_without() -> None:
    """What it held may be repeated; nothing is lost."""
    topic = Topic()
    kept = await progress(topic).keep({HERE: LARGE})
    topic.records.clear()

    assert await progress(topic).restore(kept) == {HERE: Commit(7, "")}


async def test_another_record_in_its_place_is_not_taken_for_it() -> None:
    """The topic was made anew."""
    topic = Topic()
    kept = await progress(topic).keep({HERE: LARGE})
    topic.records[41] = ReadRecord(b"vg1other")

    assert await progress(topic).restore(kept) == {HERE: Commit(7, "")}
