"""What reaches a terminal."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.cli.output import print_columns, print_json, print_line, printable


@given(st.text())
def test_nothing_that_controls_a_terminal_is_printed(text: str) -> None:
    """Escape sequences, line breaks and their like come out as text."""
    assert printable(text).isprintable()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Оксана 👋", "Оксана 👋"),
        ("a\x1b]52;c;eA==\x07b", r"a\x1b]52;c;eA==\x07b"),
        ("two\nlines", r"two\nlines"),
        ("\u202eright", r"\u202eright"),
    ],
)
def test_what_can_be_read_stays_as_it_is(text: str, shown: str) -> None:
    """Letters of all languages stay; control characters become escapes."""
    assert printable(text) == shown


def test_columns_stand_below_each_other(capsys: pytest.CaptureFixture[str]) -> None:
    """Each is as wide as its widest cell, and no line ends with spaces."""
    print_columns([("a", "bbb", ""), ("aaaa", "b", "c")])

    assert capsys.readouterr().out == "a     bbb\naaaa  b    c\n"


def test_no_rows_print_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    """An empty list is no error."""
    print_columns([])

    assert capsys.readouterr().out == ""


def test_a_line_break_cannot_fake_a_second_line(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A line for people is one line."""
    print_line("a\nb")

    assert capsys.readouterr().out == "a\\nb\n"


def test_json_is_one_line_that_reads_back(capsys: pytest.CaptureFixture[str]) -> None:
    """A program reads line by line."""
    print_json({"text": "two\nlines"})

    out = capsys.readouterr().out
    assert out.count("\n") == 1
    assert json.loads(out) == {"text": "two\nlines"}
