"""Which command may run now: first in, first out within an ordering key.

Rule: of one key at most one command runs.  It runs until it has ended for good,
retries and waits included; only then the next one of that key may.  Keys do not
know of each other.  A command without a key runs at once.
"""

from collections import deque
from collections.abc import Hashable, Iterator, Sequence
from typing import Generic, TypeVar

Item = TypeVar("Item")


class Ordering(Generic[Item]):
    """The queues of all keys of one partition."""

    def __init__(self) -> None:
        # A key is here while one of its items runs; its queue is made on demand.
        self._waiting: dict[Hashable, deque[Item] | None] = {}
        self._queued = 0

    def offer(self, key: Hashable | None, item: Item) -> bool:
        """Take an item; True when it may run now, else it waits for its turn."""
        if key is None:
            return True
        if key not in self._waiting:
            self._waiting[key] = None
            return True
        queue = self._waiting[key]
        if queue is None:
            queue = self._waiting[key] = deque()
        queue.append(item)
        self._queued += 1
        return False

    def finish(self, key: Hashable | None) -> Item | None:
        """End the running item of a key; the next one that may run now, if any."""
        if key is None:
            return None
        if queue := self._waiting[key]:
            self._queued -= 1
            return queue.popleft()
        del self._waiting[key]
        return None

    def waiting(self, key: Hashable) -> int:
        """How many items wait behind the running one of a key."""
        return len(self._waiting.get(key) or ())

    def queues(self) -> Iterator[tuple[Hashable, Sequence[Item]]]:
        """Yield what waits behind the running item of each key, in its order."""
        for key, queue in self._waiting.items():
            if queue:
                yield key, queue

    @property
    def queued(self) -> int:
        """How many items wait behind others of their key."""
        return self._queued

    def __repr__(self) -> str:
        return f"<Ordering {len(self._waiting)} keys busy, {self._queued} queued>"
