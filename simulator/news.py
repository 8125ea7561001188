"""What happens, told as it happens: log entries and changes of chats.

Listeners are bounded.  One that reads too slowly loses what it has not read and is
told so (``lost``), since nobody here waits for anybody.  Without listeners nothing is
even rendered.
"""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

BACKLOG = 10_000
Item = tuple[str, dict[str, Any]]
Listener = asyncio.Queue[Item]


@dataclass(slots=True, eq=False)
class News:
    """Tells all listeners."""

    listeners: set[Listener] = field(default_factory=set)

    def tell(self, kind: str, render: Callable[[], dict[str, Any]]) -> None:
        """Tell something of a kind; ``render`` is asked only if anybody listens."""
        if self.listeners:
            item = (kind, render())
            for listener in self.listeners:
                _put(listener, item)

    @contextmanager
    def listen(self) -> Iterator[Listener]:
        """Return a queue that fills until the end of the block."""
        listener: Listener = asyncio.Queue(BACKLOG)
        self.listeners.add(listener)
        try:
            yield listener
        finally:
            self.listeners.discard(listener)


def _put(listener: Listener, item: Item) -> None:
    if listener.full():
        while not listener.empty():
            listener.get_nowait()
        item = ("lost", {})
    listener.put_nowait(item)
