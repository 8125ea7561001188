"""What is made from something else is as it would be made now, and is whole."""

import re
import subprocess
import tarfile
import tomllib
from pathlib import Path

import pytest
import yaml

from deploy.helm.generate.files import generated
from deploy.helm.generate.values import read_values
from tests.chart.rendering import CHART, Helm

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    "name", ["README.md", "values.schema.json", "files/dashboard.json"]
)
def test_a_file_is_as_it_would_be_made_now(name: str) -> None:
    """After a change run: python -m deploy.helm.generate."""
    assert (CHART / name).read_text() == generated()[name]


def test_every_value_has_a_comment() -> None:
    """A key without one, that groups nothing, is refused; so none is missed."""
    with pytest.raises(ValueError, match=r"a\.b has no comment"):
        read_values("# ---- T ----\na:\n  b: 1\n")

    values = read_values((CHART / "values.yaml").read_text())
    assert len(values) > 200
    assert all(value.about.endswith(".") for value in values)


def test_chart_image_and_program_have_one_version() -> None:
    """The chart installs what it lies beside, and the image is labelled so."""
    chart = yaml.safe_load((CHART / "Chart.yaml").read_text())
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    dockerfile = (ROOT / "deploy" / "Dockerfile").read_text()

    assert chart["appVersion"] == project["version"]
    assert f"\nARG VERSION={project['version']}\n" in dockerfile
    assert chart["annotations"]["artifacthub.io/license"] == project["license"]


def test_the_version_at_hand_is_described_for_upgraders() -> None:
    """UPGRADING.md has a part for this version of the chart."""
    version = yaml.safe_load((CHART / "Chart.yaml").read_text())["version"]
    parts = re.findall(
        r"^## (\S+)$", (CHART / "UPGRADING.md").read_text(), re.MULTILINE
    )

    assert version in parts


def test_a_packed_chart_has_what_it_needs_and_no_more(
    each_helm: Helm, tmp_path: Path
) -> None:
    """Sets of values for tests stay out of it."""
    each_helm.run("package", str(CHART), "--destination", str(tmp_path))
    with tarfile.open(tmp_path / "viber-gateway-0.1.0.tgz") as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}

    assert {
        "Chart.yaml",
        "values.yaml",
        "values.schema.json",
        "README.md",
        "UPGRADING.md",
        "files/alerts.yaml",
        "files/dashboard.json",
    } <= names
    assert not [name for name in names if name.startswith("ci/")]


def test_the_notes_say_what_comes_next(helm: Helm) -> None:
    """Three steps, and what is still missing."""
    first = notes(helm, "minimal")
    later = notes(helm, "combined")

    assert re.findall(r"^(\d)\.", first, re.MULTILINE) == ["1", "2", "3"]
    assert "helm test gw --namespace bots" in first
    assert "set viber.webhookUrl" in first
    assert "deploy/gw-viber-gateway-sender -- viber-gateway webhook set" in first
    assert "Nothing leads to Service gw-viber-gateway" in first
    assert "webhook show" in later
    assert "Nothing leads to" not in later


def notes(helm: Helm, case: str) -> str:
    """Return the notes, carried by another object: Helm has them only for a cluster."""
    text = '{{ include "viber-gateway.notes" . | toJson }}'
    carrier = f"kind: ConfigMap\nmetadata: {{name: notes}}\ndata: {{notes: {text}}}"
    objects = helm.render(case, {"extraObjects": [carrier]})
    return str(objects.one("ConfigMap", "notes")["data"]["notes"])


# What checkov asks and we do not do, and why.
SKIPPED = {
    "CKV_K8S_8": "the pods of helm test end by themselves",
    "CKV_K8S_9": "so they do; the gateway's own probes are in test_settings",
    "CKV_K8S_11": "a CPU limit would throttle bursts that hurt nobody",
}


def test_checkov_finds_nothing_to_say(
    helm: Helm, checkov: Path, tmp_path: Path
) -> None:
    """A second opinion on what pods may do; what is skipped has its reason above."""
    rendered = tmp_path / "rendered.yaml"
    rendered.write_text(helm.template("full", {"extraObjects": []}))
    done = subprocess.run(
        [
            *(checkov, "-f", rendered, "--framework", "kubernetes", "--compact"),
            *("--quiet", "--skip-download", "--skip-check", ",".join(SKIPPED)),
        ],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout
