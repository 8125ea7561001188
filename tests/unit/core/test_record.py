"""Records as this product sees them."""

from aiokafka import ConsumerRecord
from aiokafka import TopicPartition as ClientPartition

from gateway.core.record import Commit, Record, TopicPartition, coordinates
from tests.fakes.record import ReadRecord


def test_a_record_is_named_by_where_it_stands() -> None:
    """Topic, partition and offset: no other record has them."""
    record = ReadRecord(topic="viber.outbound", partition=3, offset=41)

    assert coordinates(record) == "viber.outbound/3/41"


def test_a_partition_equals_the_client_librarys() -> None:
    """So the adapter needs to translate nothing when it looks one up."""
    ours: tuple[str, int] = TopicPartition("t", 1)
    theirs: tuple[str, int] = ClientPartition("t", 1)

    assert ours == theirs
    assert hash(ours) == hash(theirs)


def test_the_client_librarys_record_is_a_record() -> None:
    """The adapter hands it on without a copy; mypy checks the members' types."""
    record: Record = ConsumerRecord(
        topic="t",
        partition=0,
        offset=7,
        timestamp=1,
        timestamp_type=0,
        key=None,
        value=b"{}",
        checksum=None,
        serialized_key_size=-1,
        serialized_value_size=2,
        headers=[("bot", b"shop")],
    )

    assert coordinates(record) == "t/0/7"
    assert list(record.headers) == [("bot", b"shop")]


def test_a_commit_needs_no_text() -> None:
    """Most have none: nothing is finished beyond the offset."""
    assert Commit(5) == (5, "")
