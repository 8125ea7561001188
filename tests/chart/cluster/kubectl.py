"""Asks a cluster, by kubectl, about one namespace."""

import json
import socket
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

from tests.e2e.support.waiting import wait_for
from tests.e2e.support.web import is_listening

Object = dict[str, Any]

_SECONDS: Final = 300.0


class KubectlError(Exception):
    """kubectl failed; the message is what it said."""


@dataclass(frozen=True, slots=True)
class Cluster:
    """One namespace of the cluster at hand."""

    namespace: str

    def run(self, *arguments: str, given: str = "") -> str:
        """Run kubectl, with something on its standard input; return its output.

        Raises:
            KubectlError: It failed.
        """
        done = subprocess.run(
            ["kubectl", "--namespace", self.namespace, *arguments],
            input=given,
            capture_output=True,
            text=True,
            check=False,
            timeout=_SECONDS,
        )
        if done.returncode:
            raise KubectlError(done.stderr or done.stdout)
        return done.stdout

    def apply(self, objects: Sequence[Object], *more: str) -> str:
        """Apply objects as the server checks them: a slip in a member is a fault."""
        text = json.dumps({"apiVersion": "v1", "kind": "List", "items": list(objects)})
        strict = ("--server-side", "--force-conflicts", "--validate=strict")
        return self.run("apply", *strict, *more, "-f", "-", given=text)

    def get(self, kind: str, name: str) -> Object:
        """Return one object."""
        found: Object = json.loads(self.run("get", kind, name, "-o", "json"))
        return found

    def pods(self, component: str) -> dict[str, Object]:
        """Return the pods of a component that are not being stopped, by name."""
        label = f"app.kubernetes.io/component={component}"
        found = json.loads(self.run("get", "pods", "-l", label, "-o", "json"))["items"]
        return {
            pod["metadata"]["name"]: pod
            for pod in found
            if "deletionTimestamp" not in pod["metadata"]
        }

    def ready(self, component: str) -> set[str]:
        """Return the names of a component's pods that are ready."""
        return {name for name, pod in self.pods(component).items() if _is_ready(pod)}

    def wait_until_rolled_out(self, deployment: str) -> None:
        """Wait until a Deployment has become what it shall be."""
        self.run("rollout", "status", f"deployment/{deployment}", "--timeout=180s")

    def execute(self, pod: str, *command: str) -> str:
        """Run a command in a pod; return its output."""
        return self.run("exec", pod, "--", *command)

    @contextmanager
    def forward(self, target: str, port: int, local: int = 0) -> Iterator[int]:
        """Make a port of a pod or Service reachable on this machine; tell which."""
        local = local or free_port()
        command = ["kubectl", "--namespace", self.namespace, "port-forward", target]
        with subprocess.Popen(
            [*command, f"{local}:{port}"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ) as process:
            try:
                url = f"http://127.0.0.1:{local}"
                wait_for(f"{target} is forwarded", lambda: is_listening(url))
                yield local
            finally:
                process.terminate()


def free_port() -> int:
    """Return a port of this machine that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _is_ready(pod: Object) -> bool:
    conditions = pod["status"].get("conditions", [])
    return any(c["type"] == "Ready" and c["status"] == "True" for c in conditions)
