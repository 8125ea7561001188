"""Reads a topic to its end; on a terminal a bar shows how far it got."""

from collections.abc import AsyncIterator

from rich.console import Console
from rich.progress import Progress

from gateway.adapters.kafka.reader import Reader
from gateway.core.record import Record


async def scan(reader: Reader) -> AsyncIterator[Record]:
    """Read from where the reader is to where its topics end now."""
    console = Console(stderr=True)
    with Progress(
        console=console, transient=True, disable=not console.is_terminal
    ) as bar:
        task = bar.add_task("reading", total=await reader.ahead())
        async for record in reader.to_end():
            bar.advance(task)
            yield record
