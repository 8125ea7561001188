"""What `docs/watching.md` names is what the gateway and the chart tell."""

import re
from pathlib import Path
from typing import Final

import yaml

ROOT: Final = Path(__file__).parents[2]
PAGE: Final = (ROOT / "docs" / "watching.md").read_text()
ALERTS: Final = ROOT / "deploy" / "helm" / "viber-gateway" / "files" / "alerts.yaml"


def section(title: str) -> str:
    """Return what stands under a heading."""
    return re.split(r"\n#+ ", PAGE.partition(f"# {title}\n")[2])[0]


def first_cells(text: str) -> set[str]:
    """Return the names in the first column of a section's table."""
    rows = re.findall(r"^\| (`.*?) \|", text, re.MULTILINE)
    return {name for row in rows for name in re.findall(r"`([\w:]+)`", row)}


def test_each_recorded_series_is_named() -> None:
    """Who draws or scales by one need not read the chart."""
    groups = yaml.safe_load(ALERTS.read_text())["groups"]
    recorded = {rule.get("record") for group in groups for rule in group["rules"]}

    assert first_cells(section("What is computed beforehand")) == recorded - {None}


def test_events_of_the_log_are_those_of_the_gateway() -> None:
    """A line that is searched for by its event can be found."""
    code = "".join(p.read_text() for p in (ROOT / "gateway").rglob("*.py"))
    logged = set(re.findall(r'log\.(?:info|warning|error)\(\s*"(\w+)"', code))
    named = first_cells(section("Logs"))

    assert named
    assert named <= logged
