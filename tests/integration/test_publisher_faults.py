"""What Kafka may do to callbacks: each fault has its answer, metric and log line.

Whatever happens: what was answered with 200 is in the topic, operators are told once
when it begins and once when it is over, and nothing is started again.
"""

import asyncio
from collections.abc import Callable

import pytest
from confluent_kafka.admin import AdminClient
from confluent_kafka.admin._acl import AclBinding, AclOperation, AclPermissionType
from confluent_kafka.admin._resource import ResourcePatternType, ResourceType
from confluent_kafka.cimpl import NewTopic

from gateway.settings import KafkaSettings, TopicSettings
from tests.e2e.support.records import Reader, create
from tests.integration.quota import limit_producer
from tests.integration.receiving import BOT, Receiving, message, receiving
from tests.kafka.broker import Kafka
from tests.kafka.cluster import KafkaCluster
from tests.kafka.plugin import StartCluster
from tests.kafka.properties import ClusterShape

pytestmark = pytest.mark.timeout(120)

STRICT = {"auto.create.topics.enable": "false"}
SECONDS = 30.0
LARGE = 10_000
Act = Callable[[KafkaCluster], None]


def topics_of(kafka: Kafka, inbound: str | None = None) -> TopicSettings:
    """Return topics of the test's own."""
    name = inbound or kafka.create_topic("in")
    return TopicSettings(inbound=name, dead_letters=kafka.create_topic("dlq"))


def plain(servers: str) -> KafkaSettings:
    """Return the settings for a Kafka that asks nobody who he is."""
    return KafkaSettings(bootstrap_servers=servers)


async def is_refused(gateway: Receiving, user: str = "u", times: int = 3) -> None:
    """Post callbacks, all of which Viber is asked to repeat."""
    name = "viber_webhook_rejected_total"
    labels = {"bot": BOT.name, "reason": "kafka_unavailable"}
    before = gateway.metric(name, **labels)
    for number in range(times):
        response = await gateway.post(message(user, number))
        assert (response.status, response.headers["retry-after"]) == (503, "5")
    assert gateway.metric(name, **labels) - before == times
    assert gateway.metric("viber_kafka_connected", client="producer") == 0


async def recovers(gateway: Receiving, user: str = "u") -> None:
    """Post callbacks until they are taken, and until operators are told of it."""
    async with asyncio.timeout(SECONDS):
        while gateway.told[-1] != "publishing_recovered":
            await gateway.post_until_taken(message(user, len(gateway.taken)))
            await asyncio.sleep(0.05)
    assert gateway.metric("viber_kafka_connected", client="producer") == 1


def hold(servers: str, topic: str, taken: list[bytes]) -> bool:
    """Tell whether all that was answered with 200 stands in the topic."""
    with Reader(servers, topic) as reader:
        held = {record.value for record in reader.read()}
    assert taken
    return held >= set(taken)


@pytest.mark.parametrize(
    ("begin", "end"),
    [
        (lambda c: c.kill_broker(1), lambda c: c.start_broker(1)),
        (lambda c: c.pause_broker(1), lambda c: c.resume_broker(1)),
    ],
    ids=["killed", "frozen"],
)
async def test_a_kafka_that_is_away_is_waited_for(
    kafka_cluster: StartCluster, begin: Act, end: Act
) -> None:
    """The first callback after it is taken by the same process."""
    cluster = kafka_cluster(ClusterShape())
    servers = cluster.bootstrap_servers
    topics = topics_of(Kafka("java", servers))
    async with receiving(plain(servers), topics, 0.3) as gateway:
        await gateway.post_until_taken(message("u", 0))
        begin(cluster)
        await is_refused(gateway)
        await asyncio.to_thread(end, cluster)
        await recovers(gateway)
        assert gateway.told == ["publishing_fails", "publishing_recovered"]

    assert hold(servers, topics.inbound, gateway.taken)


@pytest.mark.real_kafka
async def test_a_topic_that_is_missing_is_waited_for(kafka: Kafka) -> None:
    """It is enough to create it; the log says what is missing."""
    servers = kafka.bootstrap_servers
    topics = topics_of(kafka, kafka.unique("missing"))
    async with receiving(plain(servers), topics, 0.3) as gateway:
        await is_refused(gateway)
        create(servers, [topics.inbound])
        await recovers(gateway)

    assert gateway.told == ["publishing_fails", "publishing_recovered"]
    (line,) = [each for each in gateway.logs if each["event"] == "publishing_fails"]
    what = "no such topic, or no right to see it ('topics create' makes it)"
    assert line["error"] == what
    assert line["topic"] == topics.inbound


@pytest.mark.real_kafka
async def test_a_record_too_large_harms_no_other(kafka: Kafka) -> None:
    """It is buried and answered with 200; the next ones of its partition are taken.

    A refused batch leaves a gap in the producer's sequence (producers.py).
    """
    servers = kafka.bootstrap_servers
    small = kafka.create_topic("small", 1, {"max.message.bytes": str(LARGE // 2)})
    topics = topics_of(kafka, small)
    async with receiving(plain(servers), topics) as gateway:
        for number in range(3):
            large = message("u", number, LARGE)
            assert (await gateway.post(large)).status == 200
            gateway.taken.remove(large)
            assert (await gateway.post(message("u", number))).status == 200

    assert hold(servers, small, gateway.taken)

    assert gateway.refused(small, "MessageSizeTooLargeError") == 3
    buried = gateway.metric(
        "viber_dead_letters_total",
        topic=topics.dead_letters,
        reason="record_too_large",
    )
    assert buried == 3
    assert gateway.told == []
    with Reader(servers, topics.dead_letters) as reader:
        letters = reader.read()
    assert [letter.header("dlq_reason") for letter in letters] == [
        "record_too_large"
    ] * 3
    assert {letter.value for letter in letters} == {
        message("u", number, LARGE) for number in range(3)
    }


@pytest.mark.real_kafka
async def test_a_producer_over_its_quota_is_slowed_down(kafka: Kafka) -> None:
    """Kafka delays its acknowledgements; Viber is asked to come again later."""
    servers, client = kafka.bootstrap_servers, kafka.unique("poor")
    settings = KafkaSettings(bootstrap_servers=servers, client_id=client)
    topics = topics_of(kafka)
    limit_producer(servers.split(",")[0], client, 3000)
    async with receiving(settings, topics, 0.3) as gateway:
        while not gateway.told:
            await gateway.post(message("u", len(gateway.taken), LARGE))
        limit_producer(servers.split(",")[0], client, 1e9)
        await recovers(gateway)

    assert hold(servers, topics.inbound, gateway.taken)

    assert gateway.told == ["publishing_fails", "publishing_recovered"]


async def test_a_partition_without_a_leader_harms_no_other(
    kafka_cluster: StartCluster,
) -> None:
    """Users on other brokers go on, and the log does not change its mind each time."""
    cluster = kafka_cluster(ClusterShape(brokers=3, settings=STRICT))
    servers = cluster.bootstrap_servers
    kafka = Kafka("java", servers)
    topics = topics_of(kafka, kafka.unique("alone"))
    admin = AdminClient({"bootstrap.servers": servers})
    new = NewTopic(topics.inbound, 3, replication_factor=1)
    admin.create_topics([new])[topics.inbound].result(SECONDS)
    users = [f"user-{number}" for number in range(12)]
    async with receiving(plain(servers), topics, 0.5) as gateway:
        for user in users:
            await gateway.post_until_taken(message(user, 0))
        cluster.kill_broker(3)
        for number in range(3):
            statuses = await post_at_once(gateway, users, number)
            assert set(statuses) == {200, 503}
        await asyncio.to_thread(cluster.start_broker, 3)
        for user in users:
            await gateway.post_until_taken(message(user, 9))
        await recovers(gateway)

    assert hold(servers, topics.inbound, gateway.taken)

    assert gateway.told == ["publishing_fails", "publishing_recovered"]


async def post_at_once(gateway: Receiving, users: list[str], number: int) -> list[int]:
    """Post a callback of each user; return the answers."""
    async with asyncio.TaskGroup() as tasks:
        posts = [tasks.create_task(gateway.post(message(u, number))) for u in users]
    return [post.result().status for post in posts]


async def test_leaders_that_change_lose_nothing(kafka_cluster: StartCluster) -> None:
    """Two of three brokers are killed in turn, and every 200 is in the topic."""
    cluster = kafka_cluster(ClusterShape(brokers=3))
    servers = cluster.bootstrap_servers
    kafka = Kafka("java", servers)
    topics = topics_of(kafka, kafka.create_topic("in", 6))
    users = [f"user-{number}" for number in range(24)]
    is_over = asyncio.Event()

    async def write(gateway: Receiving, user: str) -> None:
        number = 0
        while not is_over.is_set():
            number += 1
            await gateway.post(message(user, number))
            await asyncio.sleep(0.01)

    async with (
        receiving(plain(servers), topics, 4.0) as gateway,
        asyncio.TaskGroup() as tasks,
    ):
        for user in users:
            tasks.create_task(write(gateway, user))
        for broker in (1, 2):
            await asyncio.to_thread(cluster.kill_broker, broker)
            await grows(gateway, 10 * len(users))
            await asyncio.to_thread(cluster.start_broker, broker)
        is_over.set()

    assert hold(servers, topics.inbound, gateway.taken)


async def grows(gateway: Receiving, by: int) -> None:
    """Wait until so many more callbacks were answered with 200."""
    enough = len(gateway.taken) + by
    await until(lambda: len(gateway.taken) >= enough)


async def until(is_so: Callable[[], object]) -> None:
    """Wait until something is so; it must become so in time."""
    async with asyncio.timeout(SECONDS):
        while not is_so():  # noqa: ASYNC110  it may be so in Kafka's own time
            await asyncio.sleep(0.05)


async def test_a_producer_that_is_not_authorised_says_so(
    kafka_cluster: StartCluster,
) -> None:
    """Whichever right is missing; given it, the process goes on by itself."""
    cluster = kafka_cluster(ClusterShape(sasl=True, acl=True, settings=STRICT))
    topics = topics_of(Kafka("java", cluster.bootstrap_servers))
    settings = KafkaSettings(
        bootstrap_servers=cluster.servers("SASL_PLAINTEXT"),
        security_protocol="SASL_PLAINTEXT",
        sasl_username="alice",
        sasl_password="alice-secret",
    )
    async with receiving(settings, topics, 0.5) as gateway:
        await is_refused(gateway)  # no right at all: not even a producer's id
        allow(cluster, topics.dead_letters, AclOperation.WRITE)
        await until(lambda: gateway.logs[-1]["event"] == "kafka_connected")
        await is_refused(gateway)  # the topic is not even described
        allow(cluster, topics.inbound, AclOperation.DESCRIBE)
        while not gateway.refused(topics.inbound, "TopicAuthorizationFailedError"):
            await is_refused(gateway, times=1)
        allow(cluster, topics.inbound, AclOperation.WRITE)
        await recovers(gateway)

    assert gateway.told == [
        "kafka_unavailable",
        "publishing_fails",
        "publishing_recovered",
    ]
    words = [line["error"] for line in gateway.logs if "error" in line]
    assert words[:2] == [
        "no right to write to any topic (WRITE)",
        "Kafka does not answer in time",  # there was no producer yet
    ]
    assert (
        "no right to the topic (READ of what we read, WRITE of what we write)"
        in (words[2:])
    )


def allow(cluster: KafkaCluster, topic: str, operation: AclOperation) -> None:
    """Give the user a right on a topic."""
    admin = AdminClient({"bootstrap.servers": cluster.bootstrap_servers})
    right = AclBinding(
        ResourceType.TOPIC,
        topic,
        ResourcePatternType.LITERAL,
        "User:alice",
        "*",
        operation,
        AclPermissionType.ALLOW,
    )
    for granted in admin.create_acls([right]).values():
        granted.result(SECONDS)
