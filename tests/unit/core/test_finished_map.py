"""The map of finished offsets as text."""

import random
import zlib
from base64 import b64encode
from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core.finished_map import (
    MAX_PAYLOAD,
    MAX_TEXT,
    FinishedMap,
    Unusable,
    decode,
    encode,
)

lengths = st.integers(1, 5) | st.integers(1, 300) | st.integers(1, 2**40)


def alternate(base: int, runs: list[int]) -> FinishedMap:
    """Build the map of unfinished and finished runs in turns."""
    _, *bounds = accumulate(runs[: len(runs) // 2 * 2], initial=base)
    return FinishedMap(base, tuple(bounds))


# What version 1 wrote when it was made, one text of each kind.
GOLDEN = {
    "vg12bnYcwAAAAAAAAAAZKwCiCc=": FinishedMap(100, (400, 5400)),
    "vg1GuyhPQEAAAAAAAAAZEA=": FinishedMap(100, (101, 102)),
    "vg1K7ojwwIAAAAAAAAAZBMQIA4AAA==": alternate(100, [16] * 40),
    "vg1gukiEQMAAAAAAAAAZDM2hgEA": alternate(100, [2] * 40),
}

maps = st.builds(alternate, st.integers(0, 2**60), st.lists(lengths, max_size=60))


def seal(body: bytes, version: str = "1") -> str:
    """Write a text with a right checksum around any body."""
    crc = zlib.crc32(version.encode() + body).to_bytes(4, "big")
    return f"vg{version}{b64encode(crc + body).decode()}"


def deflate(payload: bytes) -> bytes:
    """Deflate without zlib's header."""
    return zlib.compress(payload, wbits=-15)


@given(maps)
def test_a_map_survives_being_written_and_read(finished: FinishedMap) -> None:
    """Decode after encode is identity; an empty map is no text."""
    text = encode(finished)

    assert decode(text, finished.base) == (finished or Unusable.EMPTY)


@pytest.mark.parametrize(("share", "span"), [(0.5, 100_000), (0.03, 300_000)])
def test_a_large_scattered_map_survives_too(share: float, span: int) -> None:
    """Tens of thousands of runs are written in the shortest form there is."""
    dice = random.Random(1)  # noqa: S311  not for secrets
    bits = [dice.random() < share for _ in range(span)]
    edges = [i for i in range(1, span) if bits[i] != bits[i - 1]]
    finished = FinishedMap(7, tuple(7 + i for i in edges[: len(edges) // 2 * 2]))

    text = encode(finished)

    assert decode(text, 7) == finished
    assert len(text) < 1.4 * span / 8


@given(maps, st.integers(-3, 3))
def test_a_map_tells_each_offset(finished: FinishedMap, near: int) -> None:
    """An offset is in the map from where its run starts to where that ends."""
    starts, ends = finished.bounds[::2], finished.bounds[1::2]

    assert finished.base not in finished
    for edge in finished.bounds:
        runs = zip(starts, ends, strict=True)
        assert (edge + near in finished) == any(s <= edge + near < e for s, e in runs)
    assert len(finished) == sum(ends) - sum(starts)


def test_one_long_run_is_a_short_text() -> None:
    """A stuck record with much finished behind it costs few characters."""
    assert len(encode(FinishedMap(10**12, (10**12 + 1, 10**12 + 100_001)))) < 40


@pytest.mark.parametrize(("text", "finished"), GOLDEN.items())
def test_version_1_stays_readable(text: str, finished: FinishedMap) -> None:
    """A gateway of a later version takes over what this one committed."""
    assert decode(text, finished.base) == finished


@given(maps.filter(bool), st.data())
def test_a_corrupt_text_is_noticed(finished: FinishedMap, data: st.DataObject) -> None:
    """One character changed, lost, added or the rest cut off: no map comes of it."""
    text = encode(finished)
    at = data.draw(st.integers(0, len(text) - 1))
    put = data.draw(st.characters() | st.sampled_from("ABCabc019+/="))
    corrupt = data.draw(
        st.sampled_from(
            [
                text[:at] + put + text[at + 1 :],
                text[:at] + text[at + 1 :],
                text[:at] + put + text[at:],
                text[:at],
            ]
        )
    )

    read = decode(corrupt, finished.base)

    assert read == finished or isinstance(read, Unusable)


@given(st.text() | st.text().map("vg".__add__) | st.binary().map(seal))
def test_any_text_can_be_read(text: str) -> None:
    """Whatever stands in the metadata, reading says what it is worth."""
    assert isinstance(decode(text, -1), Unusable)


@given(st.integers(0, 4), st.binary(max_size=30))
def test_any_sealed_body_can_be_read(kind: int, payload: bytes) -> None:
    """A right checksum around nonsense is no reason to believe or to crash."""
    for body in (payload, deflate(payload)):
        read = decode(seal(bytes([kind]) + bytes(8) + body), 0)

        if isinstance(read, FinishedMap):
            assert decode(encode(read), 0) == read
            assert 0 not in read


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", Unusable.EMPTY),
        ("consumer-1", Unusable.FOREIGN),
        ("bwAAAAAA", Unusable.FOREIGN),
        ("vg", Unusable.UNKNOWN_VERSION),
        ("vg2AAAA", Unusable.UNKNOWN_VERSION),
        ("vg1", Unusable.CORRUPT),
        ("vg1!!!!", Unusable.CORRUPT),
        ("vg1\u00e9", Unusable.CORRUPT),
        (seal(bytes(9) + b"\x01\x01") + "\n", Unusable.CORRUPT),
        ("vg1" + "A" * MAX_TEXT, Unusable.OVERSIZED),
        (seal(b""), Unusable.CORRUPT),
        (seal(bytes(9)), Unusable.CORRUPT),
        (seal(bytes(9) + b"\x01"), Unusable.CORRUPT),
        (seal(bytes(9) + b"\x01\x00"), Unusable.CORRUPT),
        (seal(bytes(9) + b"\x01\x81"), Unusable.CORRUPT),
        (seal(bytes(9) + b"\x01" + b"\xff" * 9), Unusable.CORRUPT),
        (seal(bytes(9) + (b"\xff" * 8 + b"\x7f") * 2), Unusable.CORRUPT),
        (seal(b"\x01" + bytes(8) + b"\x80"), Unusable.CORRUPT),
        (seal(b"\x02" + bytes(8) + b"\x01\x01"), Unusable.CORRUPT),
        (seal(b"\x02" + bytes(8) + deflate(b"\x01\x01")[:-1]), Unusable.CORRUPT),
        (seal(b"\x04" + bytes(8) + b"\x01\x01"), Unusable.CORRUPT),
        (
            seal(b"\x02" + bytes(8) + deflate(b"\x01" * (MAX_PAYLOAD + 1))),
            Unusable.OVERSIZED,
        ),
    ],
)
def test_a_text_that_is_no_map_says_why(text: str, why: Unusable) -> None:
    """Operators read the reason in one warning."""
    assert decode(text, 0) is why


@given(maps.filter(bool), st.integers(0, 2**60))
def test_a_map_of_another_offset_is_not_used(
    finished: FinishedMap, committed: int
) -> None:
    """Somebody moved the group's offset: what they want again comes again."""
    read = decode(encode(finished), committed)

    assert read == (finished if committed == finished.base else Unusable.REWOUND)
