"""The pages of documents: which there are, their sections, and what they quote."""

import re
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).parents[2]
DOCS: Final = ROOT / "docs"
CHART: Final = ROOT / "deploy" / "helm" / "viber-gateway"
ALERTS: Final = CHART / "files" / "alerts.yaml"
PAGES: Final = sorted(
    page
    for pages in (
        "*.md",
        "docs/**/*.md",
        "bench/*.md",
        "bots/*.md",
        "bots/*/*.md",
        "deploy/helm/*/*.md",
        "schemas/*.md",
    )
    for page in ROOT.glob(pages)
)

_BLOCK: Final = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
_SPAN: Final = re.compile(r"`([^`\n]+)`")
_ROW: Final = re.compile(r"^\| (`.*?) \|", re.MULTILINE)

by_page = pytest.mark.parametrize(
    "page", PAGES, ids=lambda page: str(page.relative_to(ROOT))
)


def read(page: Path) -> str:
    """Return a page."""
    return page.read_text(encoding="utf-8")


def quotes(text: str) -> list[str]:
    """Return what stands in code within sentences and tables."""
    return _SPAN.findall(_BLOCK.sub("", text))


def section(page: str, title: str) -> str:
    """Return what stands under a heading of one of the documents."""
    return re.split(r"\n#+ ", read(DOCS / page).partition(f"# {title}\n")[2])[0]


def first_cells(text: str) -> set[str]:
    """Return the names that stand in code in the first cells of all tables."""
    return {
        name for row in _ROW.findall(text) for name in re.findall(r"`([\w:-]+)`", row)
    }
