"""The site is built without a warning, and needs nothing from the network."""

import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FROM_ELSEWHERE = re.compile(r"""(?:url\(|@import\s)['"\s]*(?:https?:)?//""")

pytestmark = pytest.mark.timeout(120)


class Fetched(HTMLParser):
    """What a browser fetches by itself when it shows a page."""

    def __init__(self, page: Path) -> None:
        super().__init__()
        self.urls: set[str] = set()
        self.feed(page.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note one tag."""
        about = dict(attrs)
        self.urls.add(about.get("src") or "")
        if tag == "link":
            self.urls.add(about.get("href") or "")


def build(source: Path, target: Path) -> subprocess.CompletedProcess[str]:
    """Build as `make docs` does."""
    command = [sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", "-n"]
    return subprocess.run(
        [*command, "-c", ROOT / "docs", source, target],
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The whole site."""
    target = tmp_path_factory.mktemp("site")
    done = build(ROOT, target)
    assert (done.returncode, done.stderr) == (0, "")
    return target


def test_every_page_of_the_documents_is_there(site: Path) -> None:
    """Also those that stand elsewhere in the repository."""
    pages = {page.relative_to(ROOT) for page in (ROOT / "docs").rglob("*.md")}
    elsewhere = {Path("README.md"), Path("deploy/helm/viber-gateway/README.md")}

    for page in pages | elsewhere:
        assert (site / page.with_suffix(".html")).exists(), page


def test_nothing_comes_from_the_network(site: Path) -> None:
    """Neither scripts nor styles, pictures or fonts."""
    for page in site.rglob("*.html"):
        assert not [url for url in Fetched(page).urls if "//" in url], page
    for style in site.rglob("*.css"):
        assert not FROM_ELSEWHERE.search(style.read_text(encoding="utf-8")), style


@pytest.mark.parametrize("link", ["nowhere.md", "index.md#nothing", "../none.md"])
def test_a_link_that_leads_nowhere_fails_the_build(link: str, tmp_path: Path) -> None:
    """Whether the page, its heading, or the folder is wrong."""
    page = tmp_path / "source" / "docs" / "index.md"
    page.parent.mkdir(parents=True)
    page.write_text(f"# Title\n\n[there]({link})\n", encoding="utf-8")

    done = build(tmp_path / "source", tmp_path / "target")

    assert done.returncode == 1
    assert link.rpartition("#")[2].removeprefix("../") in done.stderr
