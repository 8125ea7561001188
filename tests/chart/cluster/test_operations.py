"""What a cluster does to the release: policies, evictions, drains, autoscaling."""

import json
from collections.abc import Iterator

import pytest
import yaml

from tests.chart import definitions
from tests.chart.cluster.kubectl import Cluster, KubectlError
from tests.chart.cluster.neighbours import Neighbours
from tests.chart.cluster.release import NAME, RECEIVER, Release
from tests.chart.cluster.traffic import Traffic
from tests.chart.rendering import CASES, Helm
from tests.e2e.support.waiting import wait_for

pytestmark = pytest.mark.cluster

POLICY_SECONDS = 60.0  # agents of network policies look again every few seconds
CONNECT = "import socket, sys; socket.create_connection((sys.argv[1], sys.argv[2]), 2)"


def reaches(cluster: Cluster, source: str, host: str, port: int) -> bool:
    """Try to connect from a pod of a Deployment."""
    connect = ("python", "-c", CONNECT, host, str(port))
    try:
        cluster.execute(f"deployment/{source}", *connect)
    except KubectlError:
        return False
    return True


@pytest.mark.usefixtures("release")
@pytest.mark.parametrize(
    ("source", "host", "port", "allowed"),
    [
        (f"{NAME}-receiver", "kafka", 9092, True),
        (f"{NAME}-receiver", "simulator", 8081, False),
        (f"{NAME}-receiver", "kafka", 9095, False),
        (f"{NAME}-sender", "kafka", 9092, True),
        (f"{NAME}-sender", "simulator", 8081, True),
        (f"{NAME}-sender", "kafka", 9095, False),
        ("simulator", NAME, 80, True),
        ("simulator", f"{NAME}-receiver-management", 9090, False),
        ("simulator", f"{NAME}-sender-management", 9090, False),
    ],
)
def test_policies_let_through_what_is_meant_and_nothing_else(
    cluster: Cluster, source: str, host: str, port: int, *, allowed: bool
) -> None:
    """The receiver calls nobody but Kafka, and nobody calls the management port."""
    wait_for(
        f"{source} {'reaches' if allowed else 'does not reach'} {host}:{port}",
        lambda: reaches(cluster, source, host, port),
        lambda reached: reached is allowed,
        POLICY_SECONDS,
    )


def evict(cluster: Cluster, pod: str) -> None:
    """Ask for an eviction, as a drain does."""
    eviction = {
        "apiVersion": "policy/v1",
        "kind": "Eviction",
        "metadata": {"name": pod, "namespace": cluster.namespace},
    }
    path = f"/api/v1/namespaces/{cluster.namespace}/pods/{pod}/eviction"
    cluster.run("create", "--raw", path, "-f", "-", given=json.dumps(eviction))


@pytest.mark.usefixtures("release")
def test_evictions_respect_the_budget(cluster: Cluster) -> None:
    """One receiver may go; the other may not before there is a new one."""
    first, second = sorted(cluster.ready("receiver"))

    evict(cluster, first)
    with pytest.raises(KubectlError, match="disruption budget"):
        evict(cluster, second)

    cluster.wait_until_rolled_out(RECEIVER)
    wait_for("two are ready", lambda: len(cluster.ready("receiver")) == 2)


@pytest.fixture
def drained(cluster: Cluster) -> Iterator[str]:
    """A node with a receiver, of two at least; it is put back afterwards."""
    nodes = cluster.run("get", "nodes", "-o", "name").split()
    if len(nodes) < 2:
        pytest.skip("for want of a second node")
    receiver = cluster.pods("receiver")[min(cluster.ready("receiver"))]
    node = receiver["spec"]["nodeName"]
    yield node
    cluster.run("uncordon", node)


def test_a_drained_node_costs_no_callback_and_no_command(
    release: Release, cluster: Cluster, around: Neighbours, drained: str
) -> None:
    """Its pods go one after the other to the nodes that are left."""
    del release  # it must be there before the node is chosen
    traffic = Traffic(around)
    ours = ("--pod-selector=app.kubernetes.io/instance=gw", "--ignore-daemonsets")

    with traffic.flowing():
        traffic.wait_for_commands(20)
        cluster.run("drain", drained, *ours, "--delete-emptydir-data")
        cluster.wait_until_rolled_out(RECEIVER)
        traffic.wait_for_commands(20)

    nodes = {pod["spec"]["nodeName"] for pod in cluster.pods("receiver").values()}
    assert drained not in nodes
    balance = traffic.balance()
    assert balance.callbacks > 50
    assert not balance.failed_callbacks
    assert balance.lost_callbacks == 0
    assert not balance.lost_commands
    assert not balance.late_commands


def test_the_receiver_scales_by_cpu(
    release: Release, cluster: Cluster, around: Neighbours
) -> None:
    """Under load there are more pods; the number is the autoscaler's."""
    if "metrics.k8s.io" not in cluster.run("get", "apiservices", "-o", "name"):
        pytest.skip("for want of metrics of pods")
    busy = {
        "type": "hpa",
        "minReplicas": 1,
        "maxReplicas": 3,
        "targetCPUUtilizationPercentage": 50,
    }
    small = {"requests": {"cpu": "10m"}}
    release.install({"receiver": {"autoscaling": busy, "resources": small}})
    traffic = Traffic(around)

    def wanted() -> int:
        replicas: int = cluster.get("deployment", RECEIVER)["spec"]["replicas"]
        return replicas

    with traffic.flowing():
        wait_for("more receivers", wanted, lambda count: count == 3, 180)

    balance = traffic.balance()
    assert not balance.failed_callbacks
    assert not balance.lost_commands


@pytest.fixture(scope="module")
def defined(cluster: Cluster) -> Iterator[None]:
    """Other projects' own definitions; those that were not there go again."""
    texts = [
        path.read_text()
        for folder in (definitions.go_definitions(), definitions.strimzi_definitions())
        for path in folder.glob("*.yaml")
    ]
    wanted = [d for text in texts for d in yaml.safe_load_all(text) if d]
    there = cluster.run("get", "crds", "-o", "name")
    new = [d for d in wanted if f"/{d['metadata']['name']}\n" not in there]
    if new:
        cluster.apply(new)
    names = [d["metadata"]["name"] for d in new]
    for name in names:
        cluster.run("wait", "--for=condition=Established", f"crd/{name}")
    yield
    for name in names:
        cluster.run("delete", "crd", name, "--wait=false")


@pytest.mark.usefixtures("defined")
@pytest.mark.parametrize("case", CASES)
def test_the_server_takes_every_object(helm: Helm, cluster: Cluster, case: str) -> None:
    """Each set of values passes server-side apply, original definitions included."""
    here = {"namespace": cluster.namespace}
    namespaced = ("podMonitor", "prometheusRule", "grafanaDashboard")
    values = {
        "namespaceOverride": cluster.namespace,
        "fullnameOverride": "other",  # than what is installed
        "serviceAccount": {"name": "default"},  # the one that is there for the pods
        "strimzi": here,
        "metrics": dict.fromkeys(namespaced, here),
    }

    said = cluster.apply(helm.render(case, values), "--dry-run=server")

    assert said.count("serverside-applied") == len(helm.render(case, values))
    assert "Warning" not in said


@pytest.mark.usefixtures("defined")
def test_the_server_would_notice_a_slip(helm: Helm, cluster: Cluster) -> None:
    """The test above can fail."""
    (rule,) = helm.render("strimzi").of("PrometheusRule")
    rule["metadata"]["namespace"] = cluster.namespace
    rule["spec"]["group"] = []

    with pytest.raises(KubectlError, match="group"):
        cluster.apply([rule], "--dry-run=server")
