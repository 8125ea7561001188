"""`viber-gateway dlq`: look at dead letters, and send them back."""

import asyncio
import json
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Annotated, Any

import typer

from gateway.adapters.kafka.clients import KafkaClients
from gateway.adapters.kafka.reader import open_reader
from gateway.adapters.kafka.writer import open_writer
from gateway.cli.command_loop import at_first_interrupt, run
from gateway.cli.configuration import choose_bots, read_without_tokens
from gateway.cli.dead_letters import (
    DeadLetter,
    Pile,
    Selection,
    count_by_reason,
    sort_out,
)
from gateway.cli.needed_topics import names_for
from gateway.cli.options import AsJson, takes
from gateway.cli.output import print_columns, print_json, print_line
from gateway.cli.progress import with_bar
from gateway.cli.redrive import Done, Plan, make_plan
from gateway.cli.redrive import redrive as send_back
from gateway.cli.view import as_json as record_as_json
from gateway.core.errors import GatewayError
from gateway.core.instant import rfc3339
from gateway.egress.clock import SystemClock


class NoDeadLetterError(GatewayError):
    """No dead letter is as it was asked for."""


@dataclass(frozen=True, slots=True)
class Redrive(Selection):
    """Which dead letters go back, and how."""

    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show.")] = False
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False
    rate: Annotated[
        float, typer.Option(min=0.01, help="At most so many per second.")
    ] = 50.0


@takes(Selection)
def list_(selection: Selection, as_json: AsJson = False) -> None:
    """List dead letters, one line each, and count them by reason.

    Example: viber-gateway dlq list --bot shop --reason expired --since 2d
    """
    _, pile = _read(selection)
    if as_json:
        for letter in pile.letters:
            print_json(_as_json(letter, pile))
        return
    print_columns([_row(letter, pile) for letter in pile.letters])
    counts = ", ".join(count_by_reason(pile.letters)) or "none"
    gone = sum(letter.name in pile.redriven for letter in pile.letters)
    print_line(f"dead letters: {counts}" + (f"; {gone} redriven" if gone else ""))


@takes(Selection)
def show(selection: Selection, as_json: AsJson = False) -> None:
    """Show dead letters in full: why, when, headers and value; 1: there is none.

    Example: viber-gateway dlq show --id 7f9c2a
    """
    _, pile = _read(selection)
    if not pile.letters:
        one = selection.identity
        said = "no dead letter is so" if one is None else f"no dead letter of '{one}'"
        raise NoDeadLetterError(f"{said}; see 'dlq list'")
    for letter in pile.letters:
        if as_json:
            print_json(_as_json(letter, pile))
        else:
            _show(letter, pile)


@takes(Redrive)
def redrive(wanted: Redrive, as_json: AsJson = False) -> None:
    """Send dead letters back to the topic they came from, each once.

    They keep their order and their ids, but come after what was written meanwhile.

    Example: viber-gateway dlq redrive --bot shop --reason attempts_exhausted --dry-run
    """
    (clients, outbound), pile = _read(wanted)
    plan = make_plan(pile, outbound, SystemClock.wall())
    _announce(plan, wanted, as_json=as_json)
    if wanted.dry_run or not plan.going:
        return
    if not wanted.yes:
        question = f"Send {len(plan.going)} back?"
        typer.confirm(question, abort=True, err=True)
    sending = _send_back(clients, plan.going, wanted.rate, as_json=as_json)
    if run(sending) < len(plan.going):
        raise typer.Exit(1)


def _read(selection: Selection) -> tuple[tuple[KafkaClients, list[str]], Pile]:
    """Read the dead letters that are wanted; with them clients and outbound topics."""
    settings, bots = read_without_tokens()
    chosen = choose_bots(bots, selection.bot)
    clients = KafkaClients(settings.kafka)
    topics = names_for(settings.topic.dead_letters, chosen)
    outbound = names_for(settings.topic.outbound, bots.values())
    return (clients, outbound), run(_collect(clients, topics, selection))


async def _collect(
    clients: KafkaClients, topics: Sequence[str], selection: Selection
) -> Pile:
    async with open_reader(clients, topics) as reader:
        await reader.seek()
        records = with_bar("reading", await reader.ahead(), reader.to_end())
        return await sort_out(records, selection)


async def _send_back(
    clients: KafkaClients, letters: Sequence[DeadLetter], rate: float, *, as_json: bool
) -> int:
    """Send letters back; tell how many went until Ctrl-C, or until Kafka was away."""
    topics = {letter.record.topic for letter in letters}
    topics |= {letter.origin.topic for letter in letters if letter.origin}
    count, now = 0, SystemClock.wall
    try:
        async with open_writer(clients, sorted(topics)) as writer:
            sending = send_back(letters, writer.write, now, _pace(rate))
            async for done in with_bar("sending back", len(letters), sending):
                count += 1
                if as_json:
                    print_json(_done_as_json(done))
    finally:
        typer.echo(f"viber-gateway: {count} of {len(letters)} sent back", err=True)
    return count


def _pace(rate: float) -> Callable[[], Awaitable[bool]]:
    """Wait so that no more than `rate` go per second; False after Ctrl-C."""
    stop = asyncio.Event()
    at_first_interrupt(stop.set)

    async def go_on() -> bool:
        with suppress(TimeoutError):
            async with asyncio.timeout(1 / rate):
                await stop.wait()
        return not stop.is_set()

    return go_on


def _announce(plan: Plan, wanted: Redrive, *, as_json: bool) -> None:
    """Say what goes and what stays; in a dry run each letter that would go."""
    if wanted.dry_run:
        for letter in plan.going:
            if as_json:
                print_json({"letter": letter.name, "command_id": letter.command_id})
            else:
                print_line(f"{letter.name}  {letter.key or '-'}  {letter.command_id}")
    goes = ", ".join(count_by_reason(plan.going)) or "nothing"
    typer.echo(f"viber-gateway: goes back: {goes}", err=True)
    for reason, count in Counter(reason for _, reason in plan.staying).items():
        typer.echo(f"viber-gateway: stays: {count} ({reason})", err=True)


def _row(letter: DeadLetter, pile: Pile) -> tuple[str, ...]:
    return (
        rfc3339(letter.record.timestamp / 1000),
        letter.bot or "-",
        letter.reason,
        letter.key or "-",
        letter.command_id or "-",
        "redriven" if letter.name in pile.redriven else "",
        letter.headers.get("dlq_error", ""),
    )


def _show(letter: DeadLetter, pile: Pile) -> None:
    written = record_as_json(letter.record)
    print_line(f"{letter.name}{'  (redriven)' if letter.name in pile.redriven else ''}")
    for name in ("topic", "partition", "offset", "timestamp", "key"):
        said = written[name]
        print_line(f"  {name}: {'(none)' if said is None else said}")
    for name, value in written["headers"].items():
        print_line(f"  {name}: {value}")
    value = json.dumps(written["value"], ensure_ascii=False, indent=2)
    for line in value.splitlines():
        print_line(f"  {line}")


def _as_json(letter: DeadLetter, pile: Pile) -> dict[str, Any]:
    return {
        **record_as_json(letter.record),
        "letter": letter.name,
        "is_redriven": letter.name in pile.redriven,
    }


def _done_as_json(done: Done) -> dict[str, Any]:
    return {
        "letter": done.letter.name,
        "command_id": done.letter.command_id,
        "partition": done.partition,
        "offset": done.offset,
    }
