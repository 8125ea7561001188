"""Who may come and where pods may go, and the ways in from outside."""

from typing import Any

import pytest

from tests.chart.rendering import Helm, Object, tree
from tests.chart.test_pods import gateway

ANYWHERE = "anywhere"
PRIVATE = [
    "10.0.0.0/8",
    "100.64.0.0/10",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.168.0.0/16",
]
KAFKA_POD = {"podSelector": {"matchLabels": {"app": "kafka"}}}


def ports(rules: list[Object]) -> list[tuple[Any, ...]]:
    """Return the ports of each rule."""
    return [tuple(p["port"] for p in rule.get("ports", [])) for rule in rules]


def policy(helm: Helm, suffix: str, values: dict[str, Any] | None = None) -> Object:
    """Return the spec of one NetworkPolicy."""
    return dict(helm.render("minimal", values).one("NetworkPolicy", suffix)["spec"])


def test_the_receiver_goes_to_kafka_and_nowhere_else(helm: Helm) -> None:
    """Who breaks in there reaches nothing on the internet."""
    spec = policy(helm, "receiver")

    assert spec["policyTypes"] == ["Ingress", "Egress"]
    assert ports(spec["egress"]) == [(53, 53), (9092, 9093)]


def test_the_sender_goes_to_viber_besides_but_to_nothing_private(helm: Helm) -> None:
    """Nothing inside can be called in Viber's place, the cloud's metadata included."""
    spec = policy(helm, "sender")

    assert ports(spec["egress"]) == [(53, 53), (9092, 9093), (443,)]
    (to,) = spec["egress"][2]["to"]
    assert to["ipBlock"] == {"cidr": "0.0.0.0/0", "except": PRIVATE}


def test_both_roles_go_to_the_collector_where_there_is_one(helm: Helm) -> None:
    """Traces are not lost in a policy that knows nothing of them."""
    peer = {"namespaceSelector": {"matchLabels": {"name": "tracing"}}}
    values = {
        "tracing": {"endpoint": "http://collector.tracing:4318"},
        "networkPolicy": {"tracing": {"to": [peer]}},
    }

    for role in ("receiver", "sender"):
        rule = policy(helm, role, values)["egress"][-1]
        assert (ports([rule]), rule["to"]) == ([(4318,)], [peer])


def test_only_the_receiver_is_called_by_others(helm: Helm) -> None:
    """The public port takes anybody until told otherwise; the sender has none."""
    receiver, sender = policy(helm, "receiver"), policy(helm, "sender")

    assert ports(receiver["ingress"]) == [("http",), ("http-mgmt",), ()]
    assert "from" not in receiver["ingress"][0]
    assert ports(sender["ingress"]) == [("http-mgmt",), ()]


def test_callers_can_be_narrowed_down(helm: Helm) -> None:
    """To the gateway's namespace, to Prometheus; the chart's tests may always come."""
    peer = {"namespaceSelector": {"matchLabels": {"name": "gateways"}}}
    values = {"networkPolicy": {"ingressFrom": [peer], "monitoringFrom": []}}
    public, tests = policy(helm, "receiver", values)["ingress"]

    assert public == {"ports": [{"port": "http", "protocol": "TCP"}], "from": [peer]}
    (from_,) = tests["from"]
    labels = from_["podSelector"]["matchLabels"]
    assert labels["app.kubernetes.io/component"] == "test"


def test_kafka_can_be_narrowed_down(helm: Helm) -> None:
    """To its pods and ports, for all that ask it."""
    values = {"networkPolicy": {"kafka": {"to": [KAFKA_POD], "ports": [9093]}}}
    rule = {"ports": [{"port": 9093, "protocol": "TCP"}], "to": [KAFKA_POD]}

    for suffix in ("receiver", "sender", "test"):
        assert rule in policy(helm, suffix, values)["egress"]


def test_every_pod_of_the_chart_has_a_policy(helm: Helm) -> None:
    """Jobs and tests too, so that a namespace that denies all still works."""
    objects = helm.render("full")
    selected = {
        o["spec"]["podSelector"]["matchLabels"]["app.kubernetes.io/component"]
        for o in objects.of("NetworkPolicy")
    }

    assert selected == {"receiver", "sender", "test", "webhook"}


def test_the_policies_open_ports_that_containers_have(helm: Helm) -> None:
    """A rule for a name that no container knows would open nothing."""
    objects = helm.render("minimal")

    for role in ("receiver", "sender"):
        names = {port["name"] for port in gateway(objects, role)["ports"]}
        spec = objects.one("NetworkPolicy", role)["spec"]
        opened = {p["port"] for r in spec["ingress"] for p in r.get("ports", [])}
        assert opened == names


def test_policies_can_be_left_to_others(helm: Helm) -> None:
    """Where a service mesh decides, the chart makes none."""
    values = tree("networkPolicy.enabled", value=False)

    assert not helm.render("minimal", values).of("NetworkPolicy")


def test_the_public_service_leads_to_the_public_port_only(helm: Helm) -> None:
    """The management port has a Service of its own, without a cluster address."""
    objects = helm.render("minimal")
    public = objects.one("Service", "-gateway")["spec"]

    assert [port["targetPort"] for port in public["ports"]] == ["http"]
    for role in ("receiver", "sender"):
        own = objects.one("Service", f"{role}-management")["spec"]
        assert own["clusterIP"] == "None"
        assert [port["targetPort"] for port in own["ports"]] == ["http-mgmt"]


def test_a_sender_alone_has_no_way_in(helm: Helm) -> None:
    """There is nobody to take a callback."""
    objects = helm.render("minimal", tree("receiver.enabled", value=False))

    assert {o["metadata"]["name"] for o in objects.of("Service")} == {
        "gw-viber-gateway-sender-management"
    }


def test_an_ingress_leads_webhooks_in_and_nothing_else(helm: Helm) -> None:
    """One path, to the public port of the Service, for each host."""
    hosts = ["a.example.com", "b.example.com"]
    values = {"ingress": {"enabled": True, "className": "nginx", "hosts": hosts}}
    spec = helm.render("minimal", values).one("Ingress")["spec"]

    assert spec["ingressClassName"] == "nginx"
    assert [rule["host"] for rule in spec["rules"]] == hosts
    for rule in spec["rules"]:
        (path,) = rule["http"]["paths"]
        assert (path["path"], path["pathType"]) == ("/webhooks", "Prefix")
        assert path["backend"]["service"]["port"] == {"name": "http"}
    assert "tls" not in spec


def test_a_route_leads_posted_webhooks_in_and_nothing_else(helm: Helm) -> None:
    """One match, to the public port of the Service."""
    objects = helm.render("full")
    (rule,) = objects.one("HTTPRoute")["spec"]["rules"]

    assert rule["matches"] == [
        {"path": {"type": "PathPrefix", "value": "/webhooks"}, "method": "POST"}
    ]
    (backend,) = rule["backendRefs"]
    service = objects.one("Service", backend["name"])["spec"]
    assert backend["port"] == service["ports"][0]["port"]


def test_a_route_without_timeouts_is_for_gateways_that_know_none(helm: Helm) -> None:
    """They would refuse the member."""
    route = helm.render("full", {"httpRoute": {"timeouts": {"request": None}}})
    (rule,) = route.one("HTTPRoute")["spec"]["rules"]

    assert "timeouts" not in rule


@pytest.mark.parametrize("names", [[], ["other.example.com"]])
def test_the_certificate_is_the_one_that_the_ingress_shows(
    helm: Helm, names: list[str]
) -> None:
    """It is for the hosts that lead here, and in the Secret that the Ingress names."""
    objects = helm.render("full", tree("certificate.dnsNames", names))
    certificate = objects.one("Certificate")["spec"]
    (tls,) = objects.one("Ingress")["spec"]["tls"]

    assert certificate["dnsNames"] == (names or ["bots.example.com"])
    assert certificate["issuerRef"] == {"kind": "ClusterIssuer", "name": "letsencrypt"}
    assert tls == {
        "secretName": certificate["secretName"],
        "hosts": ["bots.example.com"],
    }
