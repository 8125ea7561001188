"""Where alerts have the lag from: the senders, or Kafka's exporter without them."""

from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from tests.chart.alert_cases import EXPORTED, LAG, NAMESPACE, Series, stays
from tests.chart.rendering import Helm, tree
from tests.chart.test_alerts import in_namespace, rule, told

RECORD: Final = f'viber:kafka_consumer_lag_messages:sum{{namespace="{NAMESPACE}"}}'
UNCOMMITTED: Final = EXPORTED.replace('partition="0"', 'partition="1"')


def rules(helm: Helm, source: str, **more: str) -> Any:
    """Return the rules with a source of the lag."""
    values = {"enabled": True, "lagSource": source, **more}
    return rule(helm, tree("metrics.prometheusRule", values))


@pytest.mark.parametrize(
    ("source", "series", "lag"),
    [
        pytest.param("app", {LAG: stays(7)}, 7, id="the senders tell it"),
        pytest.param("app", {EXPORTED: stays(9)}, None, id="nobody is asked"),
        pytest.param("kafka-exporter", {EXPORTED: stays(9)}, 9, id="no sender is left"),
        pytest.param(
            "kafka-exporter",
            {EXPORTED: stays(9), UNCOMMITTED: stays(-1)},
            9,
            id="a partition without a commit",
        ),
        pytest.param(
            "kafka-exporter",
            {LAG: stays(0), EXPORTED: stays(9)},
            0,
            id="all wait on purpose",
        ),
    ],
)
def test_the_lag_is_told_by_who_knows_best(
    helm: Helm,
    promtool: Path,
    tmp_path: Path,
    source: str,
    series: Series,
    lag: int | None,
) -> None:
    """Prometheus itself computes it from what senders and the exporter show."""
    sample = {"labels": RECORD.replace("}", ',topic="out"}'), "value": lag}
    asked = {
        "interval": "1m",
        "input_series": in_namespace(series),
        "promql_expr_test": [
            {
                "expr": RECORD,
                "eval_time": "10m",
                "exp_samples": [] if lag is None else [sample],
            }
        ],
    }
    (tmp_path / "rules.yaml").write_text(yaml.safe_dump(rules(helm, source)))
    tests = tmp_path / "tests.yaml"
    tests.write_text(yaml.safe_dump({"rule_files": ["rules.yaml"], "tests": [asked]}))

    assert "SUCCESS" in told(promtool, "test", "rules", tests)


def test_nobody_misses_an_exporter_that_is_not_asked(helm: Helm) -> None:
    """With the senders as source no rule knows of it."""
    assert "ViberOutboundLagUnknown" not in str(rules(helm, "app"))
    assert "kafka_consumergroup_lag" not in str(rules(helm, "app"))


def test_the_exporter_is_looked_for_where_kafka_is(helm: Helm) -> None:
    """In Strimzi's namespace, or in the one that is named; only there."""

    def places(values: dict[str, Any]) -> set[str]:
        text = str(rule(helm, values))
        return {
            part.partition('"')[0]
            for part in text.split('kafka_consumergroup_lag{namespace="')[1:]
        }

    on = {"enabled": True, "lagSource": "kafka-exporter"}
    strimzi = {"strimzi": {"namespace": "kafka"}}
    named = {**on, "exporterNamespace": "monitoring"}

    assert places(tree("metrics.prometheusRule", on)) == {NAMESPACE}
    assert places(tree("metrics.prometheusRule", on) | strimzi) == {"kafka"}
    assert places(tree("metrics.prometheusRule", named) | strimzi) == {"monitoring"}
