"""Which partitions are paused, because they fill their part of the buffer."""

from collections.abc import Mapping

from gateway.core.record import TopicPartition


def without_room(
    held: Mapping[TopicPartition, int], most: int
) -> frozenset[TopicPartition]:
    """Tell which partitions hold twice what is free, or more.

    So none takes the room of the others, in whatever order they are read, and one
    alone may fill two thirds.

    Args:
        held: How many commands each partition holds.
        most: How many may be held, over all.

    Source: Choudhury and Hahne, Dynamic Queue Length Thresholds for Shared-Memory
        Packet Switches, 1998.
    """
    free = most - sum(held.values())
    return frozenset(p for p, count in held.items() if count >= 2 * free)
