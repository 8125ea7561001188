"""Pods: which there are, what they run, and that they may do nothing else."""

from typing import Any

import pytest
import typer

from gateway.cli.command_line import command_line
from tests.chart.rendering import CASES, Helm, HelmError, Object, Objects, tree

# https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted
VOLUMES = {"configMap", "downwardAPI", "emptyDir", "projected", "secret", "name"}
SECRET = ("PASSWORD", "TOKEN", "SECRET", "KEY")


def containers(objects: Objects) -> list[tuple[str, Object]]:
    """Return every container that would run, with its pod's name."""
    return [
        (name, container)
        for name, pod in objects.pods().items()
        for container in pod["containers"] + pod.get("initContainers", [])
    ]


def gateway(objects: Objects, role: str) -> Object:
    """Return the gateway's container of a role."""
    pod = objects.one("Deployment", role)["spec"]["template"]["spec"]
    (found,) = (c for c in pod["containers"] if c["name"] == "viber-gateway")
    return dict(found)


def test_split_runs_two_roles_and_combined_one(helm: Helm) -> None:
    """Each Deployment runs its role of the one program."""
    split = helm.render("minimal")
    combined = helm.render("combined")

    assert len(split.of("Deployment")) == 2
    assert gateway(split, "receiver")["args"] == ["run", "--role=receiver"]
    assert gateway(split, "sender")["args"] == ["run", "--role=sender"]
    assert len(combined.of("Deployment")) == 1
    assert gateway(combined, "combined")["args"] == ["run", "--role=all"]


@pytest.mark.parametrize("role", ["receiver", "sender"])
def test_a_role_may_run_elsewhere(helm: Helm, role: str) -> None:
    """With one role off, nothing of it is left."""
    objects = helm.render("minimal", tree(f"{role}.enabled", value=False))

    assert len(objects.of("Deployment")) == 1
    assert not [o for o in objects if o["metadata"]["name"].endswith(f"-{role}")]


@pytest.mark.parametrize("case", CASES)
def test_every_command_is_one_of_the_program(helm: Helm, case: str) -> None:
    """Arguments that the command line does not know would only show in the cluster."""
    commands = [
        container["args"]
        for _, container in containers(helm.render(case))
        if "command" not in container
    ]

    assert len(commands) >= 2
    for arguments in commands:
        parse(arguments)


def parse(arguments: list[str]) -> None:
    """Read arguments as the program does, and run nothing; what is wrong is raised."""
    command: Any = typer.main.get_command(command_line())
    while hasattr(command, "commands"):
        head, *arguments = arguments
        command = command.commands[head]
    command.make_context("", list(arguments))


def test_the_reading_of_arguments_notices_slips() -> None:
    """The test above can fail."""
    with pytest.raises(Exception, match="No such option"):
        parse(["run", "--rol=all"])


def test_arguments_may_be_added(helm: Helm) -> None:
    """What a later version knows can be used at once."""
    objects = helm.render("minimal", tree("sender.extraArgs", ["--more"]))

    assert gateway(objects, "sender")["args"] == ["run", "--role=sender", "--more"]
    assert gateway(objects, "receiver")["args"] == ["run", "--role=receiver"]


@pytest.mark.parametrize("case", CASES)
def test_pods_satisfy_the_restricted_standard(helm: Helm, case: str) -> None:
    """Every pod may run where Kubernetes enforces `restricted`."""
    objects = helm.render(case)

    for name, pod in objects.pods().items():
        context = pod["securityContext"]
        assert context["runAsNonRoot"] is True, name
        assert context["seccompProfile"] == {"type": "RuntimeDefault"}, name
        assert not {"hostNetwork", "hostPID", "hostIPC"} & pod.keys(), name
        assert not [v for v in pod.get("volumes", []) if not v.keys() <= VOLUMES], name
    for name, container in containers(objects):
        own = container["securityContext"]
        assert own["allowPrivilegeEscalation"] is False, name
        assert own["capabilities"] == {"drop": ["ALL"]}, name
        assert "hostPort" not in str(container.get("ports")), name


@pytest.mark.parametrize("case", CASES)
def test_pods_have_no_more_than_they_need(helm: Helm, case: str) -> None:
    """No token of the API server, no service variables, nothing to write to."""
    objects = helm.render(case)

    assert objects.one("ServiceAccount")["automountServiceAccountToken"] is False
    for name, pod in objects.pods().items():
        assert pod["automountServiceAccountToken"] is False, name
        assert pod["enableServiceLinks"] is False, name
    for name, container in containers(objects):
        assert container["securityContext"]["readOnlyRootFilesystem"] is True, name
        assert container["securityContext"]["privileged"] is False, name
        assert container["resources"]["limits"]["memory"], name
        assert container["resources"]["requests"].keys() == {"cpu", "memory"}, name
        assert container["terminationMessagePolicy"] == "FallbackToLogsOnError", name


@pytest.mark.parametrize("case", CASES)
def test_no_secret_stands_in_the_environment(helm: Helm, case: str) -> None:
    """Secrets are files: an environment shows in dumps and in `kubectl describe`."""
    objects = helm.render(case)
    environment = [
        variable for _, c in containers(objects) for variable in c.get("env", [])
    ]
    settings = objects.one("ConfigMap", "gateway")["data"]

    assert not [
        name
        for name in [*settings, *(v["name"] for v in environment)]
        if any(word in name.split("_") for word in SECRET)
        and not name.endswith("_FILE")
    ]
    assert not [v for v in environment if "secretKeyRef" in str(v)]


@pytest.mark.parametrize("case", CASES)
def test_secrets_are_files_that_are_replaced_whole(helm: Helm, case: str) -> None:
    """Only the group reads them, and no subPath keeps an old version in place."""
    objects = helm.render(case)

    for pod in objects.pods().values():
        for volume in pod.get("volumes", []):
            if "projected" in volume:
                assert volume["projected"]["defaultMode"] == 0o440
    assert "subPath" not in str(objects)


def test_openshift_chooses_users_and_groups(helm: Helm) -> None:
    """Its own admission gives them; a fixed user would be refused."""
    usual = helm.render("minimal").pods()["gw-viber-gateway-sender"]["securityContext"]
    values = tree("openshift.adaptSecurityContext", value=True)
    adapted = helm.render("minimal", values).pods()["gw-viber-gateway-sender"]

    fixed = {"runAsUser", "runAsGroup", "fsGroup"}
    assert fixed <= usual.keys()
    assert adapted["securityContext"].keys() == usual.keys() - fixed


@pytest.mark.parametrize(
    ("values", "image"),
    [
        ({}, "viber-gateway:0.1.0"),
        ({"image": {"tag": "1.2"}}, "viber-gateway:1.2"),
        ({"image": {"registry": "ghcr.io/a"}}, "ghcr.io/a/viber-gateway:0.1.0"),
        (
            {"image": {"registry": "ghcr.io"}, "global": {"imageRegistry": "r.io"}},
            "r.io/viber-gateway:0.1.0",
        ),
        (
            {"image": {"digest": "sha256:" + "a" * 64}},
            "viber-gateway:0.1.0@sha256:" + "a" * 64,
        ),
    ],
)
def test_the_image_is_the_one_that_is_named(
    helm: Helm, values: dict[str, Any], image: str
) -> None:
    """Registry, tag and digest are honoured, by every pod."""
    found = {c["image"] for _, c in containers(helm.render("minimal", values))}

    assert found == {image}


def test_a_selector_holds_only_what_never_changes(helm: Helm) -> None:
    """Selectors are immutable: with a version in them no upgrade would go through."""
    for deployment in helm.render("full").of("Deployment"):
        labels = deployment["spec"]["template"]["metadata"]["labels"]
        selector = deployment["spec"]["selector"]["matchLabels"]
        component = deployment["metadata"]["name"].rpartition("-")[2]

        assert selector == {
            "app.kubernetes.io/name": "gateway",
            "app.kubernetes.io/instance": "gw",
            "app.kubernetes.io/component": component,
        }
        assert selector.items() <= labels.items()
        assert "helm.sh/chart" not in labels


def test_no_selector_takes_pods_of_another_component(helm: Helm) -> None:
    """Jobs and tests get no callbacks and count in no budget."""
    objects = helm.render("full")
    components = {
        thing["metadata"]["labels"]["app.kubernetes.io/component"]
        for thing in objects.of("Deployment", "Job", "CronJob", "Pod")
    }
    services = [o["spec"]["selector"] for o in objects.of("Service")]
    budgets = [
        o["spec"]["selector"]["matchLabels"] for o in objects.of("PodDisruptionBudget")
    ]

    assert components == {"receiver", "sender", "webhook", "test"}
    assert {s["app.kubernetes.io/component"] for s in services + budgets} == {
        "receiver",
        "sender",
    }


def test_settings_restart_pods_and_bots_do_not(helm: Helm) -> None:
    """Settings are read at the start; the bots file is read again when it changes."""

    def templates(values: dict[str, Any]) -> list[Any]:
        deployments = helm.render("many-bots", values).of("Deployment")
        return [deployment["spec"]["template"] for deployment in deployments]

    before = templates({})
    other_bot = templates(tree("bots.shop.rateLimitPerSecond", 21))
    other_setting = templates(tree("settings.LOG_LEVEL", "DEBUG"))

    assert before == other_bot
    assert all(old != new for old, new in zip(before, other_setting, strict=True))


def test_pods_spread_unless_told_otherwise(helm: Helm) -> None:
    """By default over zones and nodes, where that is possible."""
    pods = helm.render("minimal").pods()
    own = [{"maxSkew": 2, "topologyKey": "rack", "whenUnsatisfiable": "DoNotSchedule"}]
    told = helm.render("minimal", tree("sender.topologySpreadConstraints", own)).pods()

    spread = pods["gw-viber-gateway-receiver"]["topologySpreadConstraints"]
    assert {c["topologyKey"] for c in spread} == {
        "topology.kubernetes.io/zone",
        "kubernetes.io/hostname",
    }
    assert {c["whenUnsatisfiable"] for c in spread} == {"ScheduleAnyway"}
    assert told["gw-viber-gateway-sender"]["topologySpreadConstraints"] == own


def test_a_role_stands_above_the_defaults(helm: Helm) -> None:
    """What is said of one role leaves the other alone, false and nothing included."""
    values = {
        "defaults": {"minReadySeconds": 7, "nodeSelector": {"pool": "a"}},
        "sender": {"minReadySeconds": 0, "nodeSelector": {"pool": "b"}},
    }
    specs = {
        o["metadata"]["name"].rpartition("-")[2]: o["spec"]
        for o in helm.render("minimal", values).of("Deployment")
    }

    assert specs["receiver"]["minReadySeconds"] == 7
    assert specs["sender"]["minReadySeconds"] == 0
    assert specs["sender"]["template"]["spec"]["nodeSelector"]["pool"] == "b"


def test_a_role_without_pull_secrets_names_none(helm: Helm) -> None:
    """Both lists of pull Secrets count, each name once."""
    values = {
        "image": {"pullSecrets": ["a", "b"]},
        "global": {"imagePullSecrets": ["a"]},
    }
    named = helm.render("minimal", values).pods()["gw-viber-gateway-sender"]
    plain = helm.render("minimal").pods()["gw-viber-gateway-sender"]

    assert named["imagePullSecrets"] == [{"name": "a"}, {"name": "b"}]
    assert "imagePullSecrets" not in plain


def test_more_objects_may_be_written_as_templates(helm: Helm) -> None:
    """Texts and maps are rendered with the release's names, and faults are told."""
    names = [o["metadata"]["name"] for o in helm.render("full").of("ConfigMap")]

    assert {"gw-gateway-extra", "gw-text"} <= set(names)
    with pytest.raises(HelmError):
        helm.template("minimal", {"extraObjects": ["{{ fail `no` }}"]})
