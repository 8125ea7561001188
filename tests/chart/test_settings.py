"""Chart and gateway agree: every setting can be set, and none set is unknown."""

import json
from typing import Any

import pytest
from fastapi.testclient import TestClient
from prometheus_client import CollectorRegistry

from deploy.helm.generate.settings import LEFT_OUT, MADE
from gateway.environment import known_names, read_settings
from gateway.ops.health import Health
from gateway.ops.management import management_app
from tests.chart.rendering import CASES, CHART, Helm, Object, Objects, tree
from tests.chart.test_pods import containers

ROLES = {"receiver", "sender", "combined"}


def environment(objects: Objects, container: Object) -> dict[str, str]:
    """Put together what a container's environment would be."""
    shared = objects.one("ConfigMap", "gateway")["data"]
    own = {v["name"]: v.get("value", "from a Secret") for v in container.get("env", [])}
    return {**shared, **own}


def gateways(objects: Objects) -> list[Object]:
    """Return the gateway's own containers."""
    return [c for _, c in containers(objects) if c["name"] == "viber-gateway"]


@pytest.mark.parametrize("case", CASES)
def test_the_gateway_takes_what_it_is_given(helm: Helm, case: str) -> None:
    """No setting is unknown or wrong; what is left are names that are not ours."""
    objects = helm.render(case)

    for container in gateways(objects):
        given = environment(objects, container)
        settings, warnings = read_settings(given)
        assert not warnings
        assert settings.viber.bots_file
        assert settings.http.port == 8080


def test_every_setting_can_be_set_in_one_way(helm: Helm) -> None:
    """By its own name, or by another value, or there is a reason that it cannot."""
    schema = json.loads((CHART / "values.schema.json").read_text())
    by_name = schema["properties"]["settings"]["properties"].keys()
    made = {
        name
        for case in CASES
        for objects in [helm.render(case)]
        for container in gateways(objects)
        for name in environment(objects, container)
        if name in known_names() and MADE.fullmatch(name)
    }

    assert made | by_name | LEFT_OUT.keys() == known_names().keys()
    assert not made & by_name
    assert not LEFT_OUT.keys() & (made | by_name)


def test_a_setting_by_name_arrives_as_it_was_written(helm: Helm) -> None:
    """Large numbers, fractions, truth and text keep their form."""
    settings = {
        "HTTP_MAX_BODY_BYTES": 123456789,
        "SENDER_DLQ_MAX_RATIO": 0.05,
        "SENDER_RATE_LIMIT_PER_SECOND": 50,
        "LOG_USER_IDS": True,
        "LOG_FORMAT": "console",
        "OTEL_SERVICE_NAME": "a: #b",
    }
    data = helm.render("minimal", {"settings": settings}).one("ConfigMap", "gateway")

    assert {name: data["data"][name] for name in settings} == {
        "HTTP_MAX_BODY_BYTES": "123456789",
        "SENDER_DLQ_MAX_RATIO": "0.05",
        "SENDER_RATE_LIMIT_PER_SECOND": "50",
        "LOG_USER_IDS": "true",
        "LOG_FORMAT": "console",
        "OTEL_SERVICE_NAME": "a: #b",
    }


def test_traces_go_to_the_collector(helm: Helm) -> None:
    """OpenTelemetry's own variables say where, and which part; else there are none."""
    values = {"tracing": {"endpoint": "http://collector:4318", "ratio": 0.05}}
    traced = helm.render("minimal", values).one("ConfigMap", "gateway")["data"]
    plain = helm.render("minimal").one("ConfigMap", "gateway")["data"]

    assert {name: traced[name] for name in traced.keys() - plain.keys()} == {
        "OTEL_EXPORTER_OTLP_ENDPOINT": "http://collector:4318",
        "OTEL_TRACES_SAMPLER": "parentbased_traceidratio",
        "OTEL_TRACES_SAMPLER_ARG": "0.05",
    }


def test_topics_have_the_gateways_own_names(helm: Helm) -> None:
    """The values' defaults are those of the gateway."""
    data = helm.render("minimal").one("ConfigMap", "gateway")["data"]
    topics = {
        name: group.model_fields[field].default
        for name, (group, field) in known_names().items()
        if name.startswith("TOPIC_")
    }

    assert {name: data[name] for name in topics} == topics


def test_the_consumer_group_follows_the_release(helm: Helm) -> None:
    """Two releases on one Kafka never share partitions by accident."""
    given = helm.render("minimal").one("ConfigMap", "gateway")["data"]
    told = helm.render("minimal", tree("kafka.consumerGroup", "mine"))

    assert given["KAFKA_CONSUMER_GROUP"] == "gw-viber-gateway"
    named = told.one("ConfigMap", "gateway")["data"]
    assert named["KAFKA_CONSUMER_GROUP"] == "mine"


def test_probes_ask_paths_that_are_answered(helm: Helm) -> None:
    """Each probe's path is a route of the management port."""
    app = management_app(
        Health(lambda: 0.0, frozenset()), CollectorRegistry(), lambda: None, dict
    )
    client = TestClient(app)

    for container in gateways(helm.render("minimal")):
        for kind, path in (
            ("startupProbe", "/startupz"),
            ("livenessProbe", "/livez"),
            ("readinessProbe", "/readyz"),
        ):
            probe = container[kind]["httpGet"]
            assert probe == {"path": path, "port": "http-mgmt"}
            assert client.get(path).status_code == 200


def test_probes_ask_the_port_that_is_listened_on(helm: Helm) -> None:
    """The management port is one number, wherever it is written."""
    objects = helm.render("minimal", tree("management.port", 9191))

    for container in gateways(objects):
        ports = {port["name"]: port["containerPort"] for port in container["ports"]}
        assert ports["http-mgmt"] == 9191
        assert environment(objects, container)["MANAGEMENT_PORT"] == "9191"


def test_the_startup_probe_waits_two_minutes_for_kafka(helm: Helm) -> None:
    """Then the pod is restarted, and a roll with wrong values fails."""
    for container in gateways(helm.render("minimal")):
        probe = container["startupProbe"]
        assert probe["periodSeconds"] * probe["failureThreshold"] == 120


@pytest.mark.parametrize("kind", ["startup", "liveness", "readiness"])
def test_a_probe_can_be_left_out(helm: Helm, kind: str) -> None:
    """For debugging a pod that a probe would kill."""
    objects = helm.render("minimal", tree(f"probes.{kind}.enabled", value=False))

    assert all(f"{kind}Probe" not in container for container in gateways(objects))


def test_more_environment_is_added_to_the_gateway_only(helm: Helm) -> None:
    """Variables and their sources of one role stand beside the chart's own."""
    values: dict[str, Any] = {
        "sender": {
            "extraEnv": [{"name": "TZ", "value": "Europe/Kyiv"}],
            "extraEnvFrom": [{"secretRef": {"name": "more"}}],
        }
    }
    objects = helm.render("combined", {"mode": "split", **values})
    by_role = {c["args"][1].partition("=")[2]: c for c in gateways(objects)}

    assert environment(objects, by_role["sender"])["TZ"] == "Europe/Kyiv"
    assert {"secretRef": {"name": "more"}} in by_role["sender"]["envFrom"]
    assert "TZ" not in environment(objects, by_role["receiver"])
