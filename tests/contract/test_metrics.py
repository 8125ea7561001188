"""The catalogue of metrics <-> what `/metrics` shows, and who counts."""

import re
from pathlib import Path
from typing import Any

import pytest
from prometheus_client import Counter, Gauge, Histogram
from prometheus_client.parser import text_string_to_metric_families

from gateway.ops.health import Health
from gateway.ops.management import management_app
from gateway.ops.metrics import Metrics
from tests.fakes.asgi import Exchange

GATEWAY = Path(__file__).parents[2] / "gateway"
KINDS = (Counter, Gauge, Histogram)


def declared(metrics: Metrics) -> dict[str, Any]:
    """Return every metric by the name of its attribute."""
    return {k: v for k, v in vars(metrics).items() if isinstance(v, KINDS)}


async def test_everything_declared_is_exposed() -> None:
    """With its type, its help, and the labels that it was declared with."""
    metrics = Metrics("all")
    for metric in declared(metrics).values():
        names = metric._labelnames  # noqa: SLF001  the library has no public way
        metric.labels(*names) if names else metric
    app = management_app(
        Health(lambda: 0.0, frozenset()), metrics.registry, lambda: None, dict
    )

    shown = (await Exchange("/metrics", method="GET").run(app)).response.body.decode()

    families = {f.name: f for f in text_string_to_metric_families(shown)}
    for metric in declared(metrics).values():
        (described,) = metric.describe()
        family = families[described.name]
        assert (family.type, family.documentation) == (
            described.type,
            described.documentation,
        )
        labels = set(metric._labelnames)  # noqa: SLF001
        assert all(labels <= sample.labels.keys() for sample in family.samples)
        assert family.samples


@pytest.mark.parametrize("name", declared(Metrics("all")))
def test_everything_declared_is_counted_somewhere(name: str) -> None:
    """A metric that never moves is worse than none."""
    sources = [path for path in GATEWAY.rglob("*.py") if path.name != "metrics.py"]
    use = re.compile(rf"metrics\.{name}\b")

    assert any(use.search(path.read_text(encoding="utf-8")) for path in sources)
