"""What dead letters say, and which are wanted."""

from dataclasses import replace

import pytest

from gateway.cli.dead_letters import Origin, Selection, count_by_reason
from gateway.core.cut import dead_letter_versions
from gateway.core.dead_letter import Death, of_callback, of_command
from gateway.core.errors import Reason
from tests.fakes.record import NOON, NOON_MS, ReadRecord
from tests.unit.cli.graveyard import TOPIC, dead, pile, stored

EXPIRED = Death(Reason.EXPIRED, "too old", "news", "c-7")


async def test_a_letter_says_whose_it_is_and_where_it_came_from() -> None:
    """As `core.dead_letter` wrote it."""
    (letter,) = (await pile([dead(key=b"user-1", death=EXPIRED)])).letters

    assert (letter.bot, letter.reason, letter.command_id) == ("news", "expired", "c-7")
    assert letter.key == "user-1"
    assert letter.origin == Origin("viber.outbound", 3, 41)
    assert letter.name == f"viber.outbound/3/41@{NOON_MS}"
    assert not letter.is_cut


async def test_a_callbacks_letter_has_no_origin_and_a_name_all_the_same() -> None:
    """Nothing names it but where it stands."""
    death = Death(Reason.MALFORMED_CALLBACK, "no JSON", "shop")
    record = stored(of_callback(TOPIC, b"{", (), death, NOON), offset=9)

    (letter,) = (await pile([record])).letters

    assert letter.origin is None
    assert (letter.name, letter.command_id, letter.key) == ("viber.dlq/0/9", "", "")


async def test_a_value_that_was_cut_is_noticed() -> None:
    """Every smaller version of a dead letter, but not the whole."""
    record = of_command(TOPIC, ReadRecord(b"x" * 100_000), EXPIRED)
    versions = [
        stored(version, at) for at, version in enumerate(dead_letter_versions(record))
    ]

    letters = (await pile(versions)).letters

    assert [letter.is_cut for letter in letters] == [False, True, True]


async def test_letters_come_the_oldest_first() -> None:
    """Whatever partition they stand in."""
    found = await pile([dead(3), dead(1), dead(2)])

    assert [letter.record.offset for letter in found.letters] == [1, 2, 3]


@pytest.mark.parametrize(
    ("selection", "expected"),
    [
        (Selection(), [1, 2, 3]),
        (Selection(bot="news"), [2]),
        (Selection(reason=Reason.EXPIRED), [2]),
        (Selection(key="user-3"), [3]),
        (Selection(identity="c-7"), [2]),
        (Selection(identity="viber.outbound/3/1"), [1]),
        (Selection(since=NOON + 0.002), [2, 3]),
        (Selection(until=NOON + 0.002), [1]),
        (Selection(since=NOON + 0.002, until=NOON + 0.003), [2]),
        (Selection(bot="news", reason=Reason.INTERNAL_ERROR), []),
    ],
    ids=str,
)
async def test_a_selection_takes_what_fits_in_every_part(
    selection: Selection, expected: list[int]
) -> None:
    """`since` counts from that moment on, `until` up to it."""
    records = [dead(1), dead(2, death=EXPIRED), dead(3, key=b"user-3")]

    found = await pile(records, selection)

    assert [letter.record.offset for letter in found.letters] == expected


async def test_a_producers_header_makes_no_marker() -> None:
    """Else a command could hide its own dead letter."""
    record = dead(headers=[("dlq_marker", b"redriven")])

    found = await pile([record])

    assert len(found.letters) == 1
    assert not found.redriven


async def test_records_that_are_neither_letter_nor_marker_are_passed_over() -> None:
    """Anybody may write to the topic."""
    found = await pile([ReadRecord(None), ReadRecord(b"x", [("dlq_marker", b"?")])])

    assert found == ([], frozenset())


async def test_an_origin_that_is_no_number_is_none() -> None:
    """A letter that another program wrote."""
    record = dead()
    odd = replace(record, headers=[*record.headers, ("dlq_offset", b"first")])

    (letter,) = (await pile([odd])).letters

    assert letter.origin is None


async def test_reasons_are_counted_the_most_frequent_first() -> None:
    """So that an operator sees what to look at."""
    found = await pile([dead(1, death=EXPIRED), dead(2), dead(3)])

    counts = list(count_by_reason(found.letters))

    assert counts == ["2 attempts_exhausted", "1 expired"]
