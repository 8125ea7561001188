"""Is the process started, ready, alive: what the probes ask.

Started: Kafka's metadata was read once by every part.  Ready: started, not draining,
and no check fails.  Kafka being away later is no reason to be unready: callbacks get
their 503 and Viber repeats them (ADR 0006).  Alive: the event loop answers at all,
and the poll loop ticks.
"""

from collections.abc import Callable, Mapping

POLL_LIMIT_SECONDS = 60.0


class Health:
    """Collects what the parts say about themselves.

    Args:
        clock: Monotonic seconds.
        parts: Names of the parts that must have started.
    """

    def __init__(self, clock: Callable[[], float], parts: frozenset[str]) -> None:
        self._clock = clock
        self._starting = set(parts)
        self._checks: dict[str, Callable[[], bool]] = {}
        self._only_told: set[str] = set()
        self._ticked_at: float | None = None
        self.is_draining = False

    def expect(self, part: str) -> None:
        """Wait for one more part before being started."""
        self._starting.add(part)

    def started(self, part: str) -> None:
        """Hear that a part has reached Kafka once."""
        self._starting.discard(part)

    def add_check(
        self, name: str, is_well: Callable[[], bool], *, is_needed: bool = True
    ) -> None:
        """Add a check that readiness depends on, or one that is only told."""
        self._checks[name] = is_well
        if not is_needed:
            self._only_told.add(name)

    def tick(self) -> None:
        """Hear that the poll loop went round."""
        self._ticked_at = self._clock()

    @property
    def is_started(self) -> bool:
        """Whether every part has reached Kafka once."""
        return not self._starting

    @property
    def is_alive(self) -> bool:
        """Whether the poll loop, once it has begun, still goes round."""
        if self._ticked_at is None:
            return True
        return self._clock() - self._ticked_at < POLL_LIMIT_SECONDS

    @property
    def failing(self) -> list[str]:
        """The conditions of readiness that fail; with none, traffic is welcome."""
        return [
            name
            for name, is_well in self.checks.items()
            if not is_well and name not in self._only_told
        ]

    @property
    def checks(self) -> Mapping[str, bool]:
        """Each condition by name, those that are only told as well; True is well."""
        return {
            "startup": self.is_started,
            "draining": not self.is_draining,
            **{name: is_well() for name, is_well in self._checks.items()},
        }
