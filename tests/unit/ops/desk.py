"""An observer whose counters can be looked at."""

from gateway.ops.metrics import Metrics
from gateway.ops.observe import Observer


class Desk:
    """An observer of a process with the bot `shop`, and what it has counted."""

    def __init__(self) -> None:
        self.metrics = Metrics("all")
        self.observer = Observer(self.metrics, {"shop"}, "viber.outbound", "viber.dlq")

    def value(self, name: str, **labels: str) -> float | None:
        """Return a sample's value; None when there is none."""
        return self.metrics.registry.get_sample_value(name, labels)
