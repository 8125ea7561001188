"""Dead letters made by hand, by the code that writes them."""

from collections.abc import AsyncIterator, Iterable, Sequence

from gateway.cli.dead_letters import Pile, Selection, sort_out
from gateway.core.dead_letter import Death, of_command
from gateway.core.errors import Reason
from gateway.core.record import Header, NewRecord, Record
from tests.fakes.record import NOON_MS, ReadRecord

TOPIC = "viber.dlq"
EVERYTHING = Selection()


def stored(record: NewRecord, offset: int = 0, timestamp: int = NOON_MS) -> ReadRecord:
    """Return a record as it is read again."""
    return ReadRecord(
        record.value, record.headers, record.key, record.topic, 0, offset, timestamp
    )


def dead(
    offset: int = 41,
    *,
    partition: int = 3,
    key: bytes | None = b"user-1",
    headers: Sequence[Header] = (),
    value: bytes = b'{"receiver":"user-1"}',
    death: Death | None = None,
) -> ReadRecord:
    """Return the dead letter of a plain command that stood at an offset."""
    place = f"viber.outbound/{partition}/{offset}"
    was = ReadRecord(value, headers, key, "viber.outbound", partition, offset)
    why = death or Death(Reason.ATTEMPTS_EXHAUSTED, "gave up", "shop", place)
    return stored(of_command(TOPIC, was, why), offset, NOON_MS + offset)


async def pile(records: Iterable[Record], selection: Selection = EVERYTHING) -> Pile:
    """Sort records out."""

    async def one_by_one() -> AsyncIterator[Record]:
        for record in records:
            yield record

    return await sort_out(one_by_one(), selection)
