"""Commands that are put off: only their offsets are kept, and they are read again.

What waits behind a blocked key, or belongs to a bot that is held back, must neither
fill the memory nor stop the partition for the others.  So beyond a limit such
commands are put off, in groups: a key's, or a bot's.

Rule 1: while a group holds something, all that belongs to it is put off, too: so
order is kept.  Rule 2: a group is read again in the order of its offsets, no more than
there is room for, and nothing joins the room before these.
"""

from array import array
from collections.abc import Hashable, Sequence
from typing import NamedTuple


class Group(NamedTuple):
    """What is put off together: a bot's commands (no key), or those of one key."""

    bot: str
    key: Hashable | None = None


class Deferral:
    """The put-off offsets of one partition, 8 bytes each."""

    def __init__(self) -> None:
        self._offsets: dict[Group, array[int]] = {}
        self._recalled: set[Group] = set()
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def holds(self, group: Group) -> bool:
        """Whether something of a group is put off, or being read again."""
        return group in self._offsets or group in self._recalled

    def find(self, offset: int) -> tuple[Group, int] | None:
        """Tell the group that an offset is put off with, and how many go before it."""
        for group, offsets in self._offsets.items():
            if offset in offsets:
                return group, offsets.index(offset)
        return None

    def put(self, group: Group, offset: int) -> None:
        """Put a command off; offsets come in ascending order."""
        if group not in self._offsets:
            self._offsets[group] = array("q")
        self._offsets[group].append(offset)
        self._count += 1

    def is_due(self, group: Group) -> bool:
        """Whether a group holds something that is not being read again already."""
        return group in self._offsets and group not in self._recalled

    def recall(self, group: Group, most: int) -> Sequence[int]:
        """Begin to read a group again: its first offsets, `most` of them."""
        kept = self._offsets[group]
        first, rest = kept[:most], kept[most:]
        if rest:
            self._offsets[group] = rest
        else:
            del self._offsets[group]
        self._recalled.add(group)
        self._count -= len(first)
        return first

    def recalled(self, group: Group) -> None:
        """Hear that what was recalled of a group has been read and taken."""
        self._recalled.discard(group)

    def __repr__(self) -> str:
        return f"<Deferral {self._count} put off in {len(self._offsets)} groups>"
