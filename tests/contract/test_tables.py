"""The tables for bots' authors hold all that is in records, answers and checks."""

import json
from typing import Final

import pytest

from gateway.cli.conformance.checks import CHECKS
from gateway.core.errors import Reason
from gateway.egress.activity import Wait
from gateway.egress.bot_lane import Condition
from gateway.egress.explanation import Reason as WaitReason
from gateway.egress.explanation import State
from tests.contract.pages import DOCS, ROOT, first_cells, quotes, read, section

PAGE: Final = "writing-a-bot.md"
WELCOME: Final = {"ce_replyto", "ce_correlationid", "ce_deadline"}
# Of callbacks only: no result has them.
CALLBACKS: Final = {Reason.MALFORMED_CALLBACK, Reason.RECORD_TOO_LARGE}


def members(schema: str) -> set[str]:
    """Return the members, or headers, that a published schema has."""
    text = (ROOT / "schemas" / f"{schema}.json").read_text(encoding="utf-8")
    return set(json.loads(text)["properties"])


@pytest.mark.parametrize(
    ("title", "schema", "besides", "in_sentences"),
    [
        ("Events", "events/headers", set(), WELCOME),
        ("Commands", "commands/plain_headers", set(), set()),
        ("Results", "results/result", set(Reason) - CALLBACKS, set()),
        ("Dead letters", "dead_letters/headers", set(), {"cut", *CALLBACKS}),
    ],
)
def test_a_table_has_what_the_schema_has(
    title: str, schema: str, besides: set[str], in_sentences: set[str]
) -> None:
    """Neither more nor less; what is seldom there may stand below it."""
    text = section(PAGE, title)

    assert first_cells(text) == (members(schema) | besides) - in_sentences
    assert in_sentences <= set(quotes(text))


def test_every_check_is_explained() -> None:
    """A bot's author learns beforehand what `conformance` will ask."""
    assert first_cells(section(PAGE, "Put it to the test")) == set(CHECKS)


def test_every_state_and_wait_is_explained() -> None:
    """What `explain` may say of a command stands on its page, and no more."""
    waits = {*Wait, *WaitReason, *Condition} - {Wait.TURN, Condition.OPEN}
    heads = {"state", "waits_for"}

    assert first_cells(read(DOCS / "explain.md")) - heads == {*State, *waits}
