"""The offsets that are not finished, in order, at 8 bytes each.

They come in ascending order and go in any.  Blocks keep a removal from moving more
than a few kilobytes, however many there are.
"""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterator

BLOCK = 1024


class Unfinished:
    """A set of ascending offsets."""

    def __init__(self) -> None:
        self._blocks: list[array[int]] = []
        self._firsts: list[int] = []  # of each block
        self._count = 0

    def add(self, offset: int) -> None:
        """Take an offset beyond all others."""
        if not self._blocks or len(self._blocks[-1]) >= BLOCK:
            self._blocks.append(array("q"))
            self._firsts.append(offset)
        self._blocks[-1].append(offset)
        self._count += 1

    def remove(self, offset: int) -> None:
        """Drop an offset.

        Raises:
            KeyError: It is not there.
        """
        number = bisect_right(self._firsts, offset) - 1
        block = self._blocks[number] if number >= 0 else array("q")
        at = bisect_left(block, offset)
        if at == len(block) or block[at] != offset:
            raise KeyError(offset)
        del block[at]
        self._count -= 1
        if not block:
            del self._blocks[number], self._firsts[number]
        elif at == 0:
            self._firsts[number] = block[0]

    @property
    def first(self) -> int | None:
        """The lowest one."""
        return self._firsts[0] if self._firsts else None

    def __contains__(self, offset: int) -> bool:
        number = bisect_right(self._firsts, offset) - 1
        if number < 0:
            return False
        block = self._blocks[number]
        at = bisect_left(block, offset)
        return at < len(block) and block[at] == offset

    def __iter__(self) -> Iterator[int]:
        for block in self._blocks:
            yield from block

    def __len__(self) -> int:
        return self._count
