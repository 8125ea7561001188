"""The runbooks name commands, metrics, settings and values that exist."""

import re
from pathlib import Path
from typing import Any

import pytest
import typer

from deploy.helm.generate.values import read_values
from gateway.cli.command_line import command_line
from gateway.environment import known_names
from tests.chart.queries import is_metric
from tests.chart.rendering import CHART

RUNBOOKS = Path(__file__).parents[2] / "docs" / "runbooks"
PAGES = sorted(path.name for path in RUNBOOKS.glob("*.md"))


@pytest.fixture(params=PAGES)
def page(request: pytest.FixtureRequest) -> str:
    """One page's text."""
    name: str = request.param
    return (RUNBOOKS / name).read_text()


def commands() -> set[str]:
    """Return every command of the program, groups before their commands."""

    def below(command: Any, path: str) -> set[str]:
        inner = getattr(command, "commands", {})
        return {path}.union(*(below(c, f"{path} {n}") for n, c in inner.items()))

    return below(typer.main.get_command(command_line()), "viber-gateway")


def test_commands_are_those_of_the_program(page: str) -> None:
    """At night nobody wants to find out that a command is called otherwise."""
    named = re.findall(r"`(viber-gateway(?: [a-z]+)+)", page)

    assert set(named) <= commands()


def test_metrics_are_those_of_the_gateway(page: str) -> None:
    """A query that is copied from here finds something."""
    assert not [n for n in re.findall(r"`(viber_\w+)", page) if not is_metric(n)]


def test_settings_are_those_of_the_gateway(page: str) -> None:
    """What a page says to change can be changed."""
    named = re.findall(r"`((?:SENDER|KAFKA|HTTP|VIBER)_[A-Z_]+)`", page)

    assert set(named) <= known_names().keys()


def test_values_are_those_of_the_chart(page: str) -> None:
    """So it is with values."""
    values = read_values((CHART / "values.yaml").read_text())
    paths = {".".join(value.path[:n]) for value in values for n in range(1, 6)}
    named = re.findall(r"`((?:receiver|sender|networkPolicy|metrics)\.[\w.]+)`", page)

    assert set(named) <= paths


def test_links_lead_somewhere(page: str) -> None:
    """Every page that a page names is there."""
    assert set(re.findall(r"\]\((\w+\.md)\)", page)) <= set(PAGES)


def test_a_page_says_what_to_find_out_and_what_to_do(page: str) -> None:
    """All but the index have the same parts."""
    if page.startswith("# Runbooks"):
        return
    titles = re.findall(r"^## (.+)$", page, re.MULTILINE)

    assert titles == ["What users notice", "Find out", "Do"]
