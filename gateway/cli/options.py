"""Options that several commands share, and how their values are written.

A duration is a number and a unit: `30s`, `15m`, `12h`, `7d`.  A moment is RFC 3339,
or a duration: so long ago.
"""

import functools
import inspect
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated, Any, get_type_hints

import typer

from gateway.core.instant import parse_rfc3339

UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
_DURATION = re.compile(r"(\d+(?:\.\d+)?)([smhd])", re.ASCII)


def duration(text: str) -> float:
    """Read a duration, in seconds.

    Raises:
        typer.BadParameter: It is none.
    """
    found = _DURATION.fullmatch(text)
    if found is None:
        raise typer.BadParameter(f"'{text}' is no duration such as 30s, 15m, 12h or 7d")
    return float(found[1]) * UNITS[found[2]]


def moment(text: str) -> float:
    """Read a moment, in seconds since 1970.

    Raises:
        typer.BadParameter: It is none.
    """
    if _DURATION.fullmatch(text):
        return datetime.now(UTC).timestamp() - duration(text)
    try:
        return parse_rfc3339(text)
    except ValueError:
        raise typer.BadParameter(
            f"'{text}' is no moment such as 2026-03-01T12:00:00Z, or 2h (ago)"
        ) from None


def say_duration(seconds: float) -> str:
    """Write a duration in its largest whole unit."""
    units = [(sign, size) for sign, size in UNITS.items() if seconds % size == 0]
    sign, size = units[-1] if units else ("s", 1)
    return f"{seconds / size:g}{sign}"


AsJson = Annotated[bool, typer.Option("--json", help="For programs: JSON.")]
OfBot = Annotated[
    str | None, typer.Option("--bot", metavar="NAME", help="Only this bot.")
]


def takes(options: type) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Let a command have options that stand in a dataclass.

    The command gets them as one value, its first argument; typer sees one option per
    field.  So commands can share options, and need no long list of arguments.
    """

    def decorate(command: Callable[..., None]) -> Callable[..., None]:
        shared = inspect.signature(options).parameters
        _, *own = inspect.signature(command).parameters.values()

        @functools.wraps(command)
        def run(**given: Any) -> None:
            command(options(**{name: given.pop(name) for name in shared}), **given)

        hints = [
            get_type_hints(part, include_extras=True) for part in (command, options)
        ]
        run.__annotations__ = hints[0] | hints[1]
        run.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
            [
                parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY)
                for parameter in (*own, *shared.values())
            ]
        )
        return run

    return decorate
