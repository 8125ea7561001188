"""The schemas say of records what the gateway's own code does with them.

Commands: what a schema passes is decoded, and each mistake is refused by whom its
example names.  Events, results and dead letters: what the code writes passes.
"""

from collections.abc import Mapping
from typing import Any

import msgspec
import pytest

from gateway.bots import Bot
from gateway.contract.catalogue import SCHEMAS
from gateway.contract.dead_letters import ALWAYS, OF_COMMANDS
from gateway.contract.events import EVENTS
from gateway.contract.examples import commands, welcome
from gateway.contract.examples.commands import BINARY, BODIES, FORMS
from gateway.contract.examples.example import Example, Refuser
from gateway.contract.results import CALLBACK_REASONS, MEMBERS
from gateway.core.answer import Answer, FailedReceiver, Reply, read_answer
from gateway.core.callback import parse
from gateway.core.command import Command, CommandDecoder, InvalidCommand
from gateway.core.cut import dead_letter_versions, result_versions
from gateway.core.dead_letter import Death, of_callback
from gateway.core.errors import Reason
from gateway.core.event import EventEncoder
from gateway.core.record import Header, NewRecord
from gateway.core.reply import WelcomeError, correlation_id, read_message
from gateway.core.result import (
    Ending,
    ResultOutcome,
    dead_letter_record,
    result_record,
)
from tests.contract.validators import faults
from tests.fakes.record import NOON, ReadRecord, content
from tests.fixtures import load, names, raw

DECODER = CommandDecoder({"shop": Bot("shop", "t")})
# Requests that are no commands: they belong to operators, or are no request.
NOT_COMMANDS = ("set_webhook", "welcome_response")
METHOD_OF = {
    "broadcast_text": "broadcast_message",
    "channel_post": "post",
    "get_account_info": "get_account_info",
    "get_online": "get_online",
    "get_user_details": "get_user_details",
}
REQUESTS = [
    name for name in names("requests") if not any(n in name for n in NOT_COMMANDS)
]


def encoded(headers: Mapping[str, str]) -> list[Header]:
    """Write headers as Kafka has them."""
    return [(name, text.encode()) for name, text in headers.items()]


def record_of(example: Example) -> ReadRecord:
    """Make a whole record of an example of a command's body or of its form."""
    room, _, kind = example.schema.partition("/")
    body = msgspec.json.encode(commands.TEXT.value)
    if kind in {"binary_headers", "plain_headers"}:
        if example.value.get("ce_type") == commands.MINIMAL.value["ce_type"]:
            body = b"{}"
        return ReadRecord(body, encoded(example.value))
    if kind == "structured_headers":
        return ReadRecord(
            msgspec.json.encode(commands.STRUCTURED.value), encoded(example.value)
        )
    value = msgspec.json.encode(example.value)
    if kind == "structured":
        return ReadRecord(value, encoded(commands.STRUCTURED_HEADERS.value))
    headers = BINARY.value | {"ce_type": f"com.viber.command.{kind}"}
    assert room == "commands"
    return ReadRecord(value, encoded(headers))


@pytest.mark.parametrize(
    "example", [*BODIES, *FORMS], ids=lambda e: f"{e.schema}-{e.name}"
)
def test_the_decoder_refuses_what_the_example_says_it_does(example: Example) -> None:
    """A mistake that is not the gateway's to refuse is left to Viber."""
    decoded = DECODER.decode(record_of(example), NOON)

    is_refused = isinstance(decoded, InvalidCommand)
    assert is_refused == (example.refused_by is Refuser.GATEWAY), decoded


def is_dropped(example: Example) -> bool:
    """Tell whether the gateway drops such a reply."""
    if example.schema == "welcome/headers":
        return correlation_id(ReadRecord(headers=encoded(example.value))) is None
    try:
        read_message(msgspec.json.encode(example.value))
    except WelcomeError:
        return True
    return False


@pytest.mark.parametrize("example", welcome.EXAMPLES, ids=lambda e: e.name)
def test_a_reply_is_read_as_its_example_says(example: Example) -> None:
    """What is no message, or names no question, is none."""
    assert is_dropped(example) == (example.refused_by is Refuser.GATEWAY)


@pytest.mark.parametrize("name", REQUESTS)
def test_every_documented_request_passes_and_is_decoded(name: str) -> None:
    """Viber's own examples are commands, the deprecated token included."""
    stem = name.removeprefix("requests/").removesuffix(".json")
    method = METHOD_OF.get(stem, "send_message")
    headers = BINARY.value | {"ce_type": f"com.viber.command.{method}"}

    decoded = DECODER.decode(ReadRecord(raw(name), encoded(headers)), NOON)

    assert faults(f"commands/{method}", load(name)) == []
    assert isinstance(decoded, Command)
    assert decoded.method == method


def test_the_documented_welcome_message_passes() -> None:
    """It is an answer to a callback, and no command."""
    assert faults("welcome/message", load("requests/welcome_response.json")) == []


@pytest.mark.parametrize("name", names("callbacks"))
def test_every_callback_becomes_an_event_that_passes(name: str) -> None:
    """Whatever was captured or documented: its value, its headers and its key."""
    body = raw(name)
    said = parse(body)
    event = EventEncoder("shop", "viber.inbound").record(said, body, NOON)

    schema = said.event if said.event in EVENTS else "other"
    assert faults(f"events/{schema}", load(name)) == []
    assert faults("events/other", load(name)) == []
    assert faults("events/headers", content(event.headers)) == []
    assert event.key == (said.user_id and said.user_id.encode())


COMMAND = DECODER.decode(
    ReadRecord(msgspec.json.encode(commands.TEXT.value), encoded(BINARY.value)), NOON
)
INVALID = DECODER.decode(ReadRecord(b"[]"), NOON)
NAMELESS = DECODER.decode(ReadRecord(b"{}", encoded({"bot": "nobody"})), NOON)
FULL = Answer(
    http_status=200,
    status=0,
    status_message="ok",
    message_token="6208897550124580868",
    billing_status=1,
    failed_list=(
        FailedReceiver("u", 6, "Not subscribed"),
        FailedReceiver("v", None, None),
    ),
    data={"id": "pa:1"},
)
ENDINGS = [
    Ending(ResultOutcome.ACCEPTED, NOON, answer=FULL, attempts=1),
    Ending(ResultOutcome.ACCEPTED, NOON),
    *(
        Ending(outcome, NOON, reason, "why", FULL, 2, NOON - 1, NOON)
        for outcome in (
            ResultOutcome.REJECTED,
            ResultOutcome.EXPIRED,
            ResultOutcome.FAILED,
        )
        for reason in Reason
        if reason not in CALLBACK_REASONS
    ),
]
by_ending = pytest.mark.parametrize(
    "ending", ENDINGS, ids=lambda e: f"{e.outcome}-{e.reason}-{e.attempts}"
)
by_command = pytest.mark.parametrize(
    "command", [COMMAND, INVALID, NAMELESS], ids=["command", "invalid", "nameless"]
)


def value_of(record: NewRecord) -> Any:
    """Read a record's value."""
    assert record.value is not None
    return msgspec.json.decode(record.value)


@by_command
@by_ending
def test_every_result_passes(command: Command | InvalidCommand, ending: Ending) -> None:
    """Whatever became of whatever was asked, and with no member untold."""
    result = result_record("viber.results", command, ending)

    assert faults("results/result", value_of(result)) == []
    assert faults("results/headers", content(result.headers)) == []
    assert value_of(result).keys() == MEMBERS.keys()


@by_command
@by_ending
def test_what_is_cut_passes(command: Command | InvalidCommand, ending: Ending) -> None:
    """A result or dead letter that its topic did not take is no other kind of one."""
    for result in result_versions(result_record("viber.results", command, ending)):
        assert faults("results/result", value_of(result)) == []
        assert faults("results/headers", content(result.headers)) == []
        assert value_of(result).keys() == MEMBERS.keys()
    letter = dead_letter_record("viber.dlq", command, ending)
    for version in dead_letter_versions(letter) if letter else ():
        assert faults("dead_letters/headers", content(version.headers)) == []


@pytest.mark.parametrize("name", ["results/headers", "dead_letters/headers"])
def test_the_schemas_tell_of_what_is_cut(name: str) -> None:
    """Who reads the topics should know that something may be missing."""
    assert "cut" in SCHEMAS[name]["properties"]


@pytest.mark.parametrize("is_query", [True, False])
@pytest.mark.parametrize("name", names("responses"))
def test_the_result_of_every_documented_answer_passes(
    name: str,
    is_query: bool,  # noqa: FBT001  a parameter of the test
) -> None:
    """Whatever Viber may answer, to a question or to a message."""
    answer = read_answer(Reply(200, raw(name)), is_query=is_query)
    ending = Ending(ResultOutcome.ACCEPTED, NOON, answer=answer)

    result = result_record("viber.results", COMMAND, ending)

    assert faults("results/result", value_of(result)) == []


@by_command
@by_ending
def test_every_dead_letter_of_a_command_passes(
    command: Command | InvalidCommand, ending: Ending
) -> None:
    """Its headers are those of the schema, and no other of ours."""
    letter = dead_letter_record("viber.dlq", command, ending)

    if letter is None:
        assert ending.reason is None
        return
    headers = content(letter.headers)
    ours = {name for name in headers if name.startswith("dlq_")}
    assert faults("dead_letters/headers", headers) == []
    assert ours == {*ALWAYS, *OF_COMMANDS}


@pytest.mark.parametrize("reason", sorted(CALLBACK_REASONS))
def test_every_dead_letter_of_a_callback_passes(reason: Reason) -> None:
    """It comes from no topic."""
    letter = of_callback("viber.dlq", b"{", (), Death(reason, "why", "shop"), NOON)

    headers = content(letter.headers)
    assert faults("dead_letters/headers", headers) == []
    assert headers.keys() == ALWAYS.keys()
