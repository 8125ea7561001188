"""How many pods there are: by hand, by CPU, by lag; and how few may be away."""

from typing import Any

import pytest

from tests.chart.rendering import Helm, tree

HPA = tree("receiver.autoscaling.type", "hpa")
KEDA = {
    "sender": {
        "autoscaling": {
            "type": "keda",
            "keda": {"prometheus": {"serverAddress": "http://p:9090"}},
        }
    }
}


def test_replicas_are_written_unless_something_else_decides(helm: Helm) -> None:
    """A number in the Deployment would fight with an autoscaler at each upgrade."""
    by_hand = helm.render("minimal", tree("sender.replicaCount", 3))
    by_itself = helm.render("minimal", {**HPA, **KEDA})

    counts = {o["metadata"]["name"]: o["spec"] for o in by_hand.of("Deployment")}
    assert counts["gw-viber-gateway-sender"]["replicas"] == 3
    assert counts["gw-viber-gateway-receiver"]["replicas"] == 2
    assert all("replicas" not in o["spec"] for o in by_itself.of("Deployment"))


def test_the_receiver_scales_by_its_own_containers_cpu(helm: Helm) -> None:
    """What a sidecar uses does not count."""
    spec = helm.render("minimal", HPA).one("HorizontalPodAutoscaler")["spec"]

    assert spec["scaleTargetRef"]["name"] == "gw-viber-gateway-receiver"
    assert (spec["minReplicas"], spec["maxReplicas"]) == (2, 10)
    (metric,) = spec["metrics"]
    assert metric["containerResource"]["container"] == "viber-gateway"
    assert metric["containerResource"]["target"]["averageUtilization"] == 70


def test_no_workload_has_two_autoscalers(helm: Helm) -> None:
    """KEDA makes an HPA of its own."""
    objects = helm.render("full")
    targets = [
        o["spec"]["scaleTargetRef"]["name"]
        for o in objects.of("HorizontalPodAutoscaler", "ScaledObject")
    ]

    assert sorted(targets) == ["gw-gateway-receiver", "gw-gateway-sender"]


def test_the_sender_scales_by_what_could_be_sent(helm: Helm) -> None:
    """The gateway's own lag, of this namespace, since parked commands scale nothing."""
    (trigger,) = helm.render("minimal", KEDA).one("ScaledObject")["spec"]["triggers"]

    assert trigger["type"] == "prometheus"
    assert trigger["metadata"] == {
        "serverAddress": "http://p:9090",
        "query": 'sum(viber_kafka_consumer_lag_messages{namespace="bots"})',
        "threshold": "100",
    }


@pytest.mark.parametrize(
    ("most", "partitions", "replicas"), [(6, 12, 6), (6, 4, 4), (20, 12, 12)]
)
def test_there_are_never_more_senders_than_partitions(
    helm: Helm, most: int, partitions: int, replicas: int
) -> None:
    """More would own nothing and do nothing."""
    values = {
        **tree("kafka.partitions", partitions),
        **tree("sender.autoscaling.maxReplicas", most),
    }
    spec = helm.render("strimzi", values).one("ScaledObject")["spec"]

    assert spec["maxReplicaCount"] == replicas


def test_the_sender_never_scales_to_nothing_and_falls_slowly(helm: Helm) -> None:
    """Each step moves partitions, and KEDA may miss the first command of all."""
    spec = helm.render("strimzi").one("ScaledObject")["spec"]
    down = spec["advanced"]["horizontalPodAutoscalerConfig"]["behavior"]["scaleDown"]

    assert spec["minReplicaCount"] == 1
    assert down["stabilizationWindowSeconds"] == 300
    assert down["policies"] == [{"type": "Pods", "value": 1, "periodSeconds": 120}]


def test_keda_asks_kafka_as_the_sender_does(helm: Helm) -> None:
    """Group, topic, offsets and login are the sender's own."""
    objects = helm.render("strimzi")
    (trigger,) = objects.one("ScaledObject")["spec"]["triggers"]
    asked = trigger["metadata"]
    login = objects.one("TriggerAuthentication")

    assert trigger["authenticationRef"] == {"name": login["metadata"]["name"]}
    data = objects.one("ConfigMap", "gateway")["data"]
    assert asked["bootstrapServers"] == data["KAFKA_BOOTSTRAP_SERVERS"]
    assert asked["consumerGroup"] == data["KAFKA_CONSUMER_GROUP"]
    assert asked["topic"] == data["TOPIC_OUTBOUND"]
    assert asked["offsetResetPolicy"] == data["KAFKA_AUTO_OFFSET_RESET"]
    assert (asked["sasl"], asked["tls"]) == ("scram_sha512", "enable")
    assert login["spec"]["env"][0]["name"] == "KAFKA_SASL_USERNAME"
    assert {r["parameter"]: r["name"] for r in login["spec"]["secretTargetRef"]} == {
        "password": "gw-viber-gateway-sender",
        "ca": "messaging-cluster-ca-cert",
    }


@pytest.mark.parametrize(
    ("given", "sasl", "tls"),
    [
        ({"securityProtocol": "PLAINTEXT"}, "none", "disable"),
        ({"securityProtocol": "SSL"}, "none", "enable"),
        ({"sasl": {"mechanism": "PLAIN"}}, "plaintext", "enable"),
        ({"sasl": {"mechanism": "SCRAM-SHA-256"}}, "scram_sha256", "enable"),
        ({"securityProtocol": "SASL_PLAINTEXT"}, "scram_sha512", "disable"),
    ],
)
def test_keda_logs_in_by_every_mechanism(
    helm: Helm, given: dict[str, Any], sasl: str, tls: str
) -> None:
    """KEDA has words of its own for them."""
    login = {"username": "u", "existingSecret": "s", **given.get("sasl", {})}
    values = {"strimzi": {"enabled": False}, "kafka": {**given, "sasl": login}}
    (trigger,) = helm.render("strimzi", values).one("ScaledObject")["spec"]["triggers"]

    assert (trigger["metadata"]["sasl"], trigger["metadata"]["tls"]) == (sasl, tls)


def test_keda_asks_about_every_outbound_topic(helm: Helm) -> None:
    """Where every bot has its own, each counts."""
    values = {
        "kafka": {"topics": {"outbound": "{bot}.out"}},
        "bots": {"b": {"tokenSecret": {"name": "s"}}},
    }
    triggers = helm.render("strimzi", values).one("ScaledObject")["spec"]["triggers"]

    assert [t["metadata"]["topic"] for t in triggers] == ["b.out", "shop.out"]
    assert len({t["name"] for t in triggers}) == 2


def test_an_authentication_that_is_there_is_used(helm: Helm) -> None:
    """With authenticationRef the chart makes none."""
    path = "sender.autoscaling.keda.kafka.authenticationRef"
    objects = helm.render("strimzi", tree(path, "theirs"))
    (trigger,) = objects.one("ScaledObject")["spec"]["triggers"]

    assert trigger["authenticationRef"] == {"name": "theirs"}
    assert not objects.of("TriggerAuthentication")


@pytest.mark.parametrize(
    ("values", "budgets"),
    [
        ({}, {"receiver"}),
        (tree("sender.replicaCount", 2), {"receiver", "sender"}),
        (tree("receiver.replicaCount", 1), set()),
        (KEDA, {"receiver", "sender"}),
        (tree("defaults.podDisruptionBudget.enabled", value=False), set()),
    ],
)
def test_a_budget_stands_where_there_may_be_several_pods(
    helm: Helm, values: dict[str, Any], budgets: set[str]
) -> None:
    """With one pod a budget would only keep nodes from being drained."""
    found = helm.render("minimal", values).of("PodDisruptionBudget")

    assert {o["metadata"]["name"].rpartition("-")[2] for o in found} == budgets
    assert all(o["spec"]["maxUnavailable"] == 1 for o in found)
