"""A Kafka to publish to, in memory: takes records, refuses them, or does not answer.

`tests/integration/test_publish_contract.py` runs one suite against this and the real
publisher, so what it does here is what Kafka does.
"""

import asyncio

from gateway.core.errors import KafkaUnavailableError, RecordTooLargeError
from gateway.core.record import NewRecord, Place


class FakePublish:
    """Takes records as `Publisher.publish` does.

    Attributes:
        records: What was acknowledged, in order.
        offered: What was handed over, in order.
        timeouts: What each call was given.
        most_bytes: The topics take no record with a larger value.
        is_refusing: Let Kafka answer that it cannot take anything now.
    """

    def __init__(self, most_bytes: int = 1_000_000) -> None:
        self.records: list[NewRecord] = []
        self.offered: list[NewRecord] = []
        self.timeouts: list[float | None] = []
        self.is_refusing = False
        self.most_bytes = most_bytes
        self._is_up = asyncio.Event()
        self._is_up.set()

    async def __call__(self, record: NewRecord, timeout: float | None = None) -> Place:
        """Take a record, as soon as Kafka answers; tell where it stands."""
        self.offered.append(record)
        self.timeouts.append(timeout)
        try:
            async with asyncio.timeout(timeout):
                await self._is_up.wait()
        except TimeoutError:
            raise KafkaUnavailableError("no acknowledgement in time") from None
        if self.is_refusing:
            raise KafkaUnavailableError("not enough replicas")
        if len(record.value or b"") > self.most_bytes:
            raise RecordTooLargeError("larger than the topic takes")
        self.records.append(record)
        return Place(0, len(self.of(record.topic)) - 1)

    def of(self, topic: str) -> list[NewRecord]:
        """Return what a topic has been given, in the order of its offsets."""
        return [record for record in self.records if record.topic == topic]

    def go_down(self) -> None:
        """Answer nobody."""
        self._is_up.clear()

    def come_up(self) -> None:
        """Answer again, those that wait too."""
        self._is_up.set()
