"""Is each topic there, and as it should be: pure, from what Kafka says about it.

One function per question; a topic about which none has anything to say is well.
Sources: Kafka documentation, "Topic Configs"; DESIGN of each rule in its advice.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple

from gateway.adapters.kafka.topics import TopicState
from gateway.cli.finding import Finding, fault, warning, well
from gateway.cli.needed_topics import NeededTopic
from gateway.cli.options import say_duration

FOREVER = "-1"


class Least(NamedTuple):
    """What the operator asks for."""

    partitions: int = 1
    replication: int = 1


Question = Callable[[NeededTopic, TopicState, Least], Iterator[Finding]]


def check_topics(
    needed: Iterable[NeededTopic], found: Mapping[str, TopicState], least: Least
) -> list[Finding]:
    """Look at each topic that is needed."""
    return [
        finding
        for topic in needed
        for finding in _check(topic, found.get(topic.name), least)
    ]


def _check(
    topic: NeededTopic, state: TopicState | None, least: Least
) -> Iterator[Finding]:
    if state is None:
        yield _missing(topic)
        return
    findings = [f for ask in QUESTIONS for f in ask(topic, state, least)]
    yield from findings or [well(_about(topic), _describe(state))]


def _missing(topic: NeededTopic) -> Finding:
    advice = "viber-gateway topics create (or give us the right DESCRIBE on it)"
    if topic.is_optional:
        said = "is not there; needed once a bot has welcome.mode = 'reply'"
        return warning(_about(topic), said, advice)
    return fault(_about(topic), "is not there, or may not be seen", advice)


def _partitions(
    topic: NeededTopic, state: TopicState, least: Least
) -> Iterator[Finding]:
    if state.partitions < (topic.need.partitions or least.partitions):
        said = f"has {state.partitions} partitions, at least {least.partitions} asked"
        advice = (
            "stop the writers, drain it, then kafka-topics.sh --alter --partitions: "
            "keys move to other partitions, so their order breaks meanwhile"
        )
        yield fault(_about(topic), said, advice)


def _replication(
    topic: NeededTopic, state: TopicState, least: Least
) -> Iterator[Finding]:
    said = f"is kept {state.replication} times"
    advice = "kafka-reassign-partitions.sh with more replicas for each partition"
    if state.replication < least.replication:
        yield fault(_about(topic), f"{said}, {least.replication} asked", advice)
    elif state.replication == 1:
        yield warning(_about(topic), "one lost disk loses its records", advice)


def _in_sync(topic: NeededTopic, state: TopicState, _: Least) -> Iterator[Finding]:
    needed = int((state.config or {}).get("min.insync.replicas", "0"))
    if state.config is None or state.replication == 1:
        return
    if needed == 1:
        said = "an acknowledged record may stand on one disk only"
        yield warning(_about(topic), said, _alter(topic, "min.insync.replicas=2"))
    elif needed >= state.replication:
        said = f"takes nothing while one of its {state.replication} brokers is away"
        value = f"min.insync.replicas={state.replication - 1}"
        yield warning(_about(topic), said, _alter(topic, value))


def _elections(topic: NeededTopic, state: TopicState, _: Least) -> Iterator[Finding]:
    is_unclean = (state.config or {}).get("unclean.leader.election.enable") == "true"
    if is_unclean and state.replication > 1:
        said = "a broker that has fallen behind may lead: acknowledged records are lost"
        value = "unclean.leader.election.enable=false"
        yield warning(_about(topic), said, _alter(topic, value))


def _cleanup(topic: NeededTopic, state: TopicState, _: Least) -> Iterator[Finding]:
    if state.config is None:
        said = "its configuration is not shown to us"
        advice = "give us the right DESCRIBE_CONFIGS on it; an embedded Kafka has none"
        yield warning(_about(topic), said, advice)
        return
    policy = state.config["cleanup.policy"]
    is_compacted = "compact" in policy
    if is_compacted and topic.need.retention is not None:
        said = f"has cleanup.policy={policy}: of records with one key only one is kept"
        yield fault(_about(topic), said, _alter(topic, "cleanup.policy=delete"))
    if not is_compacted and topic.need.retention is None:
        said = f"has cleanup.policy={policy}: maps of finished offsets would be lost"
        yield fault(_about(topic), said, _alter(topic, "cleanup.policy=compact"))


def _retention(topic: NeededTopic, state: TopicState, _: Least) -> Iterator[Finding]:
    if state.config is None or topic.need.retention is None:
        return
    kept, least = state.config["retention.ms"], topic.least_retention
    if kept != FOREVER and int(kept) < least * 1000:
        said = (
            f"keeps records for {say_duration(int(kept) / 1000)}, "
            f"at least {say_duration(least)} is needed"
        )
        kind = fault if topic.need.setting == "outbound" else warning
        yield kind(
            _about(topic), said, _alter(topic, f"retention.ms={least * 1000:.0f}")
        )
    if (most := state.config["retention.bytes"]) != FOREVER:
        said = f"drops records beyond {most} bytes, however young they are"
        yield warning(_about(topic), said, _alter(topic, "retention.bytes=-1"))


QUESTIONS: tuple[Question, ...] = (
    _partitions,
    _replication,
    _in_sync,
    _elections,
    _cleanup,
    _retention,
)


def _about(topic: NeededTopic) -> str:
    return f"topic {topic.name}"


def _describe(state: TopicState) -> str:
    return f"partitions {state.partitions}, replication {state.replication}"


def _alter(topic: NeededTopic, value: str) -> str:
    return f"kafka-configs.sh --alter --topic {topic.name} --add-config {value}"
