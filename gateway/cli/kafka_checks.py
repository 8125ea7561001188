"""Is Kafka reached, as whom, and may we do what we must: findings for `doctor`.

The brokers that the settings name are tried first, then those that they name in turn:
clients are sent on to the addresses that brokers advertise.
"""

from collections.abc import Iterable

from gateway.adapters.kafka.probe import (
    Address,
    Failure,
    Trouble,
    bootstrap_addresses,
    probe,
)
from gateway.adapters.kafka.rights import Rights, open_rights
from gateway.cli.finding import Finding, Verdict, fault, warning, well
from gateway.cli.needed_topics import NeededTopic
from gateway.settings import KafkaSettings

# Trouble -> what it means, what to do.
WORDS = {
    Trouble.NAME: (
        "the name cannot be found",
        "correct KAFKA_BOOTSTRAP_SERVERS, or the DNS that this machine asks",
    ),
    Trouble.REFUSED: (
        "nothing listens on that port",
        "correct the port in KAFKA_BOOTSTRAP_SERVERS, or start the broker",
    ),
    Trouble.UNREACHABLE: (
        "there is no way to that address",
        "look at routes, firewalls and network policies",
    ),
    Trouble.SILENT: (
        "it does not answer in time",
        "look at firewalls and network policies: something drops what we send",
    ),
    Trouble.AUTHORITY: (
        "its certificate is signed by an authority that we do not trust",
        "let KAFKA_SSL_CAFILE name the file of the authority that signed it",
    ),
    Trouble.OTHER_NAME: (
        "its certificate is for another name",
        "use a name that stands in the certificate in KAFKA_BOOTSTRAP_SERVERS",
    ),
    Trouble.EXPIRED: (
        "its certificate is not valid today",
        "renew the broker's certificate, or set the clock of this machine",
    ),
    Trouble.OUR_CERTIFICATE: (
        "it does not accept our certificate, or wants one",
        "set KAFKA_SSL_CERTFILE and KAFKA_SSL_KEYFILE to a pair that it trusts",
    ),
    Trouble.TLS: (
        "TLS fails",
        "compare the versions and ciphers of TLS that both sides take",
    ),
    Trouble.SPEAKS_TLS: (
        "this listener speaks TLS",
        "set KAFKA_SECURITY_PROTOCOL to [SASL_]SSL, or use another port",
    ),
    Trouble.SPEAKS_NO_TLS: (
        "this listener does not speak TLS",
        "set KAFKA_SECURITY_PROTOCOL to [SASL_]PLAINTEXT, or use another port",
    ),
    Trouble.SPEAKS_HTTP: (
        "this is an HTTP server",
        "correct the port in KAFKA_BOOTSTRAP_SERVERS",
    ),
    Trouble.PASSWORD: (
        "it does not accept our name and password",
        "correct KAFKA_SASL_USERNAME, KAFKA_SASL_PASSWORD[_FILE], or the mechanism",
    ),
    Trouble.MECHANISM: (
        "it does not know our way to log in",
        "set KAFKA_SASL_MECHANISM to one that the listener has",
    ),
    Trouble.NO_LOGIN: (
        "this listener wants no login",
        "set KAFKA_SECURITY_PROTOCOL to PLAINTEXT or SSL, or use another port",
    ),
    Trouble.LOGIN_WANTED: (
        "it closes the connection: it may want a login",
        "set KAFKA_SECURITY_PROTOCOL to SASL_PLAINTEXT or SASL_SSL",
    ),
    Trouble.OTHER: ("it is not reached", "look at the broker's log"),
}
RIGHTS = {
    "ClusterAuthorizationFailedError",
    "GroupAuthorizationFailedError",
    "TopicAuthorizationFailedError",
}
ADVERTISED = "let the broker's advertised.listeners name an address that we reach"


async def check_brokers(settings: KafkaSettings) -> list[Finding]:
    """Try each broker; without a fault among the answers Kafka can be used.

    Raises:
        SettingsError: A certificate, key or password file cannot be read.
    """
    named = bootstrap_addresses(settings)
    answers = {address: await probe(settings, address) for address in named}
    known = [found for found in answers.values() if not isinstance(found, Failure)]
    verdict = Verdict.WARNING if known else Verdict.FAULT
    findings = [_broker(at, found, verdict) for at, found in answers.items()]
    advertised = set().union(*known) - set(named)
    for address in sorted(advertised):
        found = await probe(settings, address)
        finding = _broker(address, found, Verdict.FAULT)
        if isinstance(found, Failure):
            finding = fault(finding.about, f"{finding.said}, as advertised", ADVERTISED)
        findings.append(finding)
    return findings


async def check_rights(
    settings: KafkaSettings, topics: Iterable[NeededTopic]
) -> list[Finding]:
    """Look whether we may do what we must with each topic that is there."""
    async with open_rights(settings) as rights:
        findings = [f for topic in topics for f in await _topic(rights, topic)]
        group = settings.consumer_group
        refused = await rights.be_member(group)
        findings.append(describe_right(f"group {group}", "READ", refused))
        if refused := await rights.be_idempotent():
            findings.append(describe_right("cluster", "IDEMPOTENT_WRITE", refused))
    return findings


async def _topic(rights: Rights, topic: NeededTopic) -> list[Finding]:
    about = f"topic {topic.name}"
    unseen = await rights.see(topic.name)
    if unseen is not None:
        return [describe_right(about, "DESCRIBE", unseen)] if unseen in RIGHTS else []
    findings = []
    if topic.need.reads:
        findings.append(describe_right(about, "READ", await rights.read(topic.name)))
    if topic.need.writes:
        findings.append(describe_right(about, "WRITE", await rights.write(topic.name)))
    return findings


def describe_right(about: str, right: str, refused: str | None) -> Finding:
    """Say whether we have a right; `refused` is Kafka's error, None: we have it."""
    if refused is None:
        return well(about, f"we may {right}")
    if refused in RIGHTS:
        advice = f"kafka-acls.sh --add --allow-principal ... --operation {right}"
        return fault(about, f"we may not {right}", advice)
    advice = (
        "look at the brokers: kafka-topics.sh --describe --under-min-isr-partitions"
    )
    return fault(about, f"{right} does not work now: {refused}", advice)


def _broker(
    address: Address, found: set[Address] | Failure, verdict: Verdict
) -> Finding:
    about = f"broker {address}"
    if not isinstance(found, Failure):
        return well(about, f"answers; the cluster has {len(found)} broker(s)")
    said, advice = WORDS[found.trouble]
    kind = warning if verdict is Verdict.WARNING else fault
    return kind(about, f"{said} ({found.detail})", advice)
