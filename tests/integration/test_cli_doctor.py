"""`viber-gateway doctor` against Kafka and the simulator."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from confluent_kafka.admin import AdminClient
from confluent_kafka.admin._acl import AclBinding, AclOperation, AclPermissionType
from confluent_kafka.admin._resource import ResourcePatternType, ResourceType

from gateway.adapters.kafka.probe import Address, Failure, probe
from gateway.adapters.kafka.rights import open_rights
from gateway.settings import KafkaSettings
from tests.integration.command_line import TOKEN, Ended, viber_gateway
from tests.integration.talk import count
from tests.kafka.broker import Kafka
from tests.kafka.cluster import KafkaCluster
from tests.kafka.plugin import StartCluster
from tests.kafka.properties import ClusterShape, Protocol
from tests.simulator.process import Hook, Running, hook, simulator

# Each command is a process of its own, and a test runs several.
pytestmark = pytest.mark.timeout(60)

SETTINGS = ("inbound", "outbound", "results", "dead_letters", "replies", "progress")
NO_VIBER = {"VIBER_API_URL": "http://127.0.0.1:1/pa"}


async def doctor(settings: dict[str, str], *arguments: str) -> Ended:
    """Run the command."""
    return await asyncio.to_thread(
        viber_gateway, "doctor", *arguments, settings=settings
    )


def verdicts(ended: Ended) -> dict[str, list[tuple[str, str]]]:
    """Return verdicts and what was said, by what was looked at."""
    found: dict[str, list[tuple[str, str]]] = {}
    for finding in ended.json():
        about = found.setdefault(finding["about"], [])
        about.append((finding["verdict"], finding["said"]))
    return found


@dataclass(frozen=True, slots=True)
class Setup:
    """All that a gateway needs, as it should be."""

    kafka: Kafka
    viber: Running
    public: Hook
    settings: dict[str, str]


@pytest.fixture
async def setup(kafka: Kafka) -> AsyncIterator[Setup]:
    """Topics, a bot whose webhook is set, and a URL that answers."""
    topics = {f"TOPIC_{s.upper()}": kafka.unique(s.replace("_", "-")) for s in SETTINGS}
    async with simulator(f"--bot=main={TOKEN}") as viber, hook() as public:
        settings = topics | {
            "KAFKA_BOOTSTRAP_SERVERS": kafka.bootstrap_servers,
            "VIBER_API_URL": f"{viber.base}/pa",
            "VIBER_WEBHOOK_URL": public.url.removesuffix("/hook"),
        }
        for command in (("topics", "create"), ("webhook", "set")):
            await asyncio.to_thread(viber_gateway, *command, settings=settings)
        yield Setup(kafka, viber, public, settings)


@pytest.mark.real_kafka
async def test_where_all_is_well_nothing_is_a_fault_and_nothing_is_changed(
    setup: Setup,
) -> None:
    """Exit code 0; every right was tried; the topics stay empty."""
    ended = await doctor(setup.settings, "--json")

    assert ended.code == 0, ended.out
    found = verdicts(ended)
    topic = setup.settings["TOPIC_PROGRESS"]
    assert [said for _, said in found[f"topic {topic}"][1:]] == [
        "we may READ",
        "we may WRITE",
    ]
    assert found["group viber-gateway"] == [("ok", "we may READ")]
    url = f"{setup.settings['VIBER_WEBHOOK_URL']}/webhooks/main"
    assert found["webhook of main"] == [("ok", f"{url} is called, and answers")]
    for name in ("TOPIC_INBOUND", "TOPIC_RESULTS", "TOPIC_PROGRESS"):
        assert await count(setup.kafka, setup.settings[name]) == 0


@pytest.mark.real_kafka
async def test_each_fault_says_what_to_do(setup: Setup) -> None:
    """A missing topic, a webhook of another, a public URL that answers 502."""
    missing = setup.kafka.unique("nobody")
    await setup.viber.api("set_webhook", {"url": setup.public.url}, TOKEN)
    setup.public.answer = b"HTTP/1.1 502 Away\r\nContent-Length: 0\r\n\r\n"

    ended = await doctor(setup.settings | {"TOPIC_OUTBOUND": missing})

    assert ended.code == 1
    assert f"fault   topic {missing}: is not there" in ended.out
    assert "-> viber-gateway topics create" in ended.out
    assert (
        f"fault   webhook of main: the webhook is {setup.public.url}, not" in ended.out
    )
    assert "-> viber-gateway webhook reconcile" in ended.out
    assert "answers 502: something in front does not reach the gateway" in ended.out


async def test_a_wrong_token_is_told_apart_from_a_viber_out_of_reach() -> None:
    """Each with its own advice; the token is not shown."""
    no_kafka = {"KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:1"}
    async with simulator(f"--bot=main={TOKEN}") as viber:
        here = {"VIBER_API_URL": f"{viber.base}/pa", "VIBER_AUTH_TOKEN": "a-wrong-one"}
        wrong = await doctor(no_kafka | here, "--json")
    away = await doctor(no_kafka | NO_VIBER, "--json")

    assert (wrong.code, away.code) == (1, 1)
    assert verdicts(wrong)["bot main"] == [("fault", "Viber does not know this token")]
    assert "a-wrong-one" not in wrong.out + wrong.err
    ((verdict, said),) = verdicts(away)["bot main"]
    assert verdict == "fault"
    assert said.startswith("Viber is not reached: no connection")


async def test_wrong_settings_are_findings_too() -> None:
    """Exit code 2, also for a file of Kafka's that cannot be read."""
    kafka = {"KAFKA_BOOTSTRAP_SERVERS": "kafka:9092", "KAFKA_SECURITY_PROTOCOL": "SSL"}

    missing = await doctor({"HTTP_PORT": "high"}, "--json")
    no_file = await doctor(kafka | {"KAFKA_SSL_CAFILE": "/no/such/ca.pem"}, "--json")

    assert (missing.code, no_file.code) == (2, 2)
    assert [said.partition(":")[0] for _, said in verdicts(missing)["settings"]] == [
        "KAFKA_BOOTSTRAP_SERVERS",
        "HTTP_PORT",
    ]
    ((_, said),) = verdicts(no_file)["settings"]
    assert said.startswith("KAFKA_SSL_CAFILE: ")
    assert "/no/such/ca.pem" in said


async def test_brokers_out_of_reach_are_told_and_the_rest_is_looked_at() -> None:
    """Topics are not tried then; Viber is."""
    servers = {"KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:1,no.such.host.invalid:9092"}

    ended = await doctor(servers | NO_VIBER, "--json")

    assert ended.code == 1
    found = ended.json()
    assert [
        (one["verdict"], one["said"].partition(" (")[0])
        for one in found
        if one["about"].startswith("broker ")
    ] == [
        ("fault", "nothing listens on that port"),
        ("fault", "the name cannot be found"),
    ]
    assert found[-1]["about"] == "bot main"


async def test_one_broker_that_answers_is_enough(kafka: Kafka) -> None:
    """The others are warnings: the cluster is reached."""
    servers = f"127.0.0.1:1,{kafka.bootstrap_servers}"

    ended = await doctor({"KAFKA_BOOTSTRAP_SERVERS": servers} | NO_VIBER, "--json")

    brokers = [one for one in ended.json() if one["about"].startswith("broker ")]
    assert [one["verdict"] for one in brokers] == ["warning", "ok"]


async def test_a_clock_that_differs_from_vibers_is_a_fault() -> None:
    """The date of its answer tells."""
    answer = (
        b"HTTP/1.1 200 OK\r\nDate: Sun, 01 Mar 2026 12:00:00 GMT\r\n"
        b"Connection: close\r\nContent-Length: 12\r\n\r\n"
        b'{"status":2}'
    )

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server:
        settings = {
            "KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:1",
            "VIBER_API_URL": f"http://127.0.0.1:{port}/pa",
        }
        ended = await doctor(settings, "--json")

    ((verdict, said),) = verdicts(ended)["clock"]
    assert verdict == "fault"
    assert said.endswith(" s ahead of Viber's")


@dataclass(frozen=True, slots=True)
class Case:
    """How a listener is approached, and what comes of it; None: it is reached."""

    trouble: str | None
    listener: Protocol
    protocol: Protocol
    more: dict[str, Any] = field(default_factory=dict)
    host: str = "127.0.0.1"


ALICE = {"sasl_username": "alice", "sasl_password": "alice-secret"}
SCRAM = {"sasl_mechanism": "SCRAM-SHA-512"}
NO_CA = {"ssl_cafile": None}
CASES = [
    Case(None, "PLAINTEXT", "PLAINTEXT"),
    Case(None, "SSL", "SSL"),
    Case(None, "SASL_SSL", "SASL_SSL", ALICE | SCRAM),
    Case("password", "SASL_SSL", "SASL_SSL", ALICE | {"sasl_password": "x"}),
    Case("password", "SASL_SSL", "SASL_SSL", ALICE | SCRAM | {"sasl_username": "bob"}),
    Case(
        "mechanism", "SASL_SSL", "SASL_SSL", ALICE | {"sasl_mechanism": "SCRAM-SHA-256"}
    ),
    Case("authority", "SSL", "SSL", NO_CA),
    Case("other_name", "SSL", "SSL", host="127.1"),  # the same address, another name
    Case("speaks_tls", "SSL", "PLAINTEXT"),
    Case("speaks_tls", "SASL_SSL", "SASL_PLAINTEXT", ALICE),
    Case("speaks_no_tls", "PLAINTEXT", "SSL"),
    Case("no_login", "PLAINTEXT", "SASL_PLAINTEXT", ALICE),
    Case("login_wanted", "SASL_PLAINTEXT", "PLAINTEXT"),
    Case("login_wanted", "SASL_SSL", "SSL"),
]


async def approach(cluster: KafkaCluster, case: Case) -> str | None:
    """Probe a listener."""
    ca = cluster.tls_directory / "ca.pem"
    settings = KafkaSettings(
        **{
            "bootstrap_servers": "unused:1",
            "security_protocol": case.protocol,
            "ssl_cafile": ca,
            **case.more,
        }
    )
    port = int(cluster.servers(case.listener).rpartition(":")[2])
    found = await probe(settings, Address(case.host, port))
    return found.trouble if isinstance(found, Failure) else None


async def test_what_goes_wrong_on_the_way_to_a_broker_is_told_apart(
    kafka_cluster: StartCluster,
) -> None:
    """The client library says "Unable to bootstrap" to all of them."""
    cluster = kafka_cluster(ClusterShape(sasl=True, tls=True))

    found = [await approach(cluster, case) for case in CASES]

    assert found == [case.trouble for case in CASES]


async def test_a_cluster_that_was_never_written_to_refuses_nothing(
    kafka_cluster: StartCluster,
) -> None:
    """The first who wants to write idempotently waits for a moment."""
    servers = kafka_cluster(ClusterShape()).servers("PLAINTEXT")

    async with open_rights(KafkaSettings(bootstrap_servers=servers)) as rights:
        assert await rights.be_idempotent() is None


async def test_a_certificate_that_is_wanted_and_missing_is_told(
    kafka_cluster: StartCluster,
) -> None:
    """Mutual TLS."""
    shape = ClusterShape(tls=True, client_certificate_required=True)
    cluster = kafka_cluster(shape)
    pair = {
        "ssl_certfile": cluster.tls_directory / "client.crt",
        "ssl_keyfile": cluster.tls_directory / "client.key",
    }

    without = await approach(cluster, Case(None, "SSL", "SSL"))
    with_one = await approach(cluster, Case(None, "SSL", "SSL", pair))

    assert (without, with_one) == ("our_certificate", None)


@pytest.fixture
def allow() -> Callable[[KafkaCluster, ResourceType, str, AclOperation], None]:
    """Give alice a right."""

    def give(
        cluster: KafkaCluster, kind: ResourceType, name: str, right: AclOperation
    ) -> None:
        admin = AdminClient({"bootstrap.servers": cluster.bootstrap_servers})
        binding = AclBinding(
            kind,
            name,
            ResourcePatternType.LITERAL,
            "User:alice",
            "*",
            right,
            AclPermissionType.ALLOW,
        )
        for given in admin.create_acls([binding]).values():
            given.result(10)

    return give


RIGHTS = {
    "viber.inbound": AclOperation.WRITE,
    "viber.outbound": AclOperation.READ,
    "viber.results": AclOperation.DESCRIBE,
    "viber.progress": AclOperation.READ,
}


async def test_each_right_that_is_missing_is_named(
    kafka_cluster: StartCluster,
    allow: Callable[[KafkaCluster, ResourceType, str, AclOperation], None],
    tmp_path: Path,
) -> None:
    """What we may and what we may not, for each topic and the group."""
    cluster = kafka_cluster(ClusterShape(sasl=True, acl=True))
    (tmp_path / "password").write_text("alice-secret\n")
    plain = {"KAFKA_BOOTSTRAP_SERVERS": cluster.bootstrap_servers}
    await asyncio.to_thread(viber_gateway, "topics", "create", settings=plain)
    for name, right in RIGHTS.items():
        allow(cluster, ResourceType.TOPIC, name, right)

    ended = await doctor(
        NO_VIBER
        | {
            "KAFKA_BOOTSTRAP_SERVERS": cluster.servers("SASL_PLAINTEXT"),
            "KAFKA_SECURITY_PROTOCOL": "SASL_PLAINTEXT",
            "KAFKA_SASL_USERNAME": "alice",
            "KAFKA_SASL_PASSWORD_FILE": str(tmp_path / "password"),
        },
        "--json",
    )

    found = verdicts(ended)
    rights = {
        about.partition(" ")[2]: [one for one in said if "we may" in one[1]]
        for about, said in found.items()
    }
    assert ended.code == 1
    assert rights["viber.inbound"] == [("ok", "we may WRITE")]
    assert rights["viber.outbound"] == [("ok", "we may READ")]
    assert rights["viber.results"] == [("fault", "we may not WRITE")]
    assert rights["viber.dlq"] == [("fault", "we may not DESCRIBE")]
    assert rights["viber.progress"] == [
        ("ok", "we may READ"),
        ("fault", "we may not WRITE"),
    ]
    assert rights["viber-gateway"] == [("fault", "we may not READ")]
