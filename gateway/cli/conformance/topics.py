"""What stands in the topics of a bot under test: events, commands, results.

Rule: the bot is a stranger; of its commands only the receiver and the text are read,
in whichever of the three forms they are.
"""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from gateway.adapters.kafka.clients import KafkaClients
from gateway.adapters.kafka.reader import open_reader
from gateway.adapters.kafka.writer import open_writer
from gateway.cli.view import header_texts, read_json
from gateway.core.record import Header, NewRecord, Place, Record
from gateway.core.reply import correlation_id

# What others may write: nothing, no JSON, JSON of their own, events that lack what
# makes them events, or whose data is none.
MESSAGE = (
    ("content-type", b"application/json"),
    ("ce_specversion", b"1.0"),
    ("ce_id", b"foreign"),
    ("ce_source", b"/foreign"),
    ("ce_type", b"com.viber.callback.message"),
)
FOREIGN: tuple[tuple[bytes | None, tuple[Header, ...]], ...] = (
    (None, ()),
    (b"no event", ()),
    (b'{"event": "message"}', ()),
    (b"{}", MESSAGE[:2]),
    (b"{}", MESSAGE),
    (b"no event", MESSAGE),
    (None, MESSAGE),
)


class Words(NamedTuple):
    """A text, and the user who wrote or gets it."""

    user: str
    text: str


@dataclass(frozen=True, slots=True)
class Traffic:
    """The topics."""

    clients: KafkaClients
    inbound: str
    outbound: str
    results: str
    replies: str

    async def events(self) -> dict[Place, Words]:
        """Return the texts that users wrote, by the places of their events."""
        return {
            Place(record.partition, record.offset): words
            async for record in self._all(self.inbound)
            if (words := _written(record)) is not None
        }

    async def commands(self) -> list[Words]:
        """Return the texts that the bot has sent."""
        bodies = [body_of(record) async for record in self._all(self.outbound)]
        return [
            Words(str(body.get("receiver")), str(body.get("text"))) for body in bodies
        ]

    async def refusals(self, user: str) -> list[str]:
        """Say what became of commands to a user that were not accepted."""
        said = [read_json(record.value) async for record in self._all(self.results)]
        return [
            f"{result['outcome']}: {result['status_message'] or result['reason']}"
            for result in said
            if result["receiver"] == user and result["outcome"] != "accepted"
        ]

    async def traces(self, user: str) -> list[str]:
        """Return `traceparent` of the bot's commands to a user."""
        return [
            _trace_of(record)
            async for record in self._all(self.outbound)
            if body_of(record).get("receiver") == user
        ]

    async def misplaced(self) -> list[str]:
        """Return the keys of welcome messages that are not the question's id."""
        return [
            key
            async for record in self._all(self.replies)
            if (key := (record.key or b"").decode()) not in {"", correlation_id(record)}
        ]

    async def disturb(self, user: str) -> None:
        """Write what is no event among a user's events."""
        async with open_writer(self.clients, [self.inbound]) as writer:
            for value, headers in FOREIGN:
                given = NewRecord(self.inbound, user.encode(), value, headers)
                await writer.write(given)

    async def repeat(self, words: Words, **changed: str) -> None:
        """Write the event of some words once more, as Viber's repeats do.

        Args:
            words: What a user wrote.
            changed: Headers that differ; with another `ce_id` it is another event.
        """
        events = [r async for r in self._all(self.inbound) if _written(r) == words]
        kept = [(name, v) for name, v in events[0].headers if name not in changed]
        new = [(name, value.encode()) for name, value in changed.items()]
        again = NewRecord(self.inbound, events[0].key, events[0].value, (*kept, *new))
        async with open_writer(self.clients, [self.inbound]) as writer:
            await writer.write(again)

    async def _all(self, topic: str) -> AsyncIterator[Record]:
        async with open_reader(self.clients, [topic]) as reader:
            await reader.seek()
            async for record in reader.to_end():
                yield record


def body_of(record: Record) -> Mapping[str, Any]:
    """Return the request body of a command; of a structured one it is `data`."""
    said = read_json(record.value)
    if not isinstance(said, dict):
        return {}
    data = said.get("data")
    return data if "specversion" in said and isinstance(data, dict) else said


def _trace_of(record: Record) -> str:
    """Return `traceparent` of a command in any of the three forms, empty without."""
    headers, said = header_texts(record), read_json(record.value)
    member = said.get("traceparent") if isinstance(said, dict) else None
    return (
        headers.get("ce_traceparent") or headers.get("traceparent") or str(member or "")
    )


def _written(record: Record) -> Words | None:
    """Return what a user wrote, if the event is about that."""
    said = read_json(record.value)
    if not isinstance(said, dict) or said.get("event") != "message":
        return None
    user = header_texts(record).get("ce_subject", "")
    return Words(user, str(said["message"].get("text", "")))
