"""Whatever the values, the chart renders to objects that Kubernetes takes."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import kubernetes_validate
import pytest

from tests.chart.definitions import Definitions
from tests.chart.programs import HELM_VERSIONS
from tests.chart.rendering import (
    CASES,
    CHART,
    NAMESPACE,
    RELEASE,
    Helm,
    HelmError,
    Object,
    load,
    values_of,
)

KUBERNETES = ("1.30", "1.37")
OTHERS = re.compile(r"(gateway\.networking|cert-manager|keda|monitoring\.coreos)\.")
STRIMZI = "kafka.strimzi.io/v1"
# Lists whose items have a name of their own in Kubernetes.
NAMED = {"env", "volumes", "containers", "initContainers", "ports", "triggers"}
UNSTEADY = re.compile(
    r"(?<![$.\w])(lookup|now|date|uuidv4|genCA|genSelfSigned\w*|genSigned\w*|derivePassword"
    r"|rand\w+|htpasswd|bcrypt|getHostByName|env|Capabilities)\b"
)


def test_there_are_the_sets_of_values_that_are_promised() -> None:
    """The tests below run over all of these, whatever else is added."""
    assert {"combined", "full", "many-bots", "minimal", "strimzi"} <= set(CASES)


@pytest.mark.parametrize("case", CASES)
def test_helm_finds_nothing_to_say(each_helm: Helm, case: str) -> None:
    """Each set of values passes `helm lint --strict`."""
    said = each_helm.run("lint", "--strict", str(CHART), *values_of(case))

    assert "0 chart(s) failed" in said
    assert "[WARNING]" not in said


@pytest.mark.parametrize("case", CASES)
def test_rendering_again_gives_the_same_bytes(each_helm: Helm, case: str) -> None:
    """Nothing drifts between two looks, nor at an upgrade."""
    once = each_helm.template(case)

    assert once == each_helm.template(case)
    assert once == each_helm.template(case, None, "--is-upgrade")


@pytest.mark.parametrize("case", CASES)
def test_both_helms_render_the_same(each_helm: Helm, helm: Helm, case: str) -> None:
    """So that the tests of single values need only one of them."""
    assert each_helm.render(case) == helm.render(case)


def test_templates_ask_neither_the_cluster_nor_chance(
    templates: dict[str, str],
) -> None:
    """What is rendered follows from the values alone."""
    actions = {
        name: re.findall(r"{{.*?}}", re.sub(r'"[^"]*"', "", text), re.DOTALL)
        for name, text in templates.items()
        if not name.endswith("NOTES.txt")
    }

    assert len(actions) > 20
    assert not [
        (name, action)
        for name, found in actions.items()
        for action in found
        if UNSTEADY.search(re.sub(r"{{-?\s*/\*.*", "", action, flags=re.DOTALL))
    ]


@pytest.mark.parametrize("kubernetes", KUBERNETES)
@pytest.mark.parametrize("case", CASES)
def test_kubernetes_knows_every_member(helm: Helm, case: str, kubernetes: str) -> None:
    """A slip in a member's name or type fails here, for the oldest and the newest."""
    ours = [thing for thing in helm.render(case) if not _is_others(thing)]

    assert {"Deployment", "Service", "NetworkPolicy", "Pod"} <= {
        o["kind"] for o in ours
    }
    assert not [fault for o in ours if (fault := _fault(o, kubernetes))]


@pytest.mark.parametrize("case", CASES)
def test_other_projects_know_every_member(
    helm: Helm, case: str, go_definitions: Definitions
) -> None:
    """What others look after fits their own definitions."""
    theirs = [o for o in helm.render(case) if OTHERS.match(o["apiVersion"])]

    assert all(thing in go_definitions for thing in theirs)
    assert not [(o["kind"], f) for o in theirs for f in go_definitions.faults(o)]


@pytest.mark.parametrize("case", ["full", "strimzi"])
def test_strimzi_knows_every_member(
    helm: Helm, case: str, strimzi_definitions: Definitions
) -> None:
    """Topics and users fit Strimzi's definitions."""
    theirs = [o for o in helm.render(case) if o["apiVersion"] == STRIMZI]

    assert {o["kind"] for o in theirs} == {"KafkaTopic", "KafkaUser"}
    assert not [(o["kind"], f) for o in theirs for f in strimzi_definitions.faults(o)]


def test_the_cases_show_every_kind_of_other_projects(
    helm: Helm, go_definitions: Definitions
) -> None:
    """No definition is fetched for nothing, and no object goes unjudged."""
    kinds = {
        o["kind"]
        for case in CASES
        for o in helm.render(case)
        if OTHERS.match(o["apiVersion"])
    }

    assert kinds == {
        "Certificate",
        "HTTPRoute",
        "PodMonitor",
        "PrometheusRule",
        "ScaledObject",
        "ServiceMonitor",
        "TriggerAuthentication",
    }
    (rule,) = helm.render("full").of("PrometheusRule")
    assert go_definitions.faults({**rule, "spec": {"group": []}})


@pytest.mark.parametrize("case", CASES)
def test_no_name_is_there_twice(helm: Helm, case: str) -> None:
    """Objects, variables, volumes and ports: server-side apply refuses the second."""
    objects = helm.render(case)
    places = Counter(
        (o["kind"], o["metadata"].get("namespace"), o["metadata"]["name"])
        for o in objects
    )

    assert max(places.values()) == 1
    assert not [found for o in objects for found in _repeated(o)]


@pytest.mark.parametrize("case", CASES)
def test_every_object_says_whose_it_is(helm: Helm, case: str) -> None:
    """Name, instance, version, chart and manager stand on all of our objects."""
    ours = [o for o in helm.render(case) if "labels" in o["metadata"]]

    assert len(ours) > 10
    for thing in ours:
        labels = thing["metadata"]["labels"]
        assert labels["app.kubernetes.io/instance"] == RELEASE
        assert labels["app.kubernetes.io/managed-by"] == "Helm"
        assert labels["helm.sh/chart"] == "viber-gateway-0.1.0"
        assert thing["metadata"]["namespace"]


def test_names_are_short_enough_whatever_the_release_is_called(helm: Helm) -> None:
    """Services have at most 63 characters, CronJobs 52."""
    values = {"webhookRegistration": {"mode": "cronjob"}, "nameOverride": "n" * 60}
    text = helm.run(
        *("template", "r" * 53, str(CHART), *values_of("many-bots"), "-f", "-"),
        values=values,
    )
    names = {o["kind"]: o["metadata"]["name"] for o in load(text)}

    assert len(names["CronJob"]) <= 52
    assert all(len(name) <= 63 for name in names.values())


def test_an_older_kubernetes_is_refused(each_helm: Helm) -> None:
    """Where members of ours are unknown, nothing is installed."""
    with pytest.raises(HelmError, match=r"incompatible with Kubernetes v1\.29"):
        each_helm.template("minimal", None, "--kube-version", "1.29.0")

    assert each_helm.template("minimal", None, "--kube-version", "1.30.0")


def test_another_namespace_may_be_chosen(helm: Helm) -> None:
    """A value moves every object that has no namespace of its own."""
    usual = {o["metadata"]["namespace"] for o in helm.render("minimal")}
    values = {"namespaceOverride": "elsewhere"}
    moved = {o["metadata"]["namespace"] for o in helm.render("minimal", values)}

    assert (usual, moved) == ({NAMESPACE}, {"elsewhere"})


def test_both_versions_of_helm_are_tested() -> None:
    """One is a Helm 3, the other a Helm 4."""
    assert [version[0] for version in HELM_VERSIONS] == ["3", "4"]


def _is_others(thing: Object) -> bool:
    return bool(OTHERS.match(thing["apiVersion"])) or thing["apiVersion"] == STRIMZI


def _fault(thing: Object, kubernetes: str) -> str:
    try:
        kubernetes_validate.validate(thing, kubernetes, strict=True)
    except kubernetes_validate.ValidationError as error:
        return f"{thing['kind']} {thing['metadata']['name']}: {error.message[:300]}"
    return ""


def _repeated(value: Any, key: str = "") -> Iterator[str]:
    if isinstance(value, dict):
        for name, below in value.items():
            yield from _repeated(below, name)
    elif isinstance(value, list):
        names = Counter(i["name"] for i in value if isinstance(i, dict) and "name" in i)
        if key in NAMED:
            yield from (f"{key}: {name}" for name, count in names.items() if count > 1)
        for below in value:
            yield from _repeated(below)
