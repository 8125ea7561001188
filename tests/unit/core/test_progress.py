"""Maps too large for commit metadata, and how the metadata refers to them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core.progress import (
    progress_record,
    read_map,
    read_reference,
    refer,
)
from gateway.core.record import Place, TopicPartition
from tests.fakes.record import ReadRecord

MAP = "vg1" + "A" * 5000


@given(st.integers(0, 10**9), st.integers(0, 2**63 - 1), st.text(min_size=1))
def test_a_reference_reads_back(partition: int, offset: int, text: str) -> None:
    """It tells the place, and recognises the map that stands there."""
    encoded = text.encode(errors="replace")
    reference = read_reference(refer(Place(partition, offset), encoded.decode()))

    assert reference is not None
    assert reference.place == (partition, offset)
    assert read_map(reference, ReadRecord(encoded)) == encoded.decode()


@pytest.mark.parametrize(
    "text", ["", MAP, "vg>", "vg>1 2", "vg>a b c", "vg>1 2 0123456789abcdeg", "foreign"]
)
def test_what_is_no_reference_is_none(text: str) -> None:
    """A map itself, another program's text, a broken one."""
    assert read_reference(text) is None


@pytest.mark.parametrize("value", [None, b"", b"another map"])
def test_another_record_in_that_place_is_noticed(value: bytes | None) -> None:
    """The topic was deleted and made anew, or the offset is another's."""
    reference = read_reference(refer(Place(0, 7), MAP))

    assert reference is not None
    assert read_map(reference, ReadRecord(value)) is None


def test_a_reference_fits_into_the_metadata() -> None:
    """However far the topic has got."""
    assert len(refer(Place(2**31 - 1, 2**63 - 1), MAP)) < 100


def test_the_key_names_group_topic_and_partition() -> None:
    """Compaction keeps the newest map of each."""
    partition = TopicPartition("viber.outbound", 3)
    record = progress_record("viber.progress", "gateway", partition, MAP)

    assert record.key == b"gateway/viber.outbound/3"
    assert (record.topic, record.value) == ("viber.progress", MAP.encode())
