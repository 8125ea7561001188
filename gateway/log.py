"""Logs: one line per change of state, on standard error.

A line has an event's name and members: `log.warning("topic_missing", topic=topic)`.
Never a token, never a message's text or a user's name.  User ids are hashed unless
`LOG_USER_IDS` says otherwise.  Why the standard library: docs/adr/0018.
"""

import hashlib
import json
import logging
import sys
from collections.abc import Callable, Mapping, MutableMapping
from functools import partial
from typing import Any

from gateway.core.instant import rfc3339
from gateway.settings import LogSettings

USER_FIELD = "user"
MEMBERS = "members"  # of a line, in the standard library's record

# Libraries that report each step, or each failed connection several times a second:
# we report the change of state.  What anybody may write into a trace's headers is no
# news at all.
QUIETER = {
    "aiokafka": logging.CRITICAL,
    "uvicorn": logging.ERROR,
    "opentelemetry.trace": logging.ERROR,
}

COLOURS = {"debug": 36, "info": 32, "warning": 33, "error": 31, "critical": 31}
LEVEL_WIDTH, EVENT_WIDTH = 8, 30  # the columns before a line's members

Line = dict[str, Any]


class Log(logging.LoggerAdapter[logging.Logger]):
    """A logger of events; what is named besides are the line's members."""

    def process(
        self, msg: Any, kwargs: MutableMapping[str, Any]
    ) -> tuple[Any, MutableMapping[str, Any]]:
        """Keep the members apart from what the standard library wants to know."""
        error = kwargs.pop("exc_info", None)
        return msg, {"exc_info": error, "extra": {MEMBERS: kwargs}}


def get_logger(name: str) -> Log:
    """Return a module's logger."""
    return Log(logging.getLogger(name))


class Lines(logging.Formatter):
    """Writes our own lines and the libraries', each of which is an event, too.

    Args:
        write: Turns what there is to tell into text.
        user_ids: Whether user ids are written as they are.
    """

    def __init__(self, write: Callable[[Line], str], *, user_ids: bool) -> None:
        super().__init__()
        self._write = write
        self._user_ids = user_ids

    def format(self, record: logging.LogRecord) -> str:
        """Write one line."""
        members = getattr(record, MEMBERS, {})
        line = {
            **(members if self._user_ids else hash_user(members)),
            "event": record.getMessage(),
            "level": record.levelname.lower(),
            "timestamp": rfc3339(record.created),
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return self._write(line)


def for_machines(line: Line) -> str:
    """Write a line as one JSON object."""
    return json.dumps(line, default=repr)


def for_people(line: Line, *, in_colour: bool = False) -> str:
    """Write a line as columns, and a traceback as it is."""
    when, level, event, trace = (
        line.pop(name, "") for name in ("timestamp", "level", "event", "exception")
    )
    wide = f"{level:<{LEVEL_WIDTH}}"
    shown = f"\x1b[{COLOURS[level]}m{wide}\x1b[0m" if in_colour else wide
    members = " ".join(f"{name}={_plain(value)}" for name, value in line.items())
    told = f"{when} [{shown}] {event:<{EVENT_WIDTH}} {members}".rstrip()
    return f"{told}\n{trace}" if trace else told


def configure(settings: LogSettings) -> None:
    """Send our own lines and the libraries' through one formatter."""
    handler = logging.StreamHandler(sys.stderr)
    in_columns = partial(for_people, in_colour=sys.stderr.isatty())
    write = for_machines if settings.format == "json" else in_columns
    handler.setFormatter(Lines(write, user_ids=settings.user_ids))
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(max(logging.INFO, logging.getLevelName(settings.level)))
    logging.getLogger("gateway").setLevel(settings.level)
    for name, level in QUIETER.items():
        logging.getLogger(name).setLevel(max(root.level, level))


def hash_user(members: Mapping[str, Any]) -> Line:
    """Put a short hash in the place of a user's id: lines can still be matched."""
    if USER_FIELD not in members:
        return dict(members)
    digest = hashlib.sha256(str(members[USER_FIELD]).encode()).hexdigest()
    return {**members, USER_FIELD: f"sha256:{digest[:16]}"}


def _plain(value: Any) -> str:
    """Write a word as it is, and all else so that it stays one value of one line."""
    is_word = isinstance(value, str) and value.isprintable() and " " not in value
    return value if is_word and value else repr(value)
