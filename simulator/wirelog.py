"""Everything that went over the wire, in order, kept for a while.

An entry is written once what it tells has been decided, and never changes.  For
API calls that is the moment of acceptance or refusal, so the order of accepted
entries is the order in which Viber took the messages.  Writing is cheap; bodies
become text only when somebody reads.
"""

import re
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from operator import attrgetter
from typing import Any

from simulator.rules.signature import signed_headers

Headers = list[tuple[bytes, bytes]]
TOKEN = re.compile(rb'"message_token":\s*(\d+)')


@dataclass(slots=True)
class ApiEntry:
    """One call of the REST API.

    ``http_status`` is None when no answer was sent; ``fault`` names the fault that
    was in play; ``why`` says more than Viber would.
    """

    at: int
    bot: str | None
    method: str
    http_method: str
    path: str
    headers: Headers
    body: bytes
    receivers: tuple[str, ...]
    http_status: int | None
    status: int | None
    message_token: int | None
    answer: bytes
    peer: str
    why: str = ""
    fault: str = ""
    seq: int = 0

    def is_about(self, token: str) -> bool:
        """Whether the call brought the message of this token."""
        return _text(self.message_token) == token

    def render(self) -> dict[str, Any]:
        """Return the entry as JSON; tokens are text, since they exceed 2^53."""
        return {
            "seq": self.seq,
            "kind": "api",
            "at": self.at,
            "bot": self.bot,
            "method": self.method,
            "http_method": self.http_method,
            "path": self.path,
            "headers": {
                n.decode("latin-1"): v.decode("latin-1") for n, v in self.headers
            },
            "body": self.body.decode(errors="replace"),
            "receivers": list(self.receivers),
            "accepted": self.status == 0,
            "status": self.status,
            "http_status": self.http_status,
            "message_token": _text(self.message_token),
            "answer": self.answer.decode(errors="replace"),
            "peer": self.peer,
            "why": self.why,
            "fault": self.fault,
        }


@dataclass(slots=True)
class CallbackEntry:
    """One attempt of a callback."""

    at: int
    bot: str
    event: str
    user: str | None
    attempt: int
    url: str
    body: bytes
    header: str | None
    query: str | None
    http_status: int | None
    trouble: str
    answer: bytes
    duration_ms: float
    notes: tuple[str, ...] = ()
    seq: int = 0

    def is_about(self, token: str) -> bool:
        """Whether it tells of the message of this token."""
        return token.encode() in self.body and _token_in(self.body) == token

    def render(self) -> dict[str, Any]:
        """Return the entry as JSON."""
        return {
            "seq": self.seq,
            "kind": "callback",
            "at": self.at,
            "bot": self.bot,
            "event": self.event,
            "user": self.user,
            "attempt": self.attempt,
            "url": self.url,
            "headers": signed_headers(self.header),
            "body": self.body.decode(errors="replace"),
            "message_token": _token_in(self.body),
            "signature": self.header or self.query,
            "signed_in": {"header": self.header, "query": self.query},
            "http_status": self.http_status,
            "trouble": self.trouble,
            "answer": self.answer.decode(errors="replace"),
            "duration_ms": round(self.duration_ms, 3),
            "notes": list(self.notes),
        }


Entry = ApiEntry | CallbackEntry


def _token_in(body: bytes) -> str | None:
    """Find a callback's token; its body may be no JSON at all."""
    found = TOKEN.search(body)
    return None if found is None else found[1].decode()


def _text(token: int | None) -> str | None:
    return None if token is None else str(token)


@dataclass(slots=True)
class WireLog:
    """The last ``limit`` entries; a limit of 0 keeps none but still counts."""

    limit: int
    seq: int = 0
    entries: deque[Entry] = field(init=False)
    on_add: Callable[[Entry], None] | None = None

    def __post_init__(self) -> None:
        self.entries = deque(maxlen=self.limit)

    def add(self, entry: Entry) -> None:
        """Number and keep an entry."""
        self.seq += 1
        entry.seq = self.seq
        self.entries.append(entry)
        if self.on_add is not None:
            self.on_add(entry)

    def after(self, seq: int, kind: str | None, limit: int) -> list[Entry]:
        """Return up to ``limit`` entries with a higher number, oldest first."""
        return list(islice(self._after(seq, kind), limit))

    def about(self, token: str) -> list[Entry]:
        """Return the entries about one message, oldest first.

        With them go the calls that brought the same body in vain before.
        """
        found: list[Entry] = []
        in_vain: dict[bytes, list[ApiEntry]] = {}
        for entry in self.entries:
            if entry.is_about(token):
                found.append(entry)
                if isinstance(entry, ApiEntry):
                    found += in_vain.pop(entry.body, ())
            elif isinstance(entry, ApiEntry) and entry.status == 0:
                in_vain.pop(entry.body, None)
            elif isinstance(entry, ApiEntry):
                in_vain.setdefault(entry.body, []).append(entry)
        return sorted(found, key=attrgetter("seq"))

    def clear(self) -> None:
        """Forget all entries; numbers go on."""
        self.entries.clear()

    def _after(self, seq: int, kind: str | None) -> Iterator[Entry]:
        wanted = {"api": ApiEntry, "callback": CallbackEntry}.get(kind or "", object)
        if not self.entries:
            return
        start = max(0, seq + 1 - self.entries[0].seq)
        for entry in islice(self.entries, start, None):
            if isinstance(entry, wanted):
                yield entry
