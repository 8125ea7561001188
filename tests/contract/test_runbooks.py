"""Each alert has a runbook, and what that says can be done at night."""

import re
from pathlib import Path
from typing import Final

import pytest
import yaml

from tests.contract.pages import ALERTS, DOCS, quotes, read
from tests.contract.test_watching import DETAILS

RUNBOOKS: Final = DOCS / "runbooks"
PAGES: Final = sorted(RUNBOOKS.glob("Viber*.md"))
LISTED: Final = re.compile(r"^\| \[(\w+)\]\(\1\.md\) \| (\w+) \|", re.MULTILINE)

by_alert = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)


def test_the_list_has_every_alert_and_its_severity() -> None:
    """Neither more nor less."""
    groups = yaml.safe_load(read(ALERTS))["groups"]
    alerts = [
        (rule["alert"], rule["labels"]["severity"])
        for group in groups
        for rule in group["rules"]
        if "alert" in rule
    ]

    assert sorted(LISTED.findall(read(RUNBOOKS / "README.md"))) == sorted(alerts)
    assert {page.stem for page in PAGES} == {name for name, _ in alerts}


@by_alert
def test_a_page_says_what_to_find_out_and_what_to_do(page: Path) -> None:
    """All of them have the same parts."""
    titles = re.findall(r"^#+ (.+)$", read(page), re.MULTILINE)

    assert titles == [page.stem, "What users notice", "Find out", "Do"]


@by_alert
def test_a_page_asks_for_no_line_of_the_log_that_is_not_there(page: Path) -> None:
    """Nobody runs with `LOG_LEVEL=DEBUG` at night."""
    assert not DETAILS & set(quotes(read(page)))
