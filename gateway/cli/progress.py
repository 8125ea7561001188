"""What a terminal shows during long work; nothing is shown anywhere else."""

from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
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


@contextmanager
def busy(what: str) -> Iterator[None]:
    """Show that work goes on, where nobody knows how long it takes."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield
        return
    with console.status(what):
        yield
