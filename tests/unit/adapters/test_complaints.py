"""Why Kafka is away: each client is told its own reason."""

import logging
from collections.abc import Iterator

import pytest
from aiokafka.errors import (
    ClusterAuthorizationFailedError,
    GroupAuthorizationFailedError,
    KafkaConnectionError,
    UnknownTopicOrPartitionError,
)

from gateway.adapters.kafka.complaints import LIBRARY, Complaints

LOGGER = logging.getLogger(LIBRARY)
REFUSED = 'Unable connect to "kafka:9092": [Errno 111] Connection refused'


@pytest.fixture
def complaints() -> Iterator[Complaints]:
    """Return a collection that hears the library until the test ends."""
    collection = Complaints()
    yield collection
    LOGGER.removeHandler(collection)


def test_what_the_library_says_of_connecting_is_the_reason(
    complaints: Complaints,
) -> None:
    """Its error says only that nothing came of it; `doctor` can tell more."""
    LOGGER.error('Unable connect to "%s:%s": %s', "kafka", 9092, "[Errno 111] refused")
    LOGGER.error("Unable to update metadata from %s", ["bootstrap"])

    told = complaints.explain(KafkaConnectionError("Unable to bootstrap"))

    assert told == (
        "Unable connect to \"kafka:9092\": [Errno 111] refused ('doctor' tells why)"
    )


def test_a_connection_that_breaks_off_without_a_word_is_explained(
    complaints: Complaints,
) -> None:
    """As where the listener wants a login, and none is tried."""
    told = complaints.explain(KafkaConnectionError("Unable to bootstrap"))

    assert told.startswith("a broker breaks off: is KAFKA_SECURITY_PROTOCOL what ")


def test_a_missing_right_is_not_told_as_what_another_client_said(
    complaints: Complaints,
) -> None:
    """Producer and consumer have each its own troubles."""
    LOGGER.error("Unexpected error during InitProducerIdRequest: %s", "some class")
    LOGGER.error(REFUSED)

    group = complaints.explain(GroupAuthorizationFailedError("viber-gateway"))
    cluster = complaints.explain(ClusterAuthorizationFailedError())
    other = complaints.explain(UnknownTopicOrPartitionError())

    assert group == "no right to be a member of the group (READ on it)"
    assert cluster == "no right to write to any topic (WRITE)"
    assert other.startswith("UnknownTopicOrPartitionError: ")
