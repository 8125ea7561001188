"""Fixtures: a namespace of a real cluster, the world in it, and the release."""

import os
import shutil
import uuid
from collections.abc import Iterator

import pytest

from tests.chart import programs
from tests.chart.cluster.kubectl import Cluster, KubectlError
from tests.chart.cluster.neighbours import Neighbours
from tests.chart.cluster.neighbours import neighbours as neighbours_of
from tests.chart.cluster.release import Release
from tests.chart.rendering import Helm

RESTRICTED = {
    f"pod-security.kubernetes.io/{mode}": "restricted" for mode in ("enforce", "warn")
}


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """A new namespace that takes restricted pods only; it is deleted at the end."""
    if os.environ.get("TEST_CLUSTER") != "1":
        pytest.skip("for want of a cluster: make cluster-test uses that of KUBECONFIG")
    if not (os.environ.get("KUBECONFIG") and shutil.which("kubectl")):
        pytest.skip("for want of a cluster: no KUBECONFIG, or no kubectl")
    found = Cluster(f"viber-test-{uuid.uuid4().hex[:6]}")
    metadata = {"name": found.namespace, "labels": RESTRICTED}
    try:
        found.apply([{"apiVersion": "v1", "kind": "Namespace", "metadata": metadata}])
    except KubectlError as error:
        pytest.skip(f"for want of a cluster: {error}")
    yield found
    found.run("delete", "namespace", found.namespace, "--wait=false")


@pytest.fixture(scope="session")
def around(cluster: Cluster) -> Iterator[Neighbours]:
    """Kafka, the simulator and the echo bot."""
    with neighbours_of(cluster) as found:
        yield found


@pytest.fixture
def release(cluster: Cluster, around: Neighbours) -> Release:
    """The release with its usual values, installed and ready."""
    del around  # must run first
    version = programs.HELM_VERSIONS[-1]
    return _installed(Helm(programs.helm(version), version), cluster)


@pytest.fixture
def each_release(each_helm: Helm, cluster: Cluster, around: Neighbours) -> Release:
    """The same by each version of Helm, also where the other one was before."""
    del around  # must run first
    return _installed(each_helm, cluster)


def _installed(helm: Helm, cluster: Cluster) -> Release:
    found = Release(helm, cluster)
    found.install()
    return found
