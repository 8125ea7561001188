"""Which records stand on which topic: payload, headers, key and whole examples.

Seen by the gateway: `send` is what it writes and bots read, `receive` what bots write.
"""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import msgspec

from gateway.contract import commands, dead_letters, events, results, welcome
from gateway.contract.examples import commands as command_examples
from gateway.contract.examples import records
from gateway.contract.examples import welcome as welcome_examples
from gateway.contract.examples.catalogue import EXAMPLES
from gateway.contract.schema import Schema, nullable, text
from gateway.core import callback
from gateway.core.envelope import STRUCTURED
from gateway.core.event import EventEncoder
from gateway.core.method import Method

RECEIVED_AT = 1_772_366_400.481  # 2026-03-01, noon
COMMAND_KEY = nullable(
    text("Commands of one key go one after another; the receiver is recommended.")
)


class Topics(NamedTuple):
    """Names of the topics; `{bot}` stands for a bot's name, no results for none."""

    inbound: str = "viber.inbound"
    outbound: str = "viber.outbound"
    results: str = "viber.results"
    dead_letters: str = "viber.dlq"
    replies: str = "viber.replies"


class ExampleRecord(NamedTuple):
    """One whole record: what its headers say as text, and its value as JSON."""

    name: str
    headers: Mapping[str, str]
    value: Any


class Message(NamedTuple):
    """One kind of record.

    Attributes:
        payload: Name of its schema; several: any of them; none: anything.
        headers: Name of the headers' schema.
        ce_type: The CloudEvent's type, where this kind has one of its own.
    """

    about: str
    payload: tuple[str, ...]
    headers: str
    examples: tuple[ExampleRecord, ...]
    ce_type: str | None = None
    content_type: str = "application/json"


class Channel(NamedTuple):
    """One topic, the operation on it, and the records that stand there.

    Attributes:
        topic: Its member in `Topics`.
        answered_on: The channel of what answers them, if anything does.
    """

    topic: str
    about: str
    action: str
    operation: str
    key: Schema
    messages: Mapping[str, Message]
    answered_on: str | None = None


def _events() -> dict[str, Message]:
    encoder = EventEncoder("shop", Topics().inbound)
    known = {
        event: Message(
            schema["description"],
            (f"events/{event}",),
            "events/headers",
            _written(encoder, _right(f"events/{event}")),
            events.TYPES[event],
        )
        for event, schema in events.EVENTS.items()
    }
    about = events.OTHER["description"]
    examples = _written(encoder, _right("events/other"))
    other = Message(about, ("events/other",), "events/headers", examples)
    return {**known, "other": other}


def _written(
    encoder: EventEncoder, values: Iterable[tuple[str, Any]]
) -> tuple[ExampleRecord, ...]:
    """Let the gateway's own code write the headers."""
    written = []
    for name, value in values:
        body = msgspec.json.encode(value)
        record = encoder.record(callback.parse(body), body, RECEIVED_AT)
        headers = {header: content.decode() for header, content in record.headers}
        written.append(ExampleRecord(name, headers, value))
    return tuple(written)


def _binary_commands() -> dict[str, Message]:
    return {
        method.value: Message(
            commands.BODIES[method]["description"],
            (f"commands/{method}",),
            "commands/binary_headers",
            _under(
                command_examples.MINIMAL.value | {"ce_type": commands.TYPES[method]},
                _right(f"commands/{method}"),
            ),
            commands.TYPES[method],
        )
        for method in Method
    }


def _other_commands() -> dict[str, Message]:
    plain = command_examples.PLAIN.value
    return {
        "structured": Message(
            commands.STRUCTURED_COMMAND["description"],
            ("commands/structured",),
            "commands/structured_headers",
            _under(
                command_examples.STRUCTURED_HEADERS.value,
                _right("commands/structured"),
            ),
            content_type=STRUCTURED,
        ),
        "plain": Message(
            commands.PLAIN_HEADERS["description"],
            tuple(f"commands/{method}" for method in Method),
            "commands/plain_headers",
            (ExampleRecord("text", plain, command_examples.TEXT.value),),
        ),
    }


def _result() -> Message:
    return Message(
        results.RESULT["description"],
        ("results/result",),
        "results/headers",
        tuple(
            ExampleRecord(
                name,
                records.RESULT_HEADERS.value
                | {"ce_type": results.TYPES[value["outcome"]]},
                value,
            )
            for name, value in _right("results/result")
        ),
    )


def _welcome_message() -> Message:
    return Message(
        welcome.MESSAGE["description"],
        ("welcome/message",),
        "welcome/headers",
        _under(welcome_examples.HEADERS.value, _right("welcome/message")),
    )


def _dead_letter() -> Message:
    command, headers = command_examples.TEXT.value, command_examples.BINARY.value
    died = records.DEAD_COMMAND.value
    return Message(
        dead_letters.VALUE["description"],
        (),
        "dead_letters/headers",
        (
            ExampleRecord("command", headers | died, command),
            ExampleRecord("callback", records.DEAD_CALLBACK.value, {"timestamp": 1}),
        ),
    )


def _under(
    headers: Mapping[str, str], values: Iterable[tuple[str, Any]]
) -> tuple[ExampleRecord, ...]:
    return tuple(ExampleRecord(name, headers, value) for name, value in values)


def _right(schema: str) -> list[tuple[str, Any]]:
    return [
        (example.name, example.value)
        for example in EXAMPLES
        if example.schema == schema and example.refused_by is None
    ]


CHANNELS: Mapping[str, Channel] = {
    "inbound": Channel(
        "inbound",
        "Events: what Viber's callbacks say. A user's stand in one partition.",
        "send",
        "writeEvents",
        events.KEY,
        _events(),
        "replies",
    ),
    "outbound": Channel(
        "outbound",
        "Commands: what bots want done, in one of three forms.",
        "receive",
        "readCommands",
        COMMAND_KEY,
        {**_binary_commands(), **_other_commands()},
        "results",
    ),
    "results": Channel(
        "results",
        "Results: what became of each command.",
        "send",
        "writeResults",
        results.KEY,
        {"result": _result()},
    ),
    "deadLetters": Channel(
        "dead_letters",
        "Dead letters: records that cannot go on, and why. For operators.",
        "send",
        "writeDeadLetters",
        dead_letters.KEY,
        {"dead_letter": _dead_letter()},
    ),
    "replies": Channel(
        "replies",
        "Replies: welcome messages, where an event asks for one.",
        "receive",
        "readReplies",
        welcome.KEY,
        {"welcome_message": _welcome_message()},
    ),
}
