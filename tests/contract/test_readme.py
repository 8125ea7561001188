"""README and docs say what the code is: settings, rooms, metrics, reasons, links."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer

from docs.draw_imports import PICTURE, draw
from gateway.cli.command_line import command_line
from gateway.cli.reference import settings_tables
from gateway.core.errors import Reason
from gateway.environment import FOREIGN, groups, known_names
from gateway.ops.metrics import Metrics
from gateway.settings import TopicSettings

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = sorted(
    page
    for pages in ("*.md", "docs/**/*.md", "bots/*.md", "bots/*/*.md")
    for page in ROOT.glob(pages)
)

LINK = re.compile(r"\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
MAKE = re.compile(r"\bmake ([a-z-]+)\b(?=`|\n| ARGS)")
SNIPPET = re.compile(r"^```(python|js|go|java)\n(.+?)^```$", re.MULTILINE | re.DOTALL)
METRIC = re.compile(r"`(viber_[a-z_]+)")
CODE = re.compile(r"^```.*?^```|`[^`\n]+`", re.MULTILINE | re.DOTALL)
# A command as it would be typed: in code, alone on its line, or behind `kubectl exec`.
COMMAND = re.compile(
    r"(?:^|`|-- )viber-gateway ([a-z]+(?: [a-z]+)*)([^`\n]*)", re.MULTILINE
)
OPTION = re.compile(r"(?<= )--?[a-z][a-z-]*")
TEST = re.compile(r"`(test_\w+)`")
TESTS = {
    name
    for path in (ROOT / "tests").rglob("test_*.py")
    for name in re.findall(r"def (test_\w+)", path.read_text(encoding="utf-8"))
}
REASON = re.compile(r"^\| `([a-z_]+)` \| (?:rejected|failed|expired) \|", re.MULTILINE)

by_page = pytest.mark.parametrize(
    "page", PAGES, ids=lambda page: str(page.relative_to(ROOT))
)
by_language = pytest.mark.parametrize(
    "code", [pytest.param(code, id=name) for name, code in SNIPPET.findall(README)]
)


def anchors(page: Path) -> set[str]:
    """Name the headings of a page as GitHub does in addresses."""
    kept = re.compile(r"[^\w\- ]")
    headings = HEADING.findall(page.read_text(encoding="utf-8"))
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


@by_page
def test_links_lead_somewhere(page: Path) -> None:
    """Every link within the repository names a file, and a heading in it."""
    links = LINK.findall(page.read_text(encoding="utf-8"))
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


@by_page
def test_settings_that_are_named_exist(page: Path) -> None:
    """No page names a setting that the gateway does not know."""
    named = set(settings_named(page.read_text(encoding="utf-8")))

    assert named - FOREIGN <= known_names().keys()


@by_page
def test_make_targets_that_are_named_exist(page: Path) -> None:
    """No page names a target that the Makefile does not have."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))

    assert set(MAKE.findall(page.read_text(encoding="utf-8"))) <= targets


@by_page
def test_metrics_that_are_named_exist(page: Path) -> None:
    """No page names a metric that `/metrics` does not have."""
    families = Metrics("all").registry.collect()
    known = {name for f in families for name in (f.name, f"{f.name}_total")}

    assert set(METRIC.findall(page.read_text(encoding="utf-8"))) <= known


@by_page
def test_commands_that_are_named_exist(page: Path) -> None:
    """No page names a command or an option that the command line does not have."""
    code = "\n".join(CODE.findall(page.read_text(encoding="utf-8")))
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
    assert set(TEST.findall(page.read_text(encoding="utf-8"))) <= TESTS


def test_every_reason_is_explained() -> None:
    """The page for bots explains each reason that a result or dead letter may have."""
    page = (ROOT / "docs" / "writing-a-bot.md").read_text(encoding="utf-8")
    of_callbacks = {Reason.MALFORMED_CALLBACK, Reason.RECORD_TOO_LARGE}

    assert set(REASON.findall(page)) == set(Reason) - of_callbacks
    assert all(f"`{reason}`" in page for reason in of_callbacks)


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
