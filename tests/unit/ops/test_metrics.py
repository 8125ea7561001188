"""The catalogue of metrics: names, labels, and values that begin at nought."""

import pytest
from prometheus_client import Metric

from gateway.ops.labels import EVENTS, event_label
from gateway.ops.metrics import Metrics
from tests.fixtures import load, names

OURS = ("viber_", "http_")
# Closed sets, all of them; never an id, a token, a text or an address.
LABELS = {
    "bot",
    "check",
    "client",
    "endpoint",
    "error",
    "error_type",
    "event",
    "http_request_method",
    "http_response_status_code",
    "http_route",
    "kind",
    "outcome",
    "partition",
    "python",
    "reason",
    "revision",
    "role",
    "server_address",
    "state",
    "status",
    "topic",
    "type",
    "version",
}
# Prometheus, "Metric and label naming": base units only.
NOT_BASE_UNITS = {"ms", "milliseconds", "minutes", "hours", "kb", "mb", "percent"}


def catalogue() -> list[Metric]:
    """Return every metric of ours, as a process declares them."""
    families = Metrics("all").registry.collect()
    return [family for family in families if family.name.startswith(OURS)]


def full_name(family: Metric) -> str:
    """Return the name as it is exposed."""
    return f"{family.name}_total" if family.type == "counter" else family.name


by_metric = pytest.mark.parametrize("family", catalogue(), ids=full_name)


@by_metric
def test_a_metric_is_described_in_one_sentence(family: Metric) -> None:
    """It is the help that Prometheus shows."""
    assert family.documentation[0].isupper() or family.documentation[0].isdigit()
    assert family.documentation.endswith(".")


@by_metric
def test_a_metric_tells_its_unit(family: Metric) -> None:
    """In base units, at the end of its name; what is merely counted has none."""
    name = full_name(family)

    assert not set(name.split("_")) & NOT_BASE_UNITS
    assert family.type != "histogram" or name.endswith(("_seconds", "_bytes"))


def declared() -> dict[str, tuple[str, ...]]:
    """Return the labels of every metric by the name of its attribute."""
    metrics = vars(Metrics("all"))
    return {
        name: metric._labelnames  # noqa: SLF001  the library has no public way
        for name, metric in metrics.items()
        if hasattr(metric, "_labelnames")
    }


@pytest.mark.parametrize(("name", "labels"), declared().items(), ids=declared())
def test_a_label_is_one_of_a_few(name: str, labels: tuple[str, ...]) -> None:
    """Each new one is a decision: how many values can it have?"""
    assert set(labels) <= LABELS, name


def test_processes_share_no_metrics() -> None:
    """Each has a registry of its own, so that tests and roles do not mix."""
    one, other = Metrics("sender"), Metrics("sender")

    one.commit_errors.labels("viber.outbound").inc()

    labels = {"topic": "viber.outbound"}
    name = "viber_kafka_commit_errors_total"
    assert one.registry.get_sample_value(name, labels) == 1
    assert other.registry.get_sample_value(name, labels) is None


def test_what_runs_is_told() -> None:
    """Its version, revision, role and Python, as labels of a 1."""
    families = {f.name: f for f in Metrics("all", "4e9f2c1").registry.collect()}
    (sample,) = families["viber_build_info"].samples

    assert sample.value == 1
    assert sample.labels.keys() == {"version", "revision", "role", "python"}
    assert sample.labels["role"] == "all"
    assert sample.labels["revision"] == "4e9f2c1"


def test_the_process_itself_is_measured() -> None:
    """Memory, processor time, garbage collection: the client library's own."""
    found = {family.name for family in Metrics("all").registry.collect()}

    assert {"process_resident_memory_bytes", "python_gc_objects_collected"} <= found


@pytest.mark.parametrize("name", names("callbacks"))
def test_every_known_event_has_a_label_of_its_own(name: str) -> None:
    """Those of the fixtures, which is every event that Viber has described."""
    event = load(name)["event"]

    assert event_label(event) == event


@pytest.mark.parametrize("event", ["", "Message", "message ", "<script>", "x" * 1000])
def test_an_unknown_event_is_an_other(event: str) -> None:
    """What arrives must not make new time series."""
    assert event_label(event) == "other"
    assert "other" not in EVENTS
