"""What is logged while something runs, at any level."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from gateway.log import MEMBERS

Entry = dict[str, Any]


class _Notes(logging.Handler):
    def __init__(self) -> None:
        super().__init__()
        self.entries: list[Entry] = []

    def emit(self, record: logging.LogRecord) -> None:
        said = {"event": record.getMessage(), "level": record.levelname.lower()}
        self.entries.append(said | getattr(record, MEMBERS, {}))


@contextmanager
def capture_logs() -> Iterator[list[Entry]]:
    """Collect the gateway's own lines: their members, `event` and `level`."""
    logger, notes = logging.getLogger("gateway"), _Notes()
    level = logger.level
    logger.addHandler(notes)
    logger.setLevel(logging.DEBUG)
    try:
        yield notes.entries
    finally:
        logger.removeHandler(notes)
        logger.setLevel(level)
