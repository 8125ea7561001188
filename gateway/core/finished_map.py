"""The finished offsets beyond the committable one, as text for Kafka's commit metadata.

Format, for good: `vg`, one character of version, the rest as that version says.
Version 1: base64 of CRC-32 (4 bytes), kind (1), base (8), payload.  The CRC covers
the version and all that follows it.  The base is the committed offset that the map
belongs to, so a map that another offset drags along is noticed.  The payload says
how long the runs of unfinished and finished offsets are, in turns: as LEB128 numbers
or as a bitmap, deflated or not, whatever is shortest.  Reading never fails: a text
that cannot be used says why.
"""

import re
import zlib
from base64 import b64decode, b64encode
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import accumulate, cycle, pairwise
from types import MappingProxyType

MAGIC = "vg"
VERSION = "1"
# Characters, and bytes when inflated: beyond what a partition's buffer can bring
# forth, and small enough to be read at once.
MAX_TEXT = 2**20
MAX_PAYLOAD = 2**20

_LONGEST_BITMAP = 2**20
_MAX_OFFSET = 2**63 - 1
_CRC_BYTES, _BASE_BYTES = 4, 8
_BITMAP, _DEFLATED = 1, 2
_MORE, _MAX_SHIFT = 0x80, 63  # LEB128: the bit that says "more follows"
_RAW_DEFLATE = -15  # no zlib header and checksum: ours covers it


class Unusable(StrEnum):
    """Why a text is no map of the committed offset's."""

    EMPTY = "empty"
    FOREIGN = "foreign"
    UNKNOWN_VERSION = "unknown_version"
    OVERSIZED = "oversized"
    CORRUPT = "corrupt"
    REWOUND = "rewound"


@dataclass(frozen=True, slots=True)
class FinishedMap:
    """Which offsets beyond `base` are finished; `base` itself is not.

    Attributes:
        bounds: Where runs of finished offsets start and end, in turns, ascending.
            An offset is finished when an odd number of bounds lies at or below it.
    """

    base: int
    bounds: tuple[int, ...] = ()

    def __contains__(self, offset: int) -> bool:
        return bisect_right(self.bounds, offset) % 2 == 1

    def __len__(self) -> int:
        return sum(self.bounds[1::2]) - sum(self.bounds[::2])


class _UnusableError(ValueError):
    def __init__(self, why: Unusable) -> None:
        super().__init__(why)
        self.why = why


def encode(finished: FinishedMap) -> str:
    """Write a map; the empty text when nothing beyond its base is finished."""
    if not finished.bounds:
        return ""
    lengths = [b - a for a, b in pairwise((finished.base, *finished.bounds))]
    kind, payload = min(_payloads(lengths), key=lambda candidate: len(candidate[1]))
    body = bytes([kind]) + finished.base.to_bytes(_BASE_BYTES, "big") + payload
    return MAGIC + VERSION + b64encode(_crc(VERSION, body) + body).decode()


def decode(text: str, committed: int) -> FinishedMap | Unusable:
    """Read the map that stands beside the committed offset."""
    try:
        finished = _read(text)
    except _UnusableError as error:
        return error.why
    except (ValueError, IndexError, zlib.error):
        return Unusable.CORRUPT
    return finished if finished.base == committed else Unusable.REWOUND


def _read(text: str) -> FinishedMap:
    if not text:
        raise _UnusableError(Unusable.EMPTY)
    if len(text) > MAX_TEXT:
        raise _UnusableError(Unusable.OVERSIZED)
    if not text.startswith(MAGIC):
        raise _UnusableError(Unusable.FOREIGN)
    version = text[len(MAGIC) :][:1]
    if version not in _READERS:
        raise _UnusableError(Unusable.UNKNOWN_VERSION)
    return _READERS[version](text[len(MAGIC + version) :])


def _read_1(text: str) -> FinishedMap:
    raw = b64decode(text, validate=True)
    body = raw[_CRC_BYTES:]
    if raw[:_CRC_BYTES] != _crc("1", body):
        raise ValueError("another checksum")
    kind, base = body[0], int.from_bytes(body[1 : 1 + _BASE_BYTES], "big")
    payload = body[1 + _BASE_BYTES :]
    if kind & _DEFLATED:
        payload = _inflate(payload)
    lengths = _from_bitmap(payload) if kind & _BITMAP else list(_unpack(payload))
    if kind > _BITMAP | _DEFLATED or len(lengths) % 2 or not all(lengths):
        raise ValueError("not as version 1 writes it")
    _, *bounds = accumulate(lengths, initial=base)
    if bounds[-1] > _MAX_OFFSET:
        raise ValueError("beyond any offset")
    return FinishedMap(base, tuple(bounds))


_READERS: Mapping[str, Callable[[str], FinishedMap]] = MappingProxyType({"1": _read_1})


def _payloads(lengths: list[int]) -> Iterator[tuple[int, bytes]]:
    """Yield each way to write the lengths of the runs, with its kind."""
    plain = {0: _pack(lengths)}
    if sum(lengths) <= _LONGEST_BITMAP:
        plain[_BITMAP] = _to_bitmap(lengths)
    for kind, payload in plain.items():
        yield kind, payload
        yield kind | _DEFLATED, zlib.compress(payload, wbits=_RAW_DEFLATE)


def _inflate(payload: bytes) -> bytes:
    inflater = zlib.decompressobj(_RAW_DEFLATE)
    inflated = inflater.decompress(payload, MAX_PAYLOAD + 1)
    if len(inflated) > MAX_PAYLOAD:
        raise _UnusableError(Unusable.OVERSIZED)
    if not inflater.eof:
        raise ValueError("cut short")
    return inflated


def _to_bitmap(lengths: list[int]) -> bytes:
    digits = "".join(d * n for d, n in zip(cycle("01"), lengths, strict=False))
    size = -(-len(digits) // 8)
    return int(digits.ljust(size * 8, "0"), 2).to_bytes(size, "big")


def _from_bitmap(bitmap: bytes) -> list[int]:
    digits = bin(int.from_bytes(b"\1" + bitmap, "big"))[3:].rstrip("0")
    if not digits.startswith("0"):
        raise ValueError("the base is never finished")
    return [len(run) for run in re.findall("0+|1+", digits)]


def _pack(numbers: Iterable[int]) -> bytes:
    packed = bytearray()
    for number in numbers:
        rest = number
        while rest >= _MORE:
            packed.append(rest % _MORE | _MORE)
            rest >>= 7
        packed.append(rest)
    return bytes(packed)


def _unpack(packed: bytes) -> Iterator[int]:
    number = shift = 0
    for byte in packed:
        number |= byte % _MORE << shift
        shift += 7
        if byte < _MORE:
            yield number
            number = shift = 0
        elif shift >= _MAX_SHIFT:
            raise ValueError("longer than any offset")
    if shift:
        raise ValueError("cut short")


def _crc(version: str, body: bytes) -> bytes:
    return zlib.crc32(version.encode() + body).to_bytes(_CRC_BYTES, "big")
