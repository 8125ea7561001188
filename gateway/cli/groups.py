"""Which consumer groups read a topic, and how far they have committed.

librdkafka's mock cluster tells nothing of members: there nobody seems to read.
"""

from contextlib import suppress

from gateway.cli.embedded_kafka import ANSWER_SECONDS

with suppress(
    ImportError
):  # the extra is not installed; then no Kafka is opened either
    from confluent_kafka import (
        ConsumerGroupTopicPartitions,
        KafkaException,
        TopicPartition,
    )
    from confluent_kafka.admin import AdminClient


class Groups:
    """The consumer groups of a cluster; every call blocks until Kafka answers."""

    def __init__(self, address: str) -> None:
        self._admin = AdminClient({"bootstrap.servers": address, "log_level": 0})

    def reading(self, topic: str) -> list[str]:
        """Name the groups with a member to which a partition of the topic belongs."""
        try:
            listed = self._admin.list_consumer_groups().result(ANSWER_SECONDS)
            names = [group.group_id for group in listed.valid]
            described = self._admin.describe_consumer_groups(names) if names else {}
            groups = [each.result(ANSWER_SECONDS) for each in described.values()]
        except KafkaException:
            return []
        return [
            group.group_id
            for group in groups
            if any(
                partition.topic == topic
                for member in group.members
                for partition in member.assignment.topic_partitions
            )
        ]

    def committed(self, group: str, topic: str) -> dict[int, int]:
        """Return the offsets that a group has committed, by partition; 0: none yet.

        Partitions are named: of those that are not the mock cluster tells nothing.
        """
        known = self._admin.list_topics(topic, ANSWER_SECONDS).topics[topic]
        named = [TopicPartition(topic, number) for number in known.partitions]
        asked = [ConsumerGroupTopicPartitions(group, named)]
        (found,) = self._admin.list_consumer_group_offsets(asked).values()
        partitions = found.result(ANSWER_SECONDS).topic_partitions or []
        return {p.partition: max(p.offset, 0) for p in partitions}
