"""README and docs say what the code is: settings, rooms, metrics, commands, links."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
from prometheus_client.metrics import MetricWrapperBase

from docs.draw_imports import PICTURE, draw
from gateway.cli.command_line import command_line
from gateway.cli.reference import settings_tables
from gateway.environment import FOREIGN, groups, known_names
from gateway.ops.metrics import Metrics
from gateway.settings import TopicSettings
from tests.contract.pages import ROOT, by_page, quotes, read, section

README = read(ROOT / "README.md")

LINK = re.compile(r"\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
MAKE = re.compile(r"\bmake ([a-z-]+)\b(?=`|\n| ARGS)")
SNIPPET = re.compile(r"^```(python|js|go|java)\n(.+?)^```$", re.MULTILINE | re.DOTALL)
METRIC = re.compile(r"`((?:viber|http_client|http_server)_[a-z_]+)(?:\{([^}`]*)\})?")
LABEL = re.compile(r"([a-z_]+)(?:=\"[^\"]*\")?")
CODE = re.compile(r"^```.*?^```|`[^`\n]+`", re.MULTILINE | re.DOTALL)
# A command as it would be typed: in code, alone on its line, by its path, behind
# `kubectl exec`, or with the image.
COMMAND = re.compile(
    r"(?:(?:^|[`/]|-- )viber-gateway|docker run [^`\n]*viber-gateway:dev)"
    r" ([a-z]+(?: [a-z]+)*)([^`\n]*)",
    re.MULTILINE,
)
OPTION = re.compile(r"(?<= )--?[a-z][a-z-]*")
TEST = re.compile(r"`(test_\w+)`")
TESTS = {
    name
    for path in (ROOT / "tests").rglob("test_*.py")
    for name in re.findall(r"def (test_\w+)", path.read_text(encoding="utf-8"))
}

by_language = pytest.mark.parametrize(
    "code", [pytest.param(code, id=name) for name, code in SNIPPET.findall(README)]
)


def anchors(page: Path) -> set[str]:
    """Name the headings of a page as GitHub does in addresses."""
    kept = re.compile(r"[^\w\- ]")
    headings = HEADING.findall(read(page))
    return {kept.sub("", text.lower()).replace(" ", "-") for text in headings}


def settings_named(text: str) -> Iterator[str]:
    """Find what looks like the name of a setting."""
    prefixes = "|".join(group.prefix for group in groups().values())
    yield from re.findall(rf"(?<![A-Z_])(?:{prefixes})[A-Z_]*[A-Z]", text)


def test_the_readme_holds_the_settings() -> None:
    """The README's tables are what `python -m gateway.cli.reference` prints."""
    assert settings_tables() in README


def test_the_picture_of_the_rooms_is_up_to_date() -> None:
    """It shows today's imports; `python docs/draw_imports.py` draws it anew."""
    assert PICTURE.read_text(encoding="utf-8") == draw()


def test_every_room_is_explained() -> None:
    """The table of rooms has all that stands right below `gateway`, and no more."""
    below = {p.name for p in (ROOT / "gateway").iterdir() if p.suffix in {"", ".py"}}
    rows = section("architecture.md", "Rooms").splitlines()
    cells = [row.split("|")[1] for row in rows if row.startswith("| `")]
    named = {name.removeprefix("gateway/") for cell in cells for name in quotes(cell)}

    assert named - {"simulator", "bots"} == below - {"__init__.py", "__pycache__"}


@by_page
def test_links_lead_somewhere(page: Path) -> None:
    """Every link within the repository names a file, and a heading in it."""
    links = LINK.findall(read(page))
    for link in (link for link in links if "://" not in link):
        name, _, anchor = link.partition("#")
        target = (page.parent / name).resolve() if name else page

        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link


def test_every_page_is_in_the_contents() -> None:
    """Else `make docs` refuses it."""
    contents = (ROOT / "docs" / "index.md").read_text(encoding="utf-8").splitlines()
    pages = {page.stem for page in (ROOT / "docs").glob("*.md")} - {"index"}

    assert pages <= set(contents)


def test_every_decision_is_listed() -> None:
    """By its number and its title."""
    decisions = ROOT / "docs" / "adr"
    listed = read(decisions / "README.md")
    for page in decisions.glob("0*.md"):
        title = read(page).splitlines()[0].removeprefix("# ")
        number, _, title = title.partition(". ")

        assert f"| [{number}]({page.name}) | {title} |\n" in listed


@by_page
def test_settings_that_are_named_exist(page: Path) -> None:
    """No page names a setting that the gateway does not know."""
    named = set(settings_named(read(page)))

    assert named - FOREIGN <= known_names().keys()


@by_page
def test_make_targets_that_are_named_exist(page: Path) -> None:
    """No page names a target that the Makefile does not have."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))

    assert set(MAKE.findall(read(page))) <= targets


@by_page
def test_metrics_that_are_named_exist(page: Path) -> None:
    """No page names a metric, or a label of it, that `/metrics` does not have."""
    labels = {"viber_build_info": {"version", "revision", "role", "python"}}
    for metric in vars(Metrics("all")).values():
        if isinstance(metric, MetricWrapperBase):
            (family,) = metric.describe()
            known = set(metric._labelnames)  # noqa: SLF001  told nowhere else
            labels |= {family.name: known, f"{family.name}_total": known}

    for name, braces in METRIC.findall(read(page)):
        assert name in labels
        assert set(LABEL.findall(braces)) <= labels[name], name


@by_page
def test_commands_that_are_named_exist(page: Path) -> None:
    """No page names a command or an option that the command line does not have."""
    code = "\n".join(CODE.findall(read(page)))
    for words, options in COMMAND.findall(code):
        command = typer.main.get_command(command_line())
        for word in words.split():
            if commands := getattr(command, "commands", None):
                assert word in commands, words
                command = commands[word]
        known = {o for p in command.params for o in (*p.opts, *p.secondary_opts)}
        assert set(OPTION.findall(options)) <= known | {"--help"}, words


@by_page
def test_tests_that_are_named_exist(page: Path) -> None:
    """A promise names the tests that would fail if it were broken."""
    assert set(TEST.findall(read(page))) <= TESTS


def test_there_is_a_bot_in_each_language() -> None:
    """The README has one whole bot each in Python, Node, Go and Java."""
    languages = [language for language, _ in SNIPPET.findall(README)]

    assert languages == ["python", "js", "go", "java"]


@by_language
def test_bots_use_the_default_topics(code: str) -> None:
    """Each bot reads and writes the topics that are there by default."""
    topics = TopicSettings.model_fields

    assert f'"{topics["inbound"].default}"' in code
    assert f'"{topics["outbound"].default}"' in code


def test_the_python_bot_is_python() -> None:
    """The README's Python bot compiles."""
    code = next(code for language, code in SNIPPET.findall(README))

    compile(code, "README.md", "exec")
