"""`viber-gateway explain`: tells where one command is, from its record to its result.

The topics come first: they know whether it was written, and how it ended, when no
sender runs.  What has not ended is asked of the senders, by their management ports.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Annotated, Any

import msgspec
import typer

from gateway.adapters.kafka.clients import KafkaClients
from gateway.adapters.kafka.group import NOTHING, GroupOffsets
from gateway.adapters.kafka.reader import open_reader
from gateway.bots import Bot
from gateway.cli.command_loop import run
from gateway.cli.configuration import choose_bots, read_configuration
from gateway.cli.needed_topics import names_for
from gateway.cli.options import AsJson, OfBot, duration, takes
from gateway.cli.output import print_columns, print_json, print_line
from gateway.cli.progress import with_bar
from gateway.cli.senders import ask
from gateway.cli.view import read_json
from gateway.core.command import Command, CommandDecoder, InvalidCommand
from gateway.core.errors import GatewayError
from gateway.core.instant import rfc3339
from gateway.core.record import Record, TopicPartition
from gateway.core.topics import per_bot
from gateway.egress.clock import SystemClock
from gateway.egress.explanation import Explanation, State, identity, place
from gateway.egress.recent import Standing, standing
from gateway.settings import Settings

SHOWN = ("bot", "method", "waits_for", "why", "until", "expires_at", "attempts")
DONE = ("outcome", "reason", "attempts", "finished_at")

Found = Command | InvalidCommand


class NoSuchCommandError(GatewayError):
    """No record of the outbound topics has this id."""


@dataclass(frozen=True, slots=True)
class Where:
    """Where to look."""

    bot: OfBot = None
    since: Annotated[
        float,
        typer.Option(parser=duration, metavar="TIME", help="Written so long ago: 2h."),
    ] = "1d"  # type: ignore[assignment]  # typer parses defaults, too
    management: Annotated[
        list[str] | None,
        typer.Option(
            metavar="URL",
            help="A sender's management port; repeatable. Without: this machine's.",
        ),
    ] = None


@takes(Where)
def explain(
    where: Where,
    command_id: Annotated[
        str, typer.Argument(metavar="COMMAND_ID", help="As its producer named it.")
    ],
    as_json: AsJson = False,
) -> None:
    """Tell where a command is: unread, waiting and for what, in flight, or ended.

    Example: viber-gateway explain 7f9c2a --management http://10.0.0.7:9090
    """
    settings, bots = read_configuration()
    chosen = choose_bots(bots, where.bot)
    search = Search(settings, chosen, where)
    told = run(search.explain(command_id))
    if as_json:
        print_json(told)
    else:
        _print(told)


class Search:
    """Looks for one command.

    Args:
        settings: Topics, group and management port.
        bots: Whose topics are searched.
        where: How far back, and whom to ask.
    """

    def __init__(self, settings: Settings, bots: list[Bot], where: Where) -> None:
        self._settings = settings
        self._bots = {bot.name: bot for bot in bots}
        self._since = SystemClock.wall() - where.since
        port = settings.management.port
        self._management = where.management or [f"http://localhost:{port}"]
        self._clients = KafkaClients(settings.kafka)

    async def explain(self, command_id: str) -> dict[str, Any]:
        """Tell all that can be found out.

        Raises:
            NoSuchCommandError: No record has this id.
        """
        command = await self._find(command_id)
        if command is None:
            return await self._by_name(command_id)
        result = await self._result(command)
        if result is not None:
            told = _ended(command, result)
        else:
            told = await self._ask(command)
        written = rfc3339(command.record.timestamp / 1000)
        return {**told, "written_at": written, "result": result}

    async def _by_name(self, command_id: str) -> dict[str, Any]:
        """Ask the senders for a command whose record is not found.

        It is older, or Kafka keeps no times, as the embedded one.
        """
        for url in self._management:
            told = await ask(url, command_id)
            if told is not None and told["state"] != State.UNKNOWN:
                return {**told, "sender": url, "written_at": None, "result": None}
        raise NoSuchCommandError(
            f"no command '{command_id}' was written since {rfc3339(self._since)}"
            " (--since looks further back)"
        )

    async def _find(self, command_id: str) -> Found | None:
        """Find the newest record of this id."""
        outbound = per_bot(self._settings.topic.outbound, self._bots)
        decoder, found = CommandDecoder(self._bots), None
        async for record in self._read("commands", list(outbound), self._since):
            if record.value is None:
                continue
            bot = outbound[record.topic]
            command = decoder.decode(record, record.timestamp / 1000, bot)
            if command.id == command_id:
                found = command
        return found

    async def _result(self, command: Found) -> dict[str, Any] | None:
        """Find a command's result, in the topics that may hold it."""
        topics = names_for(self._settings.topic.results, self._bots.values())
        if not topics:
            return None
        at = standing(command.record)
        since = command.record.timestamp / 1000
        async for record in self._read("results", topics, since):
            said = read_json(record.value)
            if isinstance(said, dict) and _names(said.get("command"), at):
                return said
        return None

    async def _read(
        self, what: str, topics: list[str], since: float
    ) -> AsyncIterator[Record]:
        async with open_reader(self._clients, topics) as reader:
            await reader.seek(since=since)
            records = with_bar(f"reading {what}", await reader.ahead(), reader.to_end())
            async for record in records:
                yield record

    async def _ask(self, command: Found) -> dict[str, Any]:
        """Ask the senders; where none holds it, say how far the group has come."""
        at, silent = standing(command.record), []
        for url in self._management:
            told = await ask(url, command.id, at)
            if told is None:
                silent.append(url)
            elif told["state"] != State.UNKNOWN:
                return {**told, "sender": url}
        text = await self._group_says(at)
        if silent:
            text += f"; no sender answers at {', '.join(silent)}: see --management"
        known = Explanation(state=State.UNKNOWN, text=text, **identity(command))
        return known.as_json()

    async def _group_says(self, at: Standing) -> str:
        group = self._settings.kafka.consumer_group
        offsets = GroupOffsets(self._clients.admin, group)
        commits = await offsets.read([TopicPartition(*at.partition)])
        ahead = at.offset - commits.get(at.partition, NOTHING).offset
        if ahead < 0:
            return f"ended: group {group} has gone on after it; its result is gone"
        return f"not ended: group {group} is {ahead} records before it, or holds it"


def _names(said: object, at: Standing) -> bool:
    return said == place(at)


def _ended(command: Found, result: dict[str, Any]) -> dict[str, Any]:
    said: dict[str, Any] = {name: result.get(name) for name in DONE}
    tail = f": {result['status_message']}" if result.get("status_message") else ""
    text = f"ended: {said['outcome']}{tail}"
    told = Explanation(state=State.ENDED, text=text, **identity(command), **said)
    return told.as_json()


def _print(told: dict[str, Any]) -> None:
    place = f"{told['topic']}/{told['partition']}/{told['offset']}"
    rows = [("written", f"{told['written_at'] or ''}  {place}".strip())]
    rows += [
        (name, str(told[name]))
        for name in (*SHOWN, *DONE[:2])
        if told.get(name) is not None
    ]
    if told["result"]:
        rows.append(("result", msgspec.json.encode(told["result"]).decode()))
    print_line(f"{told['command_id']}: {told['text']}")
    print_columns([(f"  {name}", value) for name, value in rows])
