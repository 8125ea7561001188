"""What is said about a broker and about a right."""

import pytest
from aiokafka.record.default_records import DefaultRecordBatch

from gateway.adapters.kafka.probe import Address, Trouble, bootstrap_addresses
from gateway.adapters.kafka.rights import corrupt_batch
from gateway.cli.finding import Verdict
from gateway.cli.kafka_checks import WORDS, describe_right
from gateway.settings import KafkaSettings


def test_every_trouble_has_its_words_and_its_advice() -> None:
    """A new one is noticed here."""
    assert set(WORDS) == set(Trouble)
    assert all(said and advice for said, advice in WORDS.values())
    assert len(set(WORDS.values())) == len(WORDS)


@pytest.mark.parametrize(
    ("refused", "verdict", "said"),
    [
        (None, Verdict.OK, "we may WRITE"),
        ("TopicAuthorizationFailedError", Verdict.FAULT, "we may not WRITE"),
        ("NotEnoughReplicasError", Verdict.FAULT, "does not work now: NotEnough"),
        ("LeaderNotAvailableError", Verdict.FAULT, "does not work now: Leader"),
        ("ClusterAuthorizationFailedError", Verdict.FAULT, "we may not WRITE"),
    ],
)
def test_a_right_that_is_missing_is_told_apart_from_brokers_that_are_away(
    refused: str | None, verdict: Verdict, said: str
) -> None:
    """The one needs an ACL, the other a broker."""
    finding = describe_right("topic x", "WRITE", refused)

    assert finding.verdict is verdict
    assert said in finding.said
    assert bool(finding.advice) is (refused is not None)
    assert ("kafka-acls" in finding.advice) is ("Authorization" in (refused or ""))


def test_the_batch_that_tries_writing_is_one_that_no_broker_appends() -> None:
    """Its checksum is wrong, since it says that it has no record; and only that."""
    batch = corrupt_batch()
    mended = bytearray(batch)
    mended[57:61] = b"\0\0\0\1"

    assert batch[57:61] == bytes(4)
    assert not DefaultRecordBatch(batch).validate_crc()
    assert DefaultRecordBatch(bytes(mended)).validate_crc()


@pytest.mark.parametrize(
    ("servers", "expected"),
    [
        ("a:1,b:2", ["a:1", "b:2"]),
        ("a", ["a:9092"]),
        ("[::1]:9094", ["[::1]:9094"]),
    ],
)
def test_each_server_that_the_settings_name_is_tried(
    servers: str, expected: list[str]
) -> None:
    """In the order in which they stand."""
    found = bootstrap_addresses(KafkaSettings(bootstrap_servers=servers))

    assert [str(address) for address in found] == expected
    assert all(isinstance(address, Address) for address in found)
