"""Which metrics and labels a query of Prometheus asks for, and whether we have them."""

import re
from functools import cache
from typing import Final

from prometheus_client.metrics import MetricWrapperBase

from gateway.ops.metrics import Metrics

_SELECTOR: Final = re.compile(
    r"\b((?:viber|http|process|python|kafka)_\w+|viber:[\w:]+|up)\{([^}]*)\}"
)
_LABEL: Final = re.compile(r"(\w+)(?:=|!)")
# Of the scraping and of histograms, not of the metrics themselves.
_GIVEN: Final = {"namespace", "component", "pod", "le"}
# What others show: Prometheus itself, and Strimzi's Kafka Exporter.
_OTHERS: Final = {
    "up": frozenset[str](),
    "kafka_consumergroup_lag": frozenset({"consumergroup", "topic", "partition"}),
}
_SUFFIXES: Final = {
    "counter": ("_total",),
    "histogram": ("_bucket", "_count", "_sum"),
}


def selectors(query: str) -> list[tuple[str, str]]:
    """Return each metric with what stands in its braces."""
    return _SELECTOR.findall(query)


def unknown(query: str) -> list[str]:
    """Name what a query asks for and the gateway does not have."""
    labels = _labels()
    faults = []
    for name, selector in selectors(query):
        if name not in labels:
            faults.append(name)
        elif strangers := set(_LABEL.findall(selector)) - labels[name] - _GIVEN:
            faults.append(f"{name}: {sorted(strangers)}")
    return faults


@cache
def _labels() -> dict[str, frozenset[str]]:
    """Return the labels of every metric by its names in queries."""
    metrics = Metrics("all")
    own = {
        family.name: frozenset(metric._labelnames)  # noqa: SLF001  told nowhere else
        for metric in vars(metrics).values()
        if isinstance(metric, MetricWrapperBase)
        for family in metric.describe()
    }
    found = {
        f"{family.name}{suffix}": own.get(family.name, frozenset())
        for family in metrics.registry.collect()
        for suffix in _SUFFIXES.get(family.type, ("",))
    }
    return {**_OTHERS, **found}
