"""The official AsyncAPI parser takes the published document without a word.

It is an npm package; without npm or a registry the tests are skipped by name.
"""

from pathlib import Path
from typing import Any

import msgspec
import pytest

from gateway.contract.asyncapi import as_yaml, document
from gateway.contract.channels import Topics
from gateway.contract.commands import TYPES
from tests.contract.toolchain import BUILD_SECONDS, Project, answer_of
from tests.contract.validators import FOLDER

PARSER = Project(
    Path(__file__).parents[1] / "contract" / "asyncapi" / "parser",
    (("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"),),
    ("node", "parse.js"),
)
PUBLISHED = (FOLDER / "asyncapi.yaml").read_text(encoding="utf-8")
PER_BOT = Topics("viber.{bot}.in", "viber.{bot}.out", "", "viber.{bot}.dlq")
pytestmark = pytest.mark.timeout(2 * BUILD_SECONDS)


def told(text: str) -> dict[str, Any]:
    """Return what the parser made of a document."""
    answer: dict[str, Any] = msgspec.json.decode(answer_of(PARSER, text.encode()))
    return answer


@pytest.mark.parametrize("text", [PUBLISHED, as_yaml(document(PER_BOT))])
def test_the_parser_finds_nothing(text: str) -> None:
    """No error, no warning, no hint: with the default topics, and with one per bot."""
    assert told(text)["diagnostics"] == []


def test_the_parser_understands_what_we_mean() -> None:
    """Who writes what where, and where the answer comes."""
    understood = told(PUBLISHED)
    operations = {one["channels"][0]: one for one in understood["operations"]}

    assert understood["servers"] == ["kafka"]
    assert {topic: one["action"] for topic, one in operations.items()} == {
        "viber.inbound": "send",
        "viber.outbound": "receive",
        "viber.results": "send",
        "viber.dlq": "send",
        "viber.replies": "receive",
    }
    assert operations["viber.outbound"]["answered"] == "viber.results"
    assert operations["viber.inbound"]["answered"] == "viber.replies"
    assert {*TYPES} <= {*operations["viber.outbound"]["messages"]}


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("action: receive", "action: take"),
        ("type: integer", "type: counter"),
        ("#/components/schemas/Keyboard", "#/components/schemas/Piano"),
    ],
)
def test_the_parser_would_find_what_is_wrong(right: str, wrong: str) -> None:
    """Unknown words, references that lead nowhere; it does not look at examples."""
    assert right in PUBLISHED

    assert told(PUBLISHED.replace(right, wrong))["diagnostics"] != []
