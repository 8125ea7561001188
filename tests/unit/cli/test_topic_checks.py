"""What is said about a topic, from what Kafka says of it."""

from collections.abc import Mapping

import pytest

from gateway.adapters.kafka.topics import TopicState
from gateway.cli.finding import Finding, Verdict
from gateway.cli.needed_topics import needed_topics
from gateway.cli.topic_checks import Least, check_topics
from tests.unit.cli.configured import SHOP, settings

NEEDED = {topic.need.setting: topic for topic in needed_topics(settings(), [SHOP])}
ANY = Least()
UNCLEAN = "unclean.leader.election.enable"
WELL = {
    "cleanup.policy": "delete",
    "min.insync.replicas": "2",
    "retention.bytes": "-1",
    "retention.ms": "604800000",
    UNCLEAN: "false",
}


def look(
    setting: str,
    config: Mapping[str, str] | None = None,
    partitions: int = 6,
    replication: int = 3,
    least: Least = ANY,
) -> list[Finding]:
    """Check one topic that is well but for what is given."""
    state = TopicState(partitions, replication, {**WELL, **(config or {})})
    topic = NEEDED[setting]
    return check_topics([topic], {topic.name: state}, least)


def test_a_topic_with_nothing_to_say_about_is_well() -> None:
    """One line per topic tells that it was looked at."""
    assert look("outbound") == [
        Finding("topic viber.outbound", Verdict.OK, "partitions 6, replication 3")
    ]


@pytest.mark.parametrize(
    ("setting", "verdict"),
    [("inbound", Verdict.FAULT), ("replies", Verdict.WARNING)],
)
def test_a_missing_topic_is_a_fault_unless_it_is_optional(
    setting: str, verdict: Verdict
) -> None:
    """The advice is the command that creates it."""
    (finding,) = check_topics([NEEDED[setting]], {}, Least())

    assert finding.verdict is verdict
    assert "viber-gateway topics create" in finding.advice


@pytest.mark.parametrize(
    ("setting", "config", "verdict", "said", "advice"),
    [
        ("outbound", {"cleanup.policy": "compact"}, "fault", "one key", "=delete"),
        ("inbound", {"cleanup.policy": "compact,delete"}, "fault", "key", "=delete"),
        ("progress", {"cleanup.policy": "delete"}, "fault", "be lost", "=compact"),
        ("outbound", {"retention.ms": "3600000"}, "fault", "for 1h, at", "=259200000"),
        ("inbound", {"retention.ms": "3600000"}, "warning", "for 1h, at", "=259200000"),
        ("inbound", {"retention.bytes": "1000"}, "warning", "1000 bytes", "=-1"),
        ("inbound", {"min.insync.replicas": "1"}, "warning", "one disk", "=2"),
        ("inbound", {"min.insync.replicas": "3"}, "warning", "takes nothing", "=2"),
        ("outbound", {UNCLEAN: "true"}, "warning", "fallen behind", "=false"),
    ],
)
def test_a_wrong_configuration_is_told_with_the_value_that_mends_it(
    setting: str, config: dict[str, str], verdict: str, said: str, advice: str
) -> None:
    """One finding each, and its advice can be pasted into a shell."""
    compacted = {"cleanup.policy": "compact"} if setting == "progress" else {}

    (finding,) = look(setting, {**compacted, **config})

    assert finding.verdict == verdict
    assert said in finding.said
    assert advice in finding.advice


def test_keeping_for_ever_is_long_enough() -> None:
    """retention.ms = -1 is no short time."""
    (finding,) = look("outbound", {"retention.ms": "-1"})

    assert finding.verdict is Verdict.OK


@pytest.mark.parametrize("policy", ["compact", "compact,delete"])
def test_the_progress_topic_is_compacted_and_its_retention_does_not_matter(
    policy: str,
) -> None:
    """A map that was superseded is worth nothing."""
    (finding,) = look("progress", {"cleanup.policy": policy, "retention.ms": "1"})

    assert finding.verdict is Verdict.OK


def test_fewer_partitions_or_copies_than_asked_are_faults() -> None:
    """The operator's numbers are the measure."""
    findings = look("inbound", least=Least(partitions=12, replication=5))

    assert [(f.verdict, f.said) for f in findings] == [
        (Verdict.FAULT, "has 6 partitions, at least 12 asked"),
        (Verdict.FAULT, "is kept 3 times, 5 asked"),
    ]


def test_a_single_copy_is_a_warning() -> None:
    """It works, until a disk is lost; who is in sync or leads is no matter then."""
    alone = {"min.insync.replicas": "1", UNCLEAN: "true"}
    (finding,) = look("inbound", alone, replication=1)

    assert finding.verdict is Verdict.WARNING
    assert "one lost disk" in finding.said


def test_the_progress_topic_needs_one_partition_only() -> None:
    """It has a few small records, whatever the operator asks of the others."""
    least = Least(partitions=12)

    (finding,) = look("progress", {"cleanup.policy": "compact"}, 1, least=least)

    assert finding.verdict is Verdict.OK


def test_a_configuration_that_may_not_be_seen_is_a_warning() -> None:
    """The right that is missing is named."""
    topic = NEEDED["inbound"]
    hidden = TopicState(6, 3, config=None)

    (finding,) = check_topics([topic], {topic.name: hidden}, Least())

    assert finding.verdict is Verdict.WARNING
    assert "DESCRIBE_CONFIGS" in finding.advice
