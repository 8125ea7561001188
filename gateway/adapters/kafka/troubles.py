"""Which topics cannot be written to: told when it begins, and when it is over.

Of one trouble each reason is told once: partitions that fail for different ones take
turns, and the log would tell of a change at each record.
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
        self._reasons: dict[str, set[str]] = {}
        self._unanswered: set[str] = set()

    def failed(self, topic: str, why: str) -> None:
        """Hear that a record was not written."""
        self._unanswered.discard(topic)
        self._failed_at[topic] = self._clock()
        self._give_reason(topic, why)

    def unanswered(self, topic: str, why: str) -> None:
        """Hear that a record waits for its answer: the first one ends the trouble."""
        self._unanswered.add(topic)
        if topic not in self._failed_at:
            self._failed_at[topic] = self._clock() - QUIET_SECONDS
        self._give_reason(topic, why)

    def is_silent(self, topics: Iterable[str]) -> bool:
        """Whether a record waits for its answer on any of these topics."""
        return not self._unanswered.isdisjoint(topics)

    def worked(self, topic: str) -> None:
        """Hear that a record was written."""
        self._unanswered.discard(topic)
        failed_at = self._failed_at.get(topic)
        if failed_at is not None and self._clock() - failed_at >= QUIET_SECONDS:
            del self._failed_at[topic], self._reasons[topic]
            self._tell(topic, None)

    def _give_reason(self, topic: str, why: str) -> None:
        reasons = self._reasons.setdefault(topic, set())
        if why not in reasons:
            reasons.add(why)
            self._tell(topic, why)
