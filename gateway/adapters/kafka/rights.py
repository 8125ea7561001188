"""What we may do with a topic or a group, by doing it in a way that changes nothing.

Reading: an empty fetch.  Writing: a batch with a wrong checksum goes all the way to the
log (rights, leader, enough replicas) and is refused there as corrupt; librdkafka's mock
cluster looks at no checksum, and refuses it for the count of its records.  Membership:
the heartbeat of a member that nobody knows; a broker looks at the right first.
Source: Kafka's KafkaApis.handleProduceRequest, Partition.appendRecordsToLeader.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from aiokafka.client import AIOKafkaClient
from aiokafka.errors import (
    CorruptRecordException,
    GroupAuthorizationFailedError,
    InvalidFetchRequestError,
    KafkaError,
    LeaderNotAvailableError,
    NoError,
    OffsetOutOfRangeError,
    for_code,
)
from aiokafka.protocol.fetch import FetchRequest
from aiokafka.protocol.group import HeartbeatRequest
from aiokafka.protocol.metadata import MetadataRequest
from aiokafka.protocol.produce import ProduceRequest
from aiokafka.protocol.transaction import InitProducerIdRequest
from aiokafka.record.default_records import DefaultRecordBatchBuilder

from gateway.adapters.kafka.connection import client_options
from gateway.core.errors import KafkaUnavailableError
from gateway.settings import KafkaSettings

ANSWER_MS = 5000
# KIP-98: the batch's count stands behind its base offset, length, leader epoch, magic,
# checksum (of all that follows), attributes, offsets, times, and producer.
COUNT_AT = slice(57, 61)
NO_RECORDS = bytes(4)
READ_COMMITTED = 1
ALL_IN_SYNC = -1
NOBODY = -1
# Of Kafka, and of librdkafka's mock cluster: INVALID_FETCH_SIZE.
NOT_APPENDED = {CorruptRecordException.errno, InvalidFetchRequestError.errno}
PAUSES = (0.2, 0.5, 1.0, 2.0)  # seconds


class Rights:
    """Asks one cluster; every answer is the name of Kafka's error, None: we may."""

    def __init__(self, client: AIOKafkaClient) -> None:
        self._client = client

    async def see(self, topic: str) -> str | None:
        """Ask whether a topic is there, and may be seen."""
        return _refusal((await self._describe(topic))["error_code"])

    async def read(self, topic: str) -> str | None:
        """Ask whether a topic may be read."""

        def fetch(partitions: Sequence[int]) -> FetchRequest:
            wanted = [(partition, 0, 1) for partition in partitions]
            return FetchRequest(0, 0, 1, READ_COMMITTED, [(topic, wanted)])

        return await self._ask(topic, fetch, {OffsetOutOfRangeError.errno})

    async def write(self, topic: str) -> str | None:
        """Ask whether each partition of a topic would take a record."""
        batch = corrupt_batch()

        def produce(partitions: Sequence[int]) -> ProduceRequest:
            wanted = [(partition, batch) for partition in partitions]
            return ProduceRequest(None, ALL_IN_SYNC, ANSWER_MS, [(topic, wanted)])

        return await self._ask(topic, produce, NOT_APPENDED)

    async def be_member(self, group: str) -> str | None:
        """Ask whether we may be a member of a group."""
        request = HeartbeatRequest(group, -1, "nobody")
        answer = await self._client.send(self._client.get_random_node(), request)
        is_refused = answer.error_code == GroupAuthorizationFailedError.errno
        return _refusal(answer.error_code) if is_refused else None

    async def be_idempotent(self) -> str | None:
        """Ask whether we may write idempotently (a right before Kafka 3.0: KIP-679).

        A broker that was never asked before first fetches ids to give out.
        """
        code = await self._ask_for_producer_id()
        for pause in PAUSES:
            if not for_code(code).retriable:
                break
            await asyncio.sleep(pause)
            code = await self._ask_for_producer_id()
        return _refusal(code)

    async def _ask_for_producer_id(self) -> int:
        no_transaction: Any = None
        request = InitProducerIdRequest(no_transaction, ANSWER_MS)
        answer = await self._client.send(self._client.get_random_node(), request)
        return int(answer.error_code)

    async def _ask(
        self,
        topic: str,
        request: Callable[[Sequence[int]], FetchRequest | ProduceRequest],
        as_expected: set[int],
    ) -> str | None:
        """Ask the leader of each partition; name the first error that is unexpected."""
        leaders: dict[int, list[int]] = {}
        for partition in (await self._describe(topic))["partitions"]:
            leaders.setdefault(partition["leader"], []).append(partition["partition"])
        for leader, partitions in leaders.items():
            if leader == NOBODY:
                return LeaderNotAvailableError.__name__
            answer = await self._client.send(leader, request(partitions))
            for code in _codes(answer):
                if code not in {NoError.errno, *as_expected}:
                    return _refusal(code)
        return None

    async def _describe(self, topic: str) -> dict[str, Any]:
        request = MetadataRequest([topic], allow_auto_topic_creation=False)
        node = self._client.get_random_node()
        (found,) = (await self._client.send(node, request)).to_object()["topics"]
        return dict(found)


def corrupt_batch() -> bytes:
    """Return a batch of one record that says that it has none: no broker appends it."""
    builder = DefaultRecordBatchBuilder(
        magic=2,
        compression_type=0,
        is_transactional=0,
        producer_id=-1,
        producer_epoch=-1,
        base_sequence=-1,
        batch_size=1024,
    )
    builder.append(0, timestamp=0, key=None, value=None, headers=[])
    batch = bytearray(builder.build())
    batch[COUNT_AT] = NO_RECORDS
    return bytes(batch)


def _codes(answer: Any) -> Iterator[int]:
    for _, partitions in answer.topics:
        for partition in partitions:
            yield partition[1]


def _refusal(code: int) -> str | None:
    error = for_code(code)
    return None if error is NoError else str(error.__name__)


@asynccontextmanager
async def open_rights(settings: KafkaSettings) -> AsyncIterator[Rights]:
    """Connect; with the block the connection ends.

    Raises:
        KafkaUnavailableError: Kafka does not answer.
        SettingsError: A certificate, key or password file cannot be read.
    """
    client = AIOKafkaClient(**client_options(settings), request_timeout_ms=ANSWER_MS)
    try:
        await client.bootstrap()
        yield Rights(client)
    except (KafkaError, OSError) as error:
        raise KafkaUnavailableError(f"{type(error).__name__}: {error}") from error
    finally:
        await client.close()
