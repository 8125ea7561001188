"""Writes records whose headers have names that are no text, as no client does.

librdkafka and the brokers take any bytes; the Python clients want text.  So text that
becomes other bytes is handed to aiokafka's own writer of batches.
"""

from collections.abc import Sequence

from aiokafka import AIOKafkaProducer
from aiokafka.record.default_records import _DefaultRecordBatchBuilderPy

Header = tuple[str, bytes]

CODECS = {"none": 0, "gzip": 1, "snappy": 2, "lz4": 3, "zstd": 4}
MAX_BYTES = 1_000_000
PAD = ("pad", b" " * 1000)  # what does not shrink is not compressed


class OddName(str):
    """A name that no text can be."""

    __slots__ = ()

    def encode(self, *_: object) -> bytes:
        """Return bytes that no text begins with."""
        return b"\xff" + super().encode()


async def write_batch(
    servers: str,
    topic: str,
    records: Sequence[tuple[bytes, Sequence[Header]]],
    codec: str = "none",
) -> int:
    """Write values with their headers as one batch; return the first one's offset."""
    producer = AIOKafkaProducer(bootstrap_servers=servers)
    await producer.start()
    try:
        batch = producer.create_batch()
        batch._builder = _DefaultRecordBatchBuilderPy(  # noqa: SLF001  no other way
            2, CODECS[codec], 0, -1, -1, -1, MAX_BYTES
        )
        for value, headers in records:
            batch.append(timestamp=None, key=None, value=value, headers=[*headers, PAD])
        written = await (await producer.send_batch(batch, topic, partition=0))
    finally:
        await producer.stop()
    return int(written.offset)
