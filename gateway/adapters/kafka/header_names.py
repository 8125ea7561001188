"""Records whose headers have names that are no UTF-8.

Kafka takes any bytes for a name, and Java reads them with a replacement; aiokafka 0.14
raises, and again at each try, so that one such record would end every reader of its
partition for good.  Here a batch that cannot be read is read once more, with U+FFFD in
the place of what is no text.  aiokafka has no place to say so: what its fetcher makes
of a fetch is replaced.
"""

import struct
from collections.abc import Iterator
from itertools import islice
from typing import Any

from aiokafka.consumer import fetcher
from aiokafka.record.default_records import _DefaultRecordBatchPy
from aiokafka.record.memory_records import MemoryRecords

BATCH_HEAD = struct.Struct(">qi")  # its first offset, and how many bytes follow


def accept() -> None:
    """Let every consumer of this process read them from now on."""
    fetcher.MemoryRecords = _Fetched  # type: ignore[attr-defined]  # imported there


class _Fetched(MemoryRecords):  # type: ignore[misc,valid-type]  # written in Cython
    """What one fetch brought, batch by batch."""

    def __init__(self, data: bytes) -> None:
        super().__init__(data)
        self._data = data

    def next_batch(self) -> "_Batch":
        return _Batch(super().next_batch(), self._data)


class _Batch:
    """A batch as the library has it, but for the names that stop it."""

    def __init__(self, batch: Any, data: bytes) -> None:
        self._batch = batch
        self._data = data

    def __getattr__(self, name: str) -> Any:
        return getattr(self._batch, name)

    def __next__(self) -> Any:
        return next(self._batch)

    def __iter__(self) -> Iterator[Any]:
        read = 0
        try:
            for record in self._batch:
                read += 1
                yield record
        except UnicodeDecodeError:
            batch = _find(self._data, self._batch.base_offset)
            yield from islice(_ReadableBatch(batch), read, None)


class _ReadableBatch(_DefaultRecordBatchPy):  # type: ignore[misc]  # final, for speed
    """The library's batch in plain Python, every name in it being text."""

    def _maybe_uncompress(self) -> None:
        super()._maybe_uncompress()
        self._buffer = _Text(self._buffer)


class _Text(bytearray):
    """Bytes whose every part can be read as text."""

    def __getitem__(self, where: Any) -> Any:
        found = super().__getitem__(where)
        return _Text(found) if isinstance(found, bytearray) else found

    def decode(self, encoding: str = "utf-8", errors: str = "replace") -> str:
        return super().decode(encoding, errors)


def _find(data: bytes, first_offset: int) -> bytes:
    """Return the batch that begins with an offset."""
    begin = 0
    while True:
        offset, length = BATCH_HEAD.unpack_from(data, begin)
        end = begin + BATCH_HEAD.size + length
        if offset == first_offset:
            return data[begin:end]
        begin = end
