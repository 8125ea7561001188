"""A bar on a terminal that shows how far long work got; nothing anywhere else."""

from collections.abc import AsyncIterator
from typing import TypeVar

from rich.console import Console
from rich.progress import Progress

T = TypeVar("T")


async def with_bar(name: str, total: int, source: AsyncIterator[T]) -> AsyncIterator[T]:
    """Pass on what comes, and count it; the bar goes when all of it has come."""
    console = Console(stderr=True)
    with Progress(
        console=console, transient=True, disable=not console.is_terminal
    ) as bar:
        task = bar.add_task(name, total=total)
        async for one in source:
            bar.advance(task)
            yield one
