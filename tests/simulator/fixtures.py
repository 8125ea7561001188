"""The fixtures of Viber's wire: what was captured or documented."""

from functools import cache
from pathlib import Path
from typing import Any

import msgspec

FOLDER = Path(__file__).parents[1] / "fixtures" / "viber"


@cache
def raw(name: str) -> bytes:
    """Return the bytes of a fixture, such as ``callbacks/seen.json``."""
    return (FOLDER / name).read_bytes()


def load(name: str) -> Any:
    """Return a fixture's value."""
    return msgspec.json.decode(raw(name))


def names(folder: str) -> list[str]:
    """Return all fixtures of a folder."""
    return sorted(f"{folder}/{path.name}" for path in (FOLDER / folder).iterdir())
