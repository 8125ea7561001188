"""Makes the client library's objects, with the options that were measured.

No `linger_ms`: batches grow by themselves (publisher).  Offsets are committed by us.
The consumer reads only what transactions have committed, as a producer may use them.
"""

from collections.abc import Collection

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient

from gateway.adapters.kafka import header_names
from gateway.adapters.kafka.complaints import Complaints
from gateway.adapters.kafka.connection import client_options
from gateway.core.errors import KafkaUnavailableError
from gateway.settings import KafkaSettings

MAX_BATCH_BYTES = 1_000_000  # below Kafka's default max.message.bytes of 1,048,588
METADATA_SECONDS = 5.0  # after which a reader notices topics that were made meanwhile
FETCH_MS = 100  # a reader that seeks waits for the fetch that is under way
# Of each partition at once: some hundred commands.  So partitions come in turns, and
# little is held that is not looked at; a larger record comes all the same (KIP-74).
FETCH_BYTES = 131_072
# The other members learn of one that comes or goes by their next heartbeat: so long a
# key can stand still in a rebalance.
HEARTBEAT_SECONDS = 0.3


class KafkaClients:
    """Makes producers, consumers and admin clients of one cluster.

    Raises:
        SettingsError: A certificate, key or password file cannot be read.
    """

    def __init__(self, settings: KafkaSettings) -> None:
        self._settings = settings
        self._options = client_options(settings)
        self.explain = Complaints().explain
        header_names.accept()

    def unavailable(self, error: Exception) -> KafkaUnavailableError:
        """Say what a command could not do."""
        return KafkaUnavailableError(self.explain(error))

    @property
    def begins_at_end(self) -> bool:
        """Whether a group without committed offsets begins at the end."""
        return self._settings.auto_offset_reset == "latest"

    def producer(self) -> AIOKafkaProducer:
        """Make a producer: idempotent, acknowledged by all in-sync replicas."""
        compression = self._settings.compression
        return AIOKafkaProducer(
            **self._options,
            acks="all",
            enable_idempotence=True,
            compression_type=None if compression == "none" else compression,
            max_batch_size=MAX_BATCH_BYTES,
        )

    def consumer(self) -> AIOKafkaConsumer:
        """Make a member of the consumer group."""
        session = self._settings.session_timeout_seconds
        heartbeat = min(HEARTBEAT_SECONDS, session / 3)
        return AIOKafkaConsumer(
            **self._options,
            group_id=self._settings.consumer_group,
            group_instance_id=self._settings.group_instance_id,
            enable_auto_commit=False,
            auto_offset_reset="earliest",  # see `beginning`
            session_timeout_ms=round(session * 1000),
            heartbeat_interval_ms=round(heartbeat * 1000),
            isolation_level="read_committed",
            max_partition_fetch_bytes=FETCH_BYTES,
        )

    def reader(self, topics: Collection[str]) -> AIOKafkaConsumer:
        """Make a consumer of all partitions of topics, outside of any group."""
        return AIOKafkaConsumer(
            *topics,
            **self._options,
            group_id=None,
            isolation_level="read_committed",
            metadata_max_age_ms=round(METADATA_SECONDS * 1000),
            fetch_max_wait_ms=FETCH_MS,
        )

    def admin(self) -> AIOKafkaAdminClient:
        """Make an admin client."""
        return AIOKafkaAdminClient(**self._options)
