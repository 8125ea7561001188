"""Which topics cannot be written to: told once when it begins, once when it is over.

A partition without a leader fails beside others that work, so one success proves
nothing: a topic has recovered when it takes records and none has failed for a while.
"""

from collections.abc import Callable, Iterable

QUIET_SECONDS = 5.0  # longer than callbacks wait for one acknowledgement


class Troubles:
    """Hears of every record, and tells of changes.

    Args:
        clock: Monotonic seconds.
        tell: Called with a topic and why writing to it fails, or None when it works.
    """

    def __init__(
        self, clock: Callable[[], float], tell: Callable[[str, str | None], None]
    ) -> None:
        self._clock = clock
        self._tell = tell
        self._failed_at: dict[str, float] = {}
        self._unanswered: set[str] = set()

    def failed(self, topic: str, why: str) -> None:
        """Hear that a record was not written."""
        self._unanswered.discard(topic)
        is_new = topic not in self._failed_at
        self._failed_at[topic] = self._clock()
        if is_new:
            self._tell(topic, why)

    def unanswered(self, topic: str, why: str) -> None:
        """Hear that a record waits for its answer: the first one ends the trouble."""
        self._unanswered.add(topic)
        if topic not in self._failed_at:
            self._failed_at[topic] = self._clock() - QUIET_SECONDS
            self._tell(topic, why)

    def is_silent(self, topics: Iterable[str]) -> bool:
        """Whether a record waits for its answer on any of these topics."""
        return not self._unanswered.isdisjoint(topics)

    def worked(self, topic: str) -> None:
        """Hear that a record was written."""
        self._unanswered.discard(topic)
        failed_at = self._failed_at.get(topic)
        if failed_at is not None and self._clock() - failed_at >= QUIET_SECONDS:
            del self._failed_at[topic]
            self._tell(topic, None)
