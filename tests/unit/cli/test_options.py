"""How durations and moments are written."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated

import pytest
import typer
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from gateway.cli.options import UNITS, duration, moment, say_duration, takes


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("30s", 30), ("15m", 900), ("1.5h", 5400), ("7d", 604_800)],
)
def test_a_duration_is_a_number_with_a_unit(text: str, seconds: float) -> None:
    """Seconds come out."""
    assert duration(text) == seconds


@pytest.mark.parametrize("text", ["", "7", "d", "-1d", "7w", "1h30m", "٣d"])
def test_what_is_no_duration_is_refused(text: str) -> None:
    """The text and examples are told."""
    with pytest.raises(typer.BadParameter, match="is no duration such as 30s"):
        duration(text)


@given(st.integers(1, 10_000), st.sampled_from(sorted(UNITS)))
def test_a_duration_that_is_said_means_the_same(number: int, unit: str) -> None:
    """What one command prints another takes."""
    seconds = duration(f"{number}{unit}")

    assert duration(say_duration(seconds)) == seconds


def test_a_moment_is_a_point_in_time_or_so_long_ago() -> None:
    """Both forms name the same moment."""
    hour_ago = datetime.now(UTC).timestamp() - 3600

    assert moment("2026-03-01T12:00:00Z") == 1_772_366_400
    assert 0 <= moment("1h") - hour_ago < 60


def test_what_is_no_moment_is_refused() -> None:
    """The text and both forms are told."""
    with pytest.raises(typer.BadParameter, match=r"'yesterday' is no moment.*2h \(ago"):
        moment("yesterday")


@dataclass(frozen=True, slots=True)
class Paint:
    """Options of two commands."""

    colour: Annotated[str, typer.Option(help="Of the wall.")] = "white"
    coats: int = 2


def test_options_in_a_dataclass_are_options_of_the_command() -> None:
    """Beside the command's own, with their names, types, defaults and help."""
    seen = []

    @takes(Paint)
    def paint(options: Paint, wall: str, fast: bool = False) -> None:  # noqa: FBT001, FBT002  as typer has it
        """Paint a wall."""
        seen.append((options, wall, fast))

    app = typer.Typer()
    app.command()(paint)
    run = CliRunner().invoke
    helped = run(app, ["--help"])
    plain = run(app, ["north"])
    every = run(app, ["east", "--colour", "red", "--coats", "3", "--fast"])
    wrong = run(app, ["east", "--coats", "many"])

    assert "Paint a wall." in helped.output
    assert "Of the wall." in helped.output
    assert (plain.exit_code, every.exit_code, wrong.exit_code) == (0, 0, 2)
    assert seen == [(Paint(), "north", False), (Paint("red", 3), "east", True)]
