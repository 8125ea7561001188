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
from gateway.core.record import NewRecord, Place, Record


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

    async def repeat(self, words: Words) -> None:
        """Write the event of some words once more, as Viber's repeats do."""
        records = [
            NewRecord(record.topic, record.key, record.value, tuple(record.headers))
            async for record in self._all(self.inbound)
            if _written(record) == words
        ]
        async with open_writer(self.clients, [self.inbound]) as writer:
            await writer.write(records[0])

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


def _written(record: Record) -> Words | None:
    """Return what a user wrote, if the event is about that."""
    said = read_json(record.value)
    if not isinstance(said, dict) or said.get("event") != "message":
        return None
    user = header_texts(record).get("ce_subject", "")
    return Words(user, str(said["message"].get("text", "")))
