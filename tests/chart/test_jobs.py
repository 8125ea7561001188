"""Jobs that tell Viber where callbacks go, and the pods that `helm test` runs."""

import http.server
import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from tests.chart.rendering import CASES, Helm, Object, tree
from tests.chart.test_pods import containers

HOOK = "helm.sh/hook"


def job(objects: Any, suffix: str) -> tuple[Object, Object]:
    """Return a Job and its one container."""
    found = objects.one("Job", suffix)
    (container,) = found["spec"]["template"]["spec"]["containers"]
    return found, container


def test_webhooks_are_left_alone_by_default(helm: Helm) -> None:
    """A staging release would take production's callbacks."""
    assert not helm.render("minimal").of("Job", "CronJob")


def test_a_hook_sets_webhooks_after_each_install_and_upgrade(helm: Helm) -> None:
    """It waits for the public URL, since Viber calls it while it is being set."""
    found, container = job(helm.render("combined"), "webhook-set")

    assert found["metadata"]["annotations"][HOOK] == "post-install,post-upgrade"
    assert container["args"] == ["webhook", "set", "--wait", "--wait-seconds=300"]


def test_a_wrong_token_is_not_tried_again(helm: Helm) -> None:
    """Exit code 2 ends the Job, others are retried, and evictions do not count."""
    found, container = job(helm.render("combined"), "webhook-set")
    ignored, failed = found["spec"]["podFailurePolicy"]["rules"]

    assert found["spec"]["template"]["spec"]["restartPolicy"] == "Never"
    assert found["spec"]["backoffLimit"] == 4
    assert failed["action"] == "FailJob"
    assert failed["onExitCodes"] == {
        "containerName": container["name"],
        "operator": "In",
        "values": [2],
    }
    assert ignored["action"] == "Ignore"


def test_a_cronjob_sets_what_differs(helm: Helm) -> None:
    """One at a time, for the one bot that is named."""
    spec = helm.render("many-bots").one("CronJob")["spec"]
    (container,) = spec["jobTemplate"]["spec"]["template"]["spec"]["containers"]

    assert spec["concurrencyPolicy"] == "Forbid"
    assert container["args"][:2] == ["webhook", "reconcile"]
    assert container["args"][-1] == "--bot=shop"


def test_webhooks_may_go_with_the_release(helm: Helm) -> None:
    """Only when asked: nobody can write to a bot without one."""
    found, container = job(helm.render("combined"), "webhook-remove")
    kept = helm.render(
        "combined", tree("webhookRegistration.unsetOnDelete", value=False)
    )

    assert found["metadata"]["annotations"][HOOK] == "pre-delete"
    assert container["args"] == ["webhook", "remove", "--yes"]
    assert len(kept.of("Job")) == 1


@pytest.mark.parametrize("case", CASES)
def test_hooks_are_helms_and_nobody_elses(helm: Helm, case: str) -> None:
    """Argo CD ignores all hooks of Helm once one of its own is there."""
    annotations = [o["metadata"].get("annotations", {}) for o in helm.render(case)]

    assert not [
        name
        for found in annotations
        for name in found
        if "argocd" in name and "hook" in name
    ]


def test_tests_look_at_every_role_bot_and_topic(helm: Helm) -> None:
    """Each pod is one question, made of nothing but the gateway's own image."""
    pods = {
        o["metadata"]["name"].rpartition("-")[2]: o["spec"]["containers"][0]
        for o in helm.render("many-bots").of("Pod")
    }

    assert pods["ready"]["args"] == [
        "http://gw-viber-gateway-receiver-management:9090/readyz",
        "http://gw-viber-gateway-sender-management:9090/readyz",
    ]
    assert pods["callbacks"]["args"] == [
        f"http://gw-viber-gateway:80/webhooks/{bot}"
        for bot in ("shop", "support-1", "support-2")
    ]
    assert pods["topics"]["args"] == ["topics", "check"]


def test_tests_have_no_secret_that_they_do_not_need(helm: Helm) -> None:
    """Only the one that asks Kafka reads the settings."""
    pods = {
        o["metadata"]["name"].rpartition("-")[2]: o["spec"]
        for o in helm.render("full").of("Pod")
    }

    assert "volumes" in pods["topics"]
    assert "volumes" not in pods["ready"]
    assert "volumes" not in pods["callbacks"]


def test_a_test_is_tried_again_for_a_while(helm: Helm) -> None:
    """Network policies need a moment to let a new pod through; then it has failed."""
    for pod in helm.render("minimal").of("Pod"):
        assert pod["spec"]["restartPolicy"] == "OnFailure"
        assert pod["spec"]["activeDeadlineSeconds"] == 60


def test_tests_can_be_left_out(helm: Helm) -> None:
    """For those who render and apply, and would apply them too."""
    objects = helm.render("minimal", tree("tests.enabled", value=False))

    assert not objects.of("Pod")
    assert not [o for o in objects.of("NetworkPolicy") if "test" in str(o)]


class Gateway(http.server.BaseHTTPRequestHandler):
    """Answers as the gateway would, or as one that lets everything in."""

    answers = (200, 403)  # unsigned, signed

    def do_GET(self) -> None:
        """Answer a probe."""
        self.send_response(200)
        self.end_headers()

    def do_POST(self) -> None:
        """Answer a callback, by whether it claims a signature."""
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        assert body["event"] == "webhook"
        self.send_response(self.answers["X-Viber-Content-Signature" in self.headers])
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


class Careless(Gateway):
    """Takes wrong signatures."""

    answers = (200, 200)


class Broken(Gateway):
    """Turns everything away."""

    answers = (503, 503)


@pytest.fixture
def served(request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of a server of the asked kind."""
    with http.server.HTTPServer(("127.0.0.1", 0), request.param) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.mark.parametrize(
    ("served", "code"),
    [(Gateway, 0), (Careless, 1), (Broken, 1)],
    indirect=["served"],
    ids=["right", "careless", "broken"],
)
def test_the_test_of_callbacks_tells_right_from_wrong(
    helm: Helm, served: str, code: int
) -> None:
    """Run as in the pod, it passes with a gateway and fails with what is none."""
    done = run_test(helm, "callbacks", f"{served}/webhooks/shop")

    assert done.returncode == code, done.stderr
    assert "wrongly signed" in done.stdout


@pytest.mark.parametrize("served", [Gateway], indirect=True)
def test_the_test_of_readiness_tells_right_from_wrong(helm: Helm, served: str) -> None:
    """Run as in the pod, it passes when all answer, and fails when one does not."""
    nobody = "http://127.0.0.1:9/readyz"

    assert run_test(helm, "ready", f"{served}/readyz").returncode == 0
    assert run_test(helm, "ready", f"{served}/readyz", nobody).returncode == 1


def run_test(helm: Helm, name: str, *urls: str) -> subprocess.CompletedProcess[str]:
    """Run the command of a test pod, with other arguments."""
    commands = {
        pod: container["command"]
        for pod, container in containers(helm.render("minimal"))
        if "command" in container
    }
    _, *command = commands[f"gw-viber-gateway-test-{name}"]
    return subprocess.run(
        [sys.executable, *command, *urls], capture_output=True, text=True, check=False
    )
