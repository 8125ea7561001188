"""What a dead letter says, and whether it is wanted: pure.

A letter is named by the record that it was: topic, partition, offset and timestamp.  So
a letter that was written twice (at least once, after a crash) is one, and a topic that
was created anew is another.  A marker names a letter that was redriven; unlike any
letter it has no reason, so no producer's header can make one.
"""

from collections.abc import AsyncIterable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, NamedTuple

import typer

from gateway.cli.options import OfBot, moment
from gateway.cli.view import header_texts
from gateway.core.cut import HEADER as CUT
from gateway.core.errors import Reason
from gateway.core.record import Record

PREFIX = "dlq_"
MARKER = "dlq_marker"
REDRIVEN = "redriven"

Moment = Annotated[
    float | None,
    typer.Option(
        parser=moment, metavar="TIME", help="RFC 3339, or 2h for 2 hours ago."
    ),
]


class Origin(NamedTuple):
    """Where a record stood before it died; sorts in the order in which it was read."""

    topic: str
    partition: int
    offset: int


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """One dead letter.

    Attributes:
        name: The same for each copy of it.
        origin: None: it was no command but a callback.
        is_cut: Part of its value is missing.
    """

    record: Record
    headers: Mapping[str, str]
    name: str
    origin: Origin | None

    @property
    def reason(self) -> str:
        """Why it died, for programs."""
        return self.headers["dlq_reason"]

    @property
    def bot(self) -> str:
        """Whose it is; empty where nobody knows."""
        return self.headers.get("dlq_bot", "")

    @property
    def command_id(self) -> str:
        """The command's id; empty for a callback."""
        return self.headers.get("dlq_command_id", "")

    @property
    def key(self) -> str:
        """Its key, as text."""
        return (self.record.key or b"").decode(errors="replace")

    @property
    def is_cut(self) -> bool:
        """Whether part of its value is missing."""
        return "value" in self.headers.get(CUT, "").split(",")


@dataclass(frozen=True, slots=True)
class Selection:
    """Which dead letters are wanted; what is not given does not matter."""

    bot: OfBot = None
    reason: Annotated[
        Reason | None, typer.Option(metavar="SLUG", help="Only with this reason.")
    ] = None
    key: Annotated[str | None, typer.Option(help="Only with this record key.")] = None
    identity: Annotated[
        str | None,
        typer.Option("--id", metavar="COMMAND_ID", help="Only of this command."),
    ] = None
    since: Moment = None
    until: Moment = None

    def takes(self, letter: DeadLetter) -> bool:
        """Tell whether a dead letter is wanted."""
        pairs = (
            (self.bot, letter.bot),
            (self.reason, letter.reason),
            (self.key, letter.key),
            (self.identity, letter.command_id),
        )
        died_at = letter.record.timestamp / 1000
        is_late = self.since is not None and died_at < self.since
        is_early = self.until is not None and died_at >= self.until
        fits = all(wanted in {None, found} for wanted, found in pairs)
        return fits and not is_late and not is_early


class Pile(NamedTuple):
    """What was found: letters, the oldest first, and the names of those redriven."""

    letters: list[DeadLetter]
    redriven: frozenset[str]


async def sort_out(records: AsyncIterable[Record], selection: Selection) -> Pile:
    """Sort the records of a dead-letter topic into wanted letters and markers."""
    letters, redriven = [], set()
    async for record in records:
        headers = header_texts(record)
        if "dlq_reason" in headers:
            letter = _letter(record, headers)
            if selection.takes(letter):
                letters.append(letter)
        elif headers.get(MARKER) == REDRIVEN:
            redriven.add(_name(record, headers))
    letters.sort(key=lambda letter: letter.record.timestamp)
    return Pile(letters, frozenset(redriven))


def _letter(record: Record, headers: Mapping[str, str]) -> DeadLetter:
    return DeadLetter(record, headers, _name(record, headers), _origin(headers))


def _origin(headers: Mapping[str, str]) -> Origin | None:
    try:
        partition, offset = (int(headers[f"dlq_{n}"]) for n in ("partition", "offset"))
        return Origin(headers["dlq_topic"], partition, offset)
    except (KeyError, ValueError):
        return None


def _name(record: Record, headers: Mapping[str, str]) -> str:
    origin = _origin(headers)
    if origin is None:  # a callback: nothing names it but where it stands now
        return f"{record.topic}/{record.partition}/{record.offset}"
    return f"{'/'.join(map(str, origin))}@{headers.get('dlq_timestamp', '')}"


def count_by_reason(letters: Iterable[DeadLetter]) -> Iterator[str]:
    """Say how many there are of each reason, the most frequent first."""
    counts: dict[str, int] = {}
    for letter in letters:
        counts[letter.reason] = counts.get(letter.reason, 0) + 1
    for reason, count in sorted(counts.items(), key=lambda item: -item[1]):
        yield f"{count} {reason}"
