"""An observer whose counters can be looked at."""

from collections.abc import Callable, Mapping

from gateway.ops.metrics import Metrics
from gateway.ops.observe import Observer

Exemplar = Callable[[], Mapping[str, str] | None]


class Desk:
    """An observer of a process with the bot `shop`, and what it has counted."""

    def __init__(self, exemplar: Exemplar | None = None) -> None:
        self.metrics = Metrics("all")
        self.observer = Observer(
            self.metrics, {"shop"}, "viber.outbound", "viber.dlq", exemplar
        )

    def value(self, name: str, **labels: str) -> float | None:
        """Return a sample's value; None when there is none."""
        return self.metrics.registry.get_sample_value(name, labels)
