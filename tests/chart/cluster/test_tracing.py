"""What `tracing` in the values brings to a collector in the cluster."""

import json
from collections import defaultdict

import pytest

from tests.chart.cluster.kubectl import Cluster
from tests.chart.cluster.neighbours import Neighbours
from tests.chart.cluster.release import Release
from tests.chart.cluster.test_release import converse
from tests.chart.cluster.world import collector
from tests.e2e.support.waiting import wait_for

pytestmark = pytest.mark.cluster

TRACING = {
    "tracing": {"endpoint": "http://collector:4318"},
    "networkPolicy": {
        "tracing": {"to": [{"podSelector": {"matchLabels": {"app": "collector"}}}]}
    },
}
# Of the receiver, and of the sender.
ENDS = {"POST /webhooks/{bot}", "POST /pa/send_message"}


def traces(cluster: Cluster) -> list[set[str]]:
    """Return the names of the spans that have arrived, by trace."""
    found: dict[str, set[str]] = defaultdict(set)
    for line in cluster.run("logs", "deployment/collector").splitlines():
        span = json.loads(line)
        found[span["trace"]].add(span["name"])
    return list(found.values())


def test_a_conversation_is_one_trace_at_the_collector(
    release: Release, cluster: Cluster, around: Neighbours
) -> None:
    """The policies let both roles send there, from the callback to the answer."""
    cluster.apply(collector())
    cluster.wait_until_rolled_out("collector")
    release.install(TRACING)

    converse(around)

    wait_for(
        "the whole way in one trace",
        lambda: traces(cluster),
        lambda found: any(names >= ENDS for names in found),
    )
