"""Records as people look at them: one line each, whatever their kind.

A record that another program wrote may lack anything, so nothing here fails.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple

import msgspec

from gateway.core.event import TYPE_PREFIX as EVENT_PREFIX
from gateway.core.instant import rfc3339
from gateway.core.record import Record
from gateway.core.result import TYPE_PREFIX as RESULT_PREFIX


class Kind(StrEnum):
    """Which topic a record stands in."""

    inbound = "inbound"
    results = "results"
    dlq = "dlq"


class View(NamedTuple):
    """What a line shows, and what filters look at; empty where nothing is said.

    Attributes:
        kind: The event, the outcome, or the reason.
        about: The rest, for people.
    """

    bot: str
    kind: str
    user: str
    about: str


@dataclass(frozen=True, slots=True)
class Filter:
    """Which records are wanted; None: whichever.

    Attributes:
        kind: An event, an outcome or a reason.
    """

    bot: str | None = None
    user: str | None = None
    kind: str | None = None

    def takes(self, view: View) -> bool:
        """Tell whether a record is wanted."""
        wanted = (self.bot, self.user, self.kind)
        found = (view.bot, view.user, view.kind)
        return all(w in {None, f} for w, f in zip(wanted, found, strict=True))


def view(kind: Kind, record: Record) -> View:
    """Look at a record of a kind."""
    return VIEWS[kind](header_texts(record), read_json(record.value))


def line(record: Record, seen: View) -> str:
    """Write a record as one line: when, whose, what, about whom, and the rest."""
    at = rfc3339(record.timestamp / 1000)
    parts = (at, seen.bot or "-", seen.kind or "-", seen.user or "-", seen.about)
    return "  ".join(parts)


def as_json(record: Record) -> dict[str, Any]:
    """Write a record for programs; a value that is no JSON is text."""
    value = record.value
    said = None if value is None else read_json(value)
    if said is None and value is not None:
        said = value.decode(errors="replace")
    return {
        "topic": record.topic,
        "partition": record.partition,
        "offset": record.offset,
        "timestamp": rfc3339(record.timestamp / 1000),
        "key": None if record.key is None else record.key.decode(errors="replace"),
        "headers": header_texts(record),
        "value": said,
    }


def header_texts(record: Record) -> dict[str, str]:
    """Return the headers as text; of one that stands twice the last."""
    return {
        name: (value or b"").decode(errors="replace") for name, value in record.headers
    }


def read_json(value: bytes | None) -> Any:
    """Read a value as JSON; None when it is none."""
    try:
        return msgspec.json.decode(value or b"null")
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return None


def _event(headers: Mapping[str, str], value: Any) -> View:
    said = value if isinstance(value, dict) else {}
    message = said.get("message")
    about = ""
    if isinstance(message, dict):
        about = f"{message.get('type', '?')}: {message.get('text') or message}"
    elif said.get("desc"):
        about = str(said["desc"])
    return View(
        headers.get("ce_bot", ""),
        headers.get("ce_type", "").removeprefix(EVENT_PREFIX),
        headers.get("ce_subject", ""),
        about,
    )


def _result(headers: Mapping[str, str], value: Any) -> View:
    said = value if isinstance(value, dict) else {}
    parts = (
        said.get("method"),
        said.get("command_id"),
        said.get("reason"),
        None if said.get("status") is None else f"status {said['status']}",
        said.get("status_message"),
    )
    return View(
        headers.get("ce_bot", ""),
        headers.get("ce_type", "").removeprefix(RESULT_PREFIX),
        str(said.get("receiver") or ""),
        "  ".join(str(part) for part in parts if part),
    )


def _dead_letter(headers: Mapping[str, str], value: Any) -> View:
    said = value if isinstance(value, dict) else {}
    data = said.get("data")  # of a structured CloudEvent
    receiver = said.get("receiver") or (isinstance(data, dict) and data.get("receiver"))
    return View(
        headers.get("dlq_bot", ""),
        headers.get("dlq_marker") or headers.get("dlq_reason", ""),
        str(receiver or ""),
        f"{headers.get('dlq_command_id', '')}  {headers.get('dlq_error', '')}".strip(),
    )


VIEWS = {Kind.inbound: _event, Kind.results: _result, Kind.dlq: _dead_letter}
