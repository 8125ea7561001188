"""What the documents name is there: files, members, values of the chart.

Settings, metrics, commands and tests have checks of their own, in test_readme.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from deploy.helm.generate.values import read_values
from tests.contract.pages import CHART, ROOT, by_page, quotes, read

NAME: Final = re.compile(r"\b[a-z][a-z0-9]*(?:_[a-z0-9]+)+\b|\b[a-z]+[A-Z]\w*\b")
FILE: Final = re.compile(
    r"(?<![\w./-])((?:bench|bots|deploy|docs|gateway|schemas|simulator|tests|"
    r"adapters|core|egress|ingress|ops|roles)/[\w./-]+\.\w+)"
)
# A value of the chart, alone or with what to set it to.
VALUE: Final = re.compile(
    r"((?:combined|defaults|kafka|metrics|networkPolicy|receiver|sender|strimzi|tracing|"
    r"webhookRegistration)(?:\.\w+)+)(?:[:=] ?[^/]*)?"
)
ROLES: Final = ("receiver", "sender", "combined")
MEMBERS: Final = {"sender.name", "sender.avatar"}  # of a message
# What is not ours: members of Strimzi, and a pattern of names.
OTHERS: Final = {"groupRegex", "kafkaExporter", "what_must_hold"}
SOURCES: Final = {".go", ".java", ".js", ".py", ".toml", ".tpl", ".yaml"}
BUILT: Final = {"node_modules", "target", "vendor"}


def sources() -> str:
    """Return all code but tests: what is said of it, a page may say."""
    rooms = ("bench", "bots", "deploy", "docs", "gateway", "simulator")
    files = [file for room in rooms for file in (ROOT / room).rglob("*")]
    files = [file for file in files if not BUILT & set(file.parts)]
    files.append(ROOT / "pyproject.toml")
    return "".join(read(file) for file in files if file.suffix in SOURCES)


def values() -> Iterator[str]:
    """Return the chart's values; what is among the defaults each role has as well."""
    paths = [value.path for value in read_values(read(CHART / "values.yaml"))]
    paths += [(role, *p[1:]) for p in paths for role in ROLES if p[0] == "defaults"]
    for path in paths:
        yield from (".".join(path[:length]) for length in range(1, 6))


KNOWN: Final = frozenset(NAME.findall(sources()))
VALUES: Final = frozenset(values())


@by_page
def test_names_that_are_quoted_exist(page: Path) -> None:
    """A member, value, label or event that was renamed is renamed on every page."""
    named = {name for quote in quotes(read(page)) for name in NAME.findall(quote)}
    own = {name for name in named if not name.startswith("test_")}

    assert own - OTHERS <= KNOWN


@by_page
def test_files_that_are_named_exist(page: Path) -> None:
    """Whether from the top, or from within the gateway."""
    for quote in quotes(read(page)):
        for name in FILE.findall(quote):
            assert (ROOT / name).exists() or (ROOT / "gateway" / name).exists(), name


@by_page
def test_values_that_are_named_exist(page: Path) -> None:
    """What a page says to set in the chart can be set."""
    found = [VALUE.fullmatch(quote) for quote in quotes(read(page))]

    assert {match[1] for match in found if match} - MEMBERS <= VALUES
