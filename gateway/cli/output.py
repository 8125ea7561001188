"""What commands print: lines and columns for people, JSON for programs.

Rule: nothing from outside reaches a terminal as it came.  A user's name may hold
escape sequences that move the cursor or write into the clipboard.
"""

import sys
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

GAP = "  "


def printable(text: str) -> str:
    """Write control characters as escapes; line breaks too."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)


def print_columns(rows: Iterable[Sequence[str]]) -> None:
    """Print rows, each column as wide as its widest cell but for the last."""
    cells = [[printable(cell) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    for row in cells:
        padded = (cell.ljust(n) for cell, n in zip(row, widths, strict=True))
        print_line(GAP.join(padded))


def print_line(line: str) -> None:
    """Print one line at once, so that what follows a topic shows it."""
    print(printable(line).rstrip(), flush=True)


def print_json(value: Any) -> None:
    """Print one value as one line of JSON."""
    sys.stdout.write(msgspec.json.encode(value).decode() + "\n")
    sys.stdout.flush()
