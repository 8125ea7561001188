"""What Prometheus scrapes, what the dashboard asks, and what the gateway shows."""

import json
import subprocess
from collections import Counter
from pathlib import Path

import pytest
import yaml
from prometheus_client import generate_latest

from gateway.ops.metrics import Metrics
from tests.chart.queries import selectors, unknown
from tests.chart.rendering import CHART, Helm, Object, tree
from tests.chart.test_pods import gateway

COMPONENT = {
    "sourceLabels": ["__meta_kubernetes_pod_label_app_kubernetes_io_component"],
    "targetLabel": "component",
}


def test_a_pod_monitor_finds_every_pod_of_the_gateway(helm: Helm) -> None:
    """It selects what both Deployments' pods have in common, in their namespace."""
    objects = helm.render("strimzi")
    spec = objects.one("PodMonitor")["spec"]
    (endpoint,) = spec["podMetricsEndpoints"]

    assert spec["namespaceSelector"] == {"matchNames": ["bots"]}
    for deployment in objects.of("Deployment"):
        labels = deployment["spec"]["template"]["metadata"]["labels"]
        assert spec["selector"]["matchLabels"].items() <= labels.items()
    for role in ("receiver", "sender"):
        ports = [port["name"] for port in gateway(objects, role)["ports"]]
        assert endpoint["port"] in ports
    assert endpoint["path"] == "/metrics"


def test_a_service_monitor_finds_the_management_services_only(helm: Helm) -> None:
    """The public Service has no metrics, and would be scraped in vain."""
    objects = helm.render("minimal", tree("metrics.serviceMonitor.enabled", value=True))
    spec = objects.one("ServiceMonitor")["spec"]
    selector = spec["selector"]["matchLabels"]
    found = [
        o["metadata"]["name"]
        for o in objects.of("Service")
        if selector.items() <= o["metadata"]["labels"].items()
    ]

    assert found == [
        "gw-viber-gateway-receiver-management",
        "gw-viber-gateway-sender-management",
    ]
    assert spec["endpoints"][0]["port"] == "http-mgmt"


@pytest.mark.parametrize("kind", ["podMonitor", "serviceMonitor"])
def test_the_role_becomes_the_label_that_alerts_ask_for(helm: Helm, kind: str) -> None:
    """Without it no alert could tell a receiver from a sender."""
    objects = helm.render("minimal", tree(f"metrics.{kind}.enabled", value=True))
    (monitor,) = objects.of("PodMonitor", "ServiceMonitor")
    spec = monitor["spec"]
    (endpoint,) = spec.get("podMetricsEndpoints") or spec["endpoints"]

    assert endpoint["relabelings"] == [COMPONENT]


def test_a_prometheus_without_the_operator_reads_annotations(helm: Helm) -> None:
    """They are on the pods, only when asked for."""
    annotated = helm.render("combined").one("Deployment")["spec"]["template"][
        "metadata"
    ]
    plain = helm.render("minimal").one("Deployment", "sender")["spec"]["template"]

    assert annotated["annotations"]["prometheus.io/port"] == "9090"
    assert "prometheus.io/scrape" not in plain["metadata"]["annotations"]


def test_what_the_gateway_shows_is_well_formed(promtool: Path) -> None:
    """Prometheus's own checker reads /metrics and finds nothing wrong."""
    shown = generate_latest(Metrics("all").registry)
    done = subprocess.run(
        [promtool, "check", "metrics"], input=shown, capture_output=True, check=False
    )
    # The collectors of prometheus_client are not ours to name.
    faults = [line for line in done.stderr.splitlines() if b"python_" not in line]

    assert not faults


@pytest.fixture(scope="module")
def panels() -> list[Object]:
    """The dashboard's panels."""
    dashboard = json.loads((CHART / "files" / "dashboard.json").read_text())
    found: list[Object] = dashboard["panels"]
    return found


def queries(panels: list[Object]) -> list[str]:
    """Return every query, with what Grafana would put in."""
    return [
        target["expr"].replace("$__rate_interval", "5m").replace("$namespace", "bots")
        for panel in panels
        for target in panel.get("targets", [])
    ]


def test_the_dashboard_is_installed_as_it_is(helm: Helm) -> None:
    """Grafana's sidecar finds it by its label, and reads the same document."""
    found = helm.render("full").one("ConfigMap", "-dashboard")

    assert found["metadata"]["labels"]["grafana_dashboard"] == "1"
    assert found["metadata"]["annotations"]["grafana_folder"] == "Messaging"
    shown = json.loads(found["data"]["viber-gateway.json"])
    assert shown == json.loads((CHART / "files" / "dashboard.json").read_text())


def test_every_panel_has_a_place_of_its_own(panels: list[Object]) -> None:
    """No number is there twice and no panel lies over another."""
    assert max(Counter(panel["id"] for panel in panels).values()) == 1
    cells = Counter(
        (x, y)
        for panel in panels
        for place in [panel["gridPos"]]
        for x in range(place["x"], place["x"] + place["w"])
        for y in range(place["y"], place["y"] + place["h"])
    )
    assert max(cells.values()) == 1
    assert max(x for x, _ in cells) == 23


def test_every_panel_asks_for_what_the_gateway_has(panels: list[Object]) -> None:
    """A panel whose metric does not exist stays empty, and nobody knows why."""
    asked = queries(panels)

    assert len(asked) > 30
    assert not [fault for query in asked for fault in unknown(query)]
    assert all(
        'namespace="bots"' in labels
        for query in asked
        for _, labels in selectors(query)
    )


def test_prometheus_understands_every_panel(
    promtool: Path, panels: list[Object], tmp_path: Path
) -> None:
    """Each query is one, as promtool reads them."""
    rules = [{"record": f"panel:{n}", "expr": q} for n, q in enumerate(queries(panels))]
    path = tmp_path / "panels.yaml"
    path.write_text(yaml.safe_dump({"groups": [{"name": "panels", "rules": rules}]}))
    done = subprocess.run(
        [promtool, "check", "rules", "--lint=none", path],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{len(rules)} rules found" in done.stdout
