"""What a process shows on `/metrics`, read by the client library's own parser."""

from prometheus_client.parser import text_string_to_metric_families

from tests.e2e.support.gateway import Gateway


def metric(gateway: Gateway, name: str, **labels: str) -> float | None:
    """Return the value of a sample; None when there is none."""
    shown = gateway.probe("metrics").body.decode()
    return next(
        (
            sample.value
            for family in text_string_to_metric_families(shown)
            for sample in family.samples
            if sample.name == name and labels.items() <= sample.labels.items()
        ),
        None,
    )
