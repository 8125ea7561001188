"""What a new topic shall be like."""

import pytest

from gateway.adapters.kafka.topics import BROKERS_DEFAULT, TopicState
from gateway.cli.needed_topics import DAY, needed_topics
from gateway.cli.topic_checks import Least, check_topics
from gateway.cli.topics import plan
from tests.unit.cli.configured import SHOP, settings

NEEDED = {topic.need.setting: topic for topic in needed_topics(settings(), [SHOP])}


@pytest.mark.parametrize("setting", NEEDED)
def test_what_is_created_passes_the_check(setting: str) -> None:
    """With three brokers, `topics create` leaves nothing for `topics check` to say."""
    topic = NEEDED[setting]
    made = plan(topic, partitions=6, replication=3, retention=None)
    rest = {"retention.bytes": "-1", "retention.ms": "1"}
    state = TopicState(made.partitions, made.replication, rest | dict(made.config))

    (finding,) = check_topics([topic], {topic.name: state}, Least(6, 3))

    assert finding.verdict == "ok"


def test_a_retention_that_is_given_holds_for_all_but_the_compacted_topic() -> None:
    """The operator's word counts for inbound and dead letters alike."""
    kept = {
        setting: plan(topic, 6, 1, 2 * DAY).config.get("retention.ms")
        for setting, topic in NEEDED.items()
    }

    assert kept.pop("progress") is None
    assert set(kept.values()) == {"172800000"}


def test_few_copies_leave_the_brokers_own_rule_for_writing() -> None:
    """min.insync.replicas = 2 would stop a topic with one or two copies."""
    configs = [
        plan(NEEDED["inbound"], 6, copies, None).config
        for copies in (BROKERS_DEFAULT, 1, 2)
    ]

    assert not any("min.insync.replicas" in config for config in configs)
