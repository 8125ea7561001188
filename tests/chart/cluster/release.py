"""The release under test: its values, and what is done with it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from tests.chart.cluster.kubectl import Cluster
from tests.chart.cluster.world import (
    IMAGE,
    PARTITIONS,
    TOKEN_SECRET,
    TOKENS,
    TOPICS,
    USER,
)
from tests.chart.rendering import CHART, Helm, HelmError

NAME: Final = "gw-viber-gateway"
RECEIVER: Final = f"{NAME}-receiver"
SENDER: Final = f"{NAME}-sender"

_REPOSITORY, _, _TAG = IMAGE.rpartition(":")
_SOON: Final = {"minReadySeconds": 1, "resources": {"requests": {"cpu": "50m"}}}
_SIMULATOR: Final = [{"podSelector": {"matchLabels": {"app": "simulator"}}}]
_KAFKA: Final = [{"podSelector": {"matchLabels": {"app": "kafka"}}}]

# As in production, but for Viber, which is a neighbour, and for what saves time.
VALUES: Final[dict[str, Any]] = {
    "image": {"repository": _REPOSITORY, "tag": _TAG},
    "settings": {"VIBER_ALLOW_HTTP": True},
    "bots": {
        bot: {"tokenSecret": {"name": TOKEN_SECRET, "key": bot}} for bot in TOKENS
    },
    "viber": {
        "apiUrl": "http://simulator:8081/pa",
        "webhookUrl": f"http://{NAME}",
    },
    "kafka": {
        "bootstrapServers": "kafka:9092",
        "securityProtocol": "SASL_PLAINTEXT",
        "partitions": PARTITIONS,
        "topics": TOPICS,
        "sasl": {
            "mechanism": "PLAIN",
            "username": USER,
            "existingSecret": "kafka-gateway",
        },
    },
    "defaults": _SOON,
    "networkPolicy": {
        "kafka": {"to": _KAFKA, "ports": [9092]},
        "viber": {"to": _SIMULATOR, "port": 8081},
        "monitoringFrom": [],
    },
    "webhookRegistration": {"mode": "hook", "waitSeconds": 60},
}


@dataclass(frozen=True, slots=True)
class Release:
    """One release, by one version of Helm."""

    helm: Helm
    cluster: Cluster

    def install(self, values: Mapping[str, Any] | None = None, *more: str) -> str:
        """Install or upgrade it with values above the usual ones; wait for the pods.

        Raises:
            HelmError: Its pods did not become ready, or a hook failed.
        """
        merged = _merged(VALUES, values or {})
        waits = ("--wait", "--timeout", "180s")
        command = ("upgrade", "--install", "gw", str(CHART), *self._where(), *waits)
        return self.helm.run(*command, *more, "-f", "-", values=merged)

    def test(self) -> str:
        """Run `helm test`; return what it and the pods said.

        Raises:
            HelmError: A test failed.
        """
        command = ("test", "gw", *self._where(), "--logs", "--timeout", "120s")
        return self.helm.run(*command)

    def rollback(self) -> str:
        """Go back to the version before; wait for the pods."""
        command = ("rollback", "gw", *self._where(), "--wait", "--timeout", "180s")
        return self.helm.run(*command)

    def uninstall(self) -> None:
        """Remove it; wait until it is gone."""
        try:
            self.helm.run("uninstall", "gw", *self._where(), "--wait")
        except HelmError as error:
            if "not found" not in str(error):
                raise

    def _where(self) -> tuple[str, str]:
        return ("--namespace", self.cluster.namespace)


def _merged(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    both = {
        key: _merged(below[key], above[key])
        for key in below.keys() & above.keys()
        if isinstance(below[key], dict) and isinstance(above[key], dict)
    }
    return {**below, **above, **both}
