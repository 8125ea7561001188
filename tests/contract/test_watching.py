"""What `docs/watching.md` names is what the gateway and the chart tell."""

import re
from typing import Final

import yaml

from tests.contract.pages import ALERTS, ROOT, first_cells, quotes, read, section

PAGE: Final = "watching.md"
CODE: Final = "".join(read(path) for path in (ROOT / "gateway").rglob("*.py"))


def logged(how: str) -> set[str]:
    """Return the events that the gateway logs so."""
    return set(re.findall(rf'(?:log|__name__\))\.(?:{how})\(\s*"(\w+)"', CODE))


# What is told where nothing is set: `tell` is one of the two, by what it tells.
TOLD: Final = logged("info|warning|error|exception") | set(
    re.findall(r'\btell\("(\w+)"', CODE)
)
DETAILS: Final = logged("debug")


def test_each_recorded_series_is_named() -> None:
    """Who draws or scales by one need not read the chart."""
    groups = yaml.safe_load(read(ALERTS))["groups"]
    recorded = {rule.get("record") for group in groups for rule in group["rules"]}

    named = first_cells(section(PAGE, "What is computed beforehand"))
    assert named == recorded - {None}


def test_every_event_of_the_log_is_explained() -> None:
    """A line can be looked up by its event, and one that is searched for be found."""
    text = section(PAGE, "Logs")

    assert first_cells(text) == TOLD
    assert set(quotes(text)) >= DETAILS
