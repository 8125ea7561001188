"""The commands that ended last are remembered, and no more of them."""

from dataclasses import replace

from gateway.core.command import CommandDecoder
from gateway.core.result import Ending, ResultOutcome
from gateway.egress.recent import KEPT, Recent
from tests.fakes.commands import record
from tests.fakes.record import NOON


def test_only_the_last_are_remembered() -> None:
    """So memory does not grow with what has ended."""
    recent = Recent()
    ending = Ending(ResultOutcome.ACCEPTED, NOON)
    commands = [
        CommandDecoder({}).decode(replace(record(), offset=offset), NOON)
        for offset in range(KEPT + 1)
    ]

    for command in commands:
        recent.remember(command, ending)

    assert recent.find(lambda ended: ended.at.offset == 0) is None
    last = recent.find(lambda ended: ended.at.offset == KEPT)
    assert last is not None
    assert last.ending is ending
