"""Creates topics, and tells what existing ones are like.

Asking for a topic by name lets a broker create it (`auto.create.topics.enable`, on by
default), so all are asked for, which creates none.
"""

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, NamedTuple

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import (
    IncompatibleBrokerVersion,
    KafkaError,
    TopicAlreadyExistsError,
    for_code,
)

from gateway.adapters.kafka.clients import KafkaClients
from gateway.core.errors import GatewayError

CONFIGS = (
    "cleanup.policy",
    "min.insync.replicas",
    "retention.bytes",
    "retention.ms",
    "unclean.leader.election.enable",
)
BROKERS_DEFAULT = -1  # KIP-464


class TopicRefusedError(GatewayError):
    """Kafka does not want to create a topic."""


class TopicMissingError(GatewayError):
    """A topic is not there, or may not be seen."""


class TopicPlan(NamedTuple):
    """A topic to create."""

    name: str
    partitions: int
    replication: int
    config: Mapping[str, str]


class TopicState(NamedTuple):
    """An existing topic.

    Attributes:
        replication: Of the partition that has the fewest replicas.
        config: The `CONFIGS`; None where they may not be seen.
    """

    partitions: int
    replication: int
    config: Mapping[str, str] | None


class Topics:
    """The topics of a cluster."""

    def __init__(self, admin: AIOKafkaAdminClient) -> None:
        self._admin = admin

    async def require(self, names: Collection[str]) -> None:
        """Make sure that topics are there, before a client creates them by asking.

        Raises:
            TopicMissingError: They are not.
        """
        if missing := sorted(set(names) - set(await self._admin.list_topics())):
            raise TopicMissingError(
                f"not there, or not to be seen by us: topic {', '.join(missing)} "
                "('topics create' makes it)"
            )

    async def describe(self, names: Collection[str]) -> dict[str, TopicState]:
        """Describe those that exist, and may be seen."""
        partitions = {
            topic["topic"]: topic["partitions"]
            for topic in await self._admin.describe_topics(None)
            if topic["topic"] in names
        }
        configs = await self._configs(partitions)
        return {
            name: TopicState(
                len(found), min(len(p["replicas"]) for p in found), configs.get(name)
            )
            for name, found in partitions.items()
            if found
        }

    async def create(self, plan: TopicPlan) -> bool:
        """Create a topic; False: it existed already, and is left as it is.

        Raises:
            TopicRefusedError: Kafka refuses; the text is its own.
        """
        cluster = await self._admin.describe_cluster()
        brokers = {broker["node_id"] for broker in cluster["brokers"]}
        if cluster["controller_id"] not in brokers:
            raise TopicRefusedError(
                f"topic {plan.name}: this Kafka has no controller that makes topics"
            )
        # The library takes -1 for a replication only beside an assignment.
        assignment: dict[int, list[int]] | None = (
            {} if plan.replication == BROKERS_DEFAULT else None
        )
        topic = NewTopic(
            plan.name, plan.partitions, plan.replication, assignment, dict(plan.config)
        )
        answer = (await self._admin.create_topics([topic])).to_object()
        (result,) = answer["topic_errors"]
        if result["error_code"] == TopicAlreadyExistsError.errno:
            return False
        if result["error_code"]:
            error = for_code(result["error_code"]).__name__
            said = result.get("error_message") or ""
            raise TopicRefusedError(f"topic {plan.name}: {error}: {said}")
        return True

    async def _configs(self, names: Collection[str]) -> dict[str, dict[str, str]]:
        if not names:
            return {}
        wanted = dict.fromkeys(CONFIGS)
        asked = [ConfigResource(ConfigResourceType.TOPIC, n, wanted) for n in names]
        try:
            answers = await self._admin.describe_configs(asked)
        except IncompatibleBrokerVersion:  # librdkafka's mock cluster does not tell
            return {}
        resources = [r for a in answers for r in a.to_object()["resources"]]
        return {
            resource["resource_name"]: _entries(resource["config_entries"])
            for resource in resources
            if not resource["error_code"]
        }


def _entries(entries: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    return {entry["config_names"]: entry["config_value"] for entry in entries}


async def require_topics(clients: KafkaClients, names: Collection[str]) -> None:
    """Make sure that topics are there.

    Raises:
        KafkaUnavailableError: Kafka does not answer.
        TopicMissingError: They are not.
    """
    async with open_topics(clients) as topics:
        await topics.require(names)


@asynccontextmanager
async def open_topics(clients: KafkaClients) -> AsyncIterator[Topics]:
    """Connect; with the block the connection ends.

    Args:
        clients: Of the cluster.

    Raises:
        KafkaUnavailableError: Kafka does not answer.
    """
    admin = clients.admin()
    try:
        await admin.start()
        yield Topics(admin)
    except (KafkaError, OSError) as error:
        raise clients.unavailable(error) from error
    finally:
        await admin.close()
