"""`viber-gateway tail`: shows what stands in a topic, one line per record."""

from collections import deque
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Annotated

import typer

from gateway.adapters.kafka.clients import KafkaClients
from gateway.adapters.kafka.reader import Reader, open_reader
from gateway.cli.command_loop import run
from gateway.cli.configuration import choose_bots, read_without_tokens
from gateway.cli.dead_letters import REDRIVEN
from gateway.cli.needed_topics import names_for
from gateway.cli.options import AsJson, OfBot, takes
from gateway.cli.output import print_json, print_line
from gateway.cli.progress import with_bar
from gateway.cli.view import Filter, Kind, View, as_json, line, view
from gateway.core.errors import Reason, SettingsError
from gateway.core.record import Record
from gateway.core.result import ResultOutcome

LAST = 10
# What there is beside events, to which Viber may add some; and the options' names.
KNOWN = {
    Kind.results: ("--outcome", tuple(ResultOutcome)),
    Kind.dlq: ("--reason", (*Reason, REDRIVEN)),
}
SETTINGS = {Kind.inbound: "inbound", Kind.results: "results", Kind.dlq: "dead_letters"}

Seen = tuple[Record, View]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to show, and how much of it."""

    bot: OfBot = None
    user: Annotated[str | None, typer.Option(help="Only this user's id.")] = None
    kind: Annotated[
        str | None,
        typer.Option(
            "--event",
            "--outcome",
            "--reason",
            help="Only this event (inbound), outcome (results) or reason (dlq).",
        ),
    ] = None
    from_beginning: Annotated[
        bool, typer.Option("--from-beginning", help="Begin with the oldest.")
    ] = False
    follow: Annotated[
        bool, typer.Option("--follow", "-f", help="Show what comes, until Ctrl-C.")
    ] = False
    limit: Annotated[
        int | None, typer.Option("--limit", "-n", min=1, help="At most so many.")
    ] = None


@takes(Wanted)
def tail(
    wanted: Wanted,
    topic: Annotated[Kind, typer.Argument(help="Whose records.")],
    as_json: AsJson = False,
) -> None:
    """Show the last 10 records of a topic, or the last --limit.

    --from-beginning shows all, --follow those that come from now on, and both together
    all and those that come; --limit ends it.

    Example: viber-gateway tail inbound --follow --bot shop --event message
    """
    _check(topic, wanted.kind)
    settings, bots = read_without_tokens()
    chosen = choose_bots(bots, wanted.bot)
    names = names_for(getattr(settings.topic, SETTINGS[topic]), chosen)
    if not names:
        raise SettingsError(["TOPIC_RESULTS: is empty, so there are no results"])
    clients = KafkaClients(settings.kafka)
    with suppress(KeyboardInterrupt):
        run(_tail(clients, names, topic, wanted, as_json=as_json))


def _check(topic: Kind, kind: str | None) -> None:
    """Make sure that records can be of a kind at all.

    Raises:
        typer.BadParameter: They cannot.
    """
    option, known = KNOWN.get(topic, ("", ()))
    if kind is not None and known and kind not in known:
        said = f"'{kind}' is not one of {', '.join(map(repr, map(str, known)))}"
        raise typer.BadParameter(said, param_hint=option)


async def _tail(
    clients: KafkaClients,
    names: list[str],
    kind: Kind,
    wanted: Wanted,
    *,
    as_json: bool,
) -> None:
    show = _show_json if as_json else _show_line
    count = 0
    async with open_reader(clients, names) as reader:
        async for seen in _records(reader, kind, wanted):
            show(*seen)
            count += 1
            if count == wanted.limit:
                return
    if not count:
        typer.echo("viber-gateway: there is no such record", err=True)


async def _records(reader: Reader, kind: Kind, wanted: Wanted) -> AsyncIterator[Seen]:
    """Read the records that are wanted, from where they begin to where they end."""
    wish = Filter(wanted.bot, wanted.user, wanted.kind)
    if not wanted.from_beginning and not wanted.follow:
        for seen in await _last(reader, kind, wish, wanted.limit or LAST):
            yield seen
        return
    await reader.seek(last=None if wanted.from_beginning else 0)
    source = reader.on() if wanted.follow else reader.to_end()
    async for record in source:
        seen = (record, view(kind, record))
        if wish.takes(seen[1]):
            yield seen


async def _last(reader: Reader, kind: Kind, wish: Filter, limit: int) -> list[Seen]:
    """Find the last records that are wanted, in the order in which they were written.

    With a filter all must be read: nobody knows how far back they stand.
    """
    await reader.seek(last=limit if wish == Filter() else None)
    found: dict[tuple[str, int], deque[Seen]] = {}
    records = with_bar("reading", await reader.ahead(), reader.to_end())
    async for record in records:
        seen = view(kind, record)
        if wish.takes(seen):
            place = (record.topic, record.partition)
            found.setdefault(place, deque(maxlen=limit)).append((record, seen))
    every = [one for partition in found.values() for one in partition]
    return sorted(every, key=lambda one: one[0].timestamp)[-limit:]


def _show_line(record: Record, seen: View) -> None:
    print_line(line(record, seen))


def _show_json(record: Record, _: View) -> None:
    print_json(as_json(record))
