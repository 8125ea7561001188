"""`viber-gateway send`: puts a command on the outbound topic, and waits for its result.

The result is looked for from the end that the results topic had before the command was
written, so that it cannot be missed.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any
from uuid import uuid4

import msgspec
import typer

from gateway.adapters.kafka.clients import KafkaClients
from gateway.adapters.kafka.reader import Reader, open_reader
from gateway.adapters.kafka.writer import open_writer
from gateway.bots import Bot
from gateway.cli.command_loop import run
from gateway.cli.configuration import choose_bots, read_configuration
from gateway.cli.options import AsJson, takes
from gateway.cli.output import print_json, print_line
from gateway.cli.view import read_json
from gateway.core.command import TYPE_PREFIX
from gateway.core.envelope import STRUCTURED
from gateway.core.errors import GatewayError, SettingsError
from gateway.core.method import Method
from gateway.core.record import NewRecord
from gateway.core.result import ResultOutcome

SHOWN = ("method", "reason", "status", "status_message", "message_token", "attempts")


class NoResultError(GatewayError):
    """The command was written, but its result did not come in time."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What to send."""

    bot: Annotated[
        str | None, typer.Option(metavar="NAME", help="Whose; not needed for one bot.")
    ] = None
    to: Annotated[str | None, typer.Option(help="The receiver's user id.")] = None
    text: Annotated[str | None, typer.Option(help="A text message.")] = None
    file: Annotated[
        typer.FileBinaryRead | None,
        typer.Option(
            help="A Viber request body or a structured CloudEvent, in JSON; - is stdin."
        ),
    ] = None


@takes(Wish)
def send(
    wish: Wish,
    timeout: Annotated[
        float, typer.Option(min=0, help="Seconds to wait for the result; 0: do not.")
    ] = 30.0,
    as_json: AsJson = False,
) -> None:
    """Send a message, and wait for what becomes of it; 1 unless Viber accepts it.

    Example: viber-gateway send --bot shop --to '8WxcSDq9eq+IzDQ1sS0mPA==' --text Hello
    """
    settings, bots = read_configuration()
    bot = _only(choose_bots(bots, wish.bot))
    record = command(settings.topic.outbound, bot.name, wish, str(uuid4()))
    clients = KafkaClients(settings.kafka)
    results = settings.topic.results.replace("{bot}", bot.name)
    if timeout and not results:
        raise SettingsError(["TOPIC_RESULTS: is empty: use --timeout 0"])
    if timeout:
        told = run(_write_and_wait(clients, record, results, timeout))
    else:
        told = run(_write(clients, record))
    _print(told, as_json=as_json)


def command(topic: str, bot: str, wish: Wish, identity: str) -> NewRecord:
    """Write the command's record.

    Raises:
        typer.BadParameter: There is nothing to send, or the file holds no JSON object.
    """
    value = _read(wish)
    said = read_json(value)
    if not isinstance(said, dict):
        raise typer.BadParameter("the file must hold a JSON object")
    if "specversion" in said:
        headers = {"content-type": STRUCTURED}
        said = said.get("data")
    else:
        headers = _headers(bot, said, identity)
    receiver = said.get("receiver") if isinstance(said, dict) else None
    key = receiver.encode() if isinstance(receiver, str) else None
    packed = tuple((name, text.encode()) for name, text in headers.items())
    return NewRecord(topic.replace("{bot}", bot), key, value, packed)


def _read(wish: Wish) -> bytes:
    """Take the body from where it is: a text for a receiver, or a file."""
    if wish.file is not None and not wish.text and not wish.to:
        return wish.file.read()
    if wish.text and wish.to and wish.file is None:
        body = {"receiver": wish.to, "type": "text", "text": wish.text}
        return msgspec.json.encode(body)
    raise typer.BadParameter("give either --to and --text, or --file")


def _headers(bot: str, body: Mapping[str, Any], identity: str) -> dict[str, str]:
    is_broadcast = "broadcast_list" in body
    method = Method.BROADCAST_MESSAGE if is_broadcast else Method.SEND_MESSAGE
    return {
        "content-type": "application/json",
        "ce_specversion": "1.0",
        "ce_id": identity,
        "ce_source": "/viber-gateway/send",
        "ce_type": TYPE_PREFIX + method,
        "ce_bot": bot,
    }


def _only(bots: list[Bot]) -> Bot:
    if len(bots) > 1:
        names = ", ".join(bot.name for bot in bots)
        raise SettingsError([f"--bot: say which one; configured are: {names}"])
    return bots[0]


async def _write(clients: KafkaClients, record: NewRecord) -> dict[str, Any]:
    """Write the command; tell where it stands, as a result does."""
    async with open_writer(clients, [record.topic]) as writer:
        partition, offset = await writer.write(record)
    return {
        "command": {"topic": record.topic, "partition": partition, "offset": offset}
    }


async def _write_and_wait(
    clients: KafkaClients, record: NewRecord, results: str, timeout: float
) -> dict[str, Any]:
    """Write the command; return its result, the content of that record."""
    async with open_reader(clients, [results]) as reader:
        await reader.seek(last=0)
        written = await _write(clients, record)
        place = "{topic}/{partition}/{offset}".format_map(written["command"])
        try:
            async with asyncio.timeout(timeout):
                return await _find_result(reader, written["command"])
        except TimeoutError:
            raise NoResultError(
                f"no result within {timeout:g} s; the command stands at {place}: "
                "does a gateway run, with the role all or sender?"
            ) from None


async def _find_result(reader: Reader, place: Mapping[str, Any]) -> dict[str, Any]:
    results = (read_json(record.value) async for record in reader.on())
    ours = (
        result
        async for result in results
        if isinstance(result, dict) and result.get("command") == place
    )
    return await anext(ours)


def _print(result: Mapping[str, Any], *, as_json: bool) -> None:
    outcome = result.get("outcome")
    if as_json:
        print_json(result)
    elif outcome is None:
        print_line(
            "written: {topic}/{partition}/{offset}".format_map(result["command"])
        )
    else:
        shown = (f"{n} {result[n]}" for n in SHOWN if result.get(n) is not None)
        print_line(f"{outcome}: {result.get('command_id')}  {'  '.join(shown)}")
    if outcome not in {None, ResultOutcome.ACCEPTED}:
        raise typer.Exit(1)
