"""No value is there for nothing: whichever is changed, what is rendered changes.

cert-manager's linter has this idea: a value that no template asks for is a trap.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest

from deploy.helm.generate.values import Value, read_values
from tests.chart.rendering import CHART, Helm, HelmError, tree

VALUES = {
    ".".join(value.path): value
    for value in read_values((CHART / "values.yaml").read_text())
}


class Situation(NamedTuple):
    """Values in which others have an effect."""

    case: str
    values: dict[str, Any]


FIRST_LOOK = {
    "kafka": {"bootstrapServers": "k:9092", "securityProtocol": "PLAINTEXT"},
    "secrets": {"create": True, "tokens": {"a": "t"}},
    "bots": {"a": {}},
}
SITUATIONS = (
    Situation("full", {}),
    Situation("minimal", {}),
    Situation("combined", {}),
    Situation("strimzi", {}),
    Situation("many-bots", {}),
    Situation("", FIRST_LOOK),
)

# Another value, where one made by type alone would be refused or mean nothing.
OTHERS: dict[str, Any] = {
    "mode": "combined",
    "image.digest": "sha256:" + "b" * 64,
    "image.pullPolicy": "Always",
    "settings": {"LOG_LEVEL": "ERROR"},
    "bots": {"other": {"tokenSecret": {"name": "other"}}},
    "viber.apiUrl": "https://changed/pa",
    "viber.webhookUrl": "https://changed",
    "kafka.securityProtocol": "SSL",
    "kafka.autoOffsetReset": "latest",
    "kafka.sasl.mechanism": "PLAIN",
    "defaults.topologySpreadConstraints": [{"topologyKey": "changed"}],
    "defaults.extraVolumes": [{"name": "changed"}],
    "defaults.podDisruptionBudget.unhealthyPodEvictionPolicy": "IfHealthyBudget",
    "receiver.autoscaling.type": "hpa",
    "sender.autoscaling.type": "keda",
    "sender.autoscaling.keda.trigger": "kafka",
    "networkPolicy.kafka.ports": [1],
    "service.type": "NodePort",
    "service.ipFamilyPolicy": "SingleStack",
    "webhookRegistration.mode": "cronjob",
    "webhookRegistration.bot": "shop",
    "tracing.endpoint": "http://changed",
    "metrics.podMonitor.interval": "7s",
    "metrics.podMonitor.scrapeTimeout": "7s",
    "metrics.serviceMonitor.interval": "7s",
    "metrics.serviceMonitor.scrapeTimeout": "7s",
    "metrics.prometheusRule.lagSource": "kafka-exporter",
    "metrics.prometheusRule.disabled": ["ViberNotReady"],
    "strimzi.apiVersion": "kafka.strimzi.io/v9",
    "strimzi.users.authentication": "tls",
    "extraObjects": [{"kind": "Changed"}],
}
# Lists whose items are texts.
TEXTS = {
    "imagePullSecrets",
    "pullSecrets",
    "extraArgs",
    "hosts",
    "hostnames",
    "dnsNames",
}


def changed(value: Value) -> Any:
    """Return another value of the same type."""
    path = ".".join(value.path)
    match value.default:
        case _ if path in OTHERS:
            return OTHERS[path]
        case bool(default):
            return not default
        case int(default):
            return default + 1
        case float(default):
            return default / 2
        case str():
            return "changed"
        case list():
            return ["changed"] if value.path[-1] in TEXTS else [{"name": "changed"}]
        case _:
            return {"changed": "changed"}


def render(helm: Helm, situation: Situation, values: dict[str, Any]) -> str:
    """Render, or say what contradiction the values are; the schema must take them."""
    merged = merge(situation.values, values)
    try:
        return helm.template(situation.case, merged)
    except HelmError as error:
        if "The values cannot be" in str(error):
            return str(error)
        raise


def merge(below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    """Lay values over others, as Helm does."""
    both = {
        key: merge(below[key], above[key])
        for key in below.keys() & above.keys()
        if isinstance(below[key], dict) and isinstance(above[key], dict)
    }
    return {**below, **above, **both}


@pytest.fixture(scope="module")
def unchanged(helm: Helm) -> dict[int, str]:
    """What each situation renders to, by its place."""
    return {n: render(helm, found, {}) for n, found in enumerate(SITUATIONS)}


@pytest.mark.parametrize("path", VALUES)
def test_a_change_of_a_value_changes_what_is_rendered(
    helm: Helm, unchanged: dict[int, str], path: str
) -> None:
    """In one situation at least."""

    def differences() -> Iterator[bool]:
        values = tree(path, changed(VALUES[path]))
        for number, situation in enumerate(SITUATIONS):
            yield render(helm, situation, values) != unchanged[number]

    assert any(differences())


def test_a_value_that_means_nothing_would_be_noticed(
    helm: Helm, unchanged: dict[int, str]
) -> None:
    """`enabled` is for parent charts only: no situation renders otherwise for it."""
    values = {"enabled": False}

    assert not any(
        render(helm, situation, values) != unchanged[number]
        for number, situation in enumerate(SITUATIONS)
    )
