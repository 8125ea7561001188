"""Dead letters back to the topic they came from.

Rule 1: commands of one partition go back in the order in which they stood there, one
after another; so every ordering key keeps its order.
Rule 2: a marker follows each command, acknowledged one after the other.  A run that is
broken off between the two repeats one command at the most; the next run skips the rest.
Rule 3: a command keeps its id, and header `dlq_redriven_at` tells that it was dead.

A command without an id of its own is named by its place, which is a new one now; the
old name goes with it as header `id` (plain form) or `ce_id`.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterable
from typing import NamedTuple

from gateway.cli.dead_letters import MARKER, PREFIX, REDRIVEN, DeadLetter, Pile
from gateway.core.envelope import open_envelope
from gateway.core.errors import InvalidCommandError
from gateway.core.instant import parse_rfc3339, rfc3339
from gateway.core.record import Header, NewRecord

AT = "dlq_redriven_at"

Write = Callable[[NewRecord], Awaitable[tuple[int, int]]]


class Plan(NamedTuple):
    """What goes back, in this order, and what stays, each with the reason."""

    going: list[DeadLetter]
    staying: list[tuple[DeadLetter, str]]


class Done(NamedTuple):
    """A command that went back, and where it stands now."""

    letter: DeadLetter
    partition: int
    offset: int


def make_plan(pile: Pile, topics: Collection[str], now: float) -> Plan:
    """Choose what goes back.

    Args:
        pile: The letters that are wanted.
        topics: The outbound topics: nothing goes anywhere else.
        now: Seconds since 1970.
    """
    going: dict[str, DeadLetter] = {}
    staying = []
    for letter in pile.letters:
        if letter.name in pile.redriven:
            staying.append((letter, "redriven already"))
        elif letter.name in going:
            staying.append((letter, "the same letter again"))
        elif reason := _why_not(letter, topics, now):
            staying.append((letter, reason))
        else:
            going[letter.name] = letter
    in_order = sorted(going.values(), key=lambda letter: letter.origin or ())
    return Plan(in_order, staying)


def _why_not(letter: DeadLetter, topics: Collection[str], now: float) -> str | None:
    if letter.origin is None:
        return "a callback"
    if letter.origin.topic not in topics:
        return f"came from {letter.origin.topic}, which TOPIC_OUTBOUND does not name"
    if letter.is_cut:
        return "its value is not complete"
    return "expired by its own time" if _has_expired(letter, now) else None


def _has_expired(letter: DeadLetter, now: float) -> bool:
    try:
        expires = open_envelope(letter.record).expirytime
        return expires is not None and parse_rfc3339(expires) <= now
    except (InvalidCommandError, ValueError):
        return False  # the gateway will say what is wrong with it


def command(letter: DeadLetter, topic: str, now: float) -> NewRecord:
    """Write the command as it was, with its id and the time when it went back."""
    kept = [
        (name, value)
        for name, value in letter.record.headers
        if not name.startswith(PREFIX)
    ]
    headers = (*kept, *_identity(letter, kept), (AT, rfc3339(now).encode()))
    return NewRecord(topic, letter.record.key, letter.record.value, headers)


def _identity(letter: DeadLetter, kept: Iterable[Header]) -> tuple[Header, ...]:
    try:
        envelope = open_envelope(letter.record)
    except InvalidCommandError:
        return ()
    is_event = any(name.startswith("ce_") for name, _ in kept)
    is_structured = envelope.type is not None and not is_event
    if envelope.id or is_structured or not letter.command_id:
        return ()
    return (("ce_id" if is_event else "id", letter.command_id.encode()),)


def marker(letter: DeadLetter, now: float) -> NewRecord:
    """Write the marker that a letter was redriven, beside it in its own topic.

    It has the letter's key; an empty one where that has none, for the client library
    writes no record without key and value.
    """
    named = ("topic", "partition", "offset", "timestamp", "bot", "command_id")
    copied = ((f"dlq_{n}", letter.headers.get(f"dlq_{n}", "").encode()) for n in named)
    about = ((MARKER, REDRIVEN.encode()), (AT, rfc3339(now).encode()))
    key = letter.record.key or b""
    return NewRecord(letter.record.topic, key, None, (*about, *copied))


async def redrive(
    letters: Iterable[DeadLetter],
    write: Write,
    now: Callable[[], float],
    go_on: Callable[[], Awaitable[bool]],
) -> AsyncIterator[Done]:
    """Send letters back, one after another.

    Args:
        letters: Of commands, in the order in which they shall go.
        write: Returns partition and offset once Kafka has acknowledged a record.
        now: Seconds since 1970.
        go_on: Called between two letters: waits as long as their rate asks for, and
            tells whether to go on.
    """
    for letter in letters:
        if letter.origin is None:
            continue
        partition, offset = await write(command(letter, letter.origin.topic, now()))
        await write(marker(letter, now()))
        yield Done(letter, partition, offset)
        if not await go_on():
            return
