"""`viber-gateway doctor`: looks at all that the gateway needs, and says what to do.

From the outside in: settings, brokers, topics, rights, then Viber's API, tokens and
webhooks.  What builds on something that failed is not tried.
"""

from collections.abc import Sequence

from gateway.adapters.kafka.clients import KafkaClients
from gateway.adapters.kafka.topics import open_topics
from gateway.bots import Bot
from gateway.cli.command_loop import run
from gateway.cli.configuration import read_configuration
from gateway.cli.finding import Finding, Verdict, fault, report, well
from gateway.cli.kafka_checks import check_brokers, check_rights
from gateway.cli.needed_topics import needed_topics
from gateway.cli.options import AsJson
from gateway.cli.progress import busy
from gateway.cli.topic_checks import Least, check_topics
from gateway.cli.viber_checks import check_viber
from gateway.core.errors import KafkaUnavailableError, SettingsError
from gateway.settings import Settings

WRONG_SETTINGS = 2


def doctor(as_json: AsJson = False) -> None:
    """Check settings, Kafka, topics, rights, tokens and webhooks; 1 for any fault.

    Nothing is changed: no record is written, no topic created, no group joined.

    Example: viber-gateway doctor --json
    """
    try:
        settings, bots = read_configuration()
        KafkaClients(settings.kafka)  # reads its files
    except SettingsError as error:
        advice = "correct it; viber-gateway settings shows where each value came from"
        faults = [fault("settings", line, advice) for line in error.faults]
        report(faults, as_json=as_json, exit_code=WRONG_SETTINGS)
        return
    findings = [well("settings", f"bots: {', '.join(sorted(bots))}")]
    with busy("checking"):
        findings += run(_check(settings, list(bots.values())))
    report(findings, as_json=as_json)


async def _check(settings: Settings, bots: Sequence[Bot]) -> list[Finding]:
    findings = await check_brokers(settings.kafka)
    if all(finding.verdict is not Verdict.FAULT for finding in findings):
        findings += await _check_topics(settings, bots)
    return findings + await check_viber(settings.viber, bots)


async def _check_topics(settings: Settings, bots: Sequence[Bot]) -> list[Finding]:
    needed = needed_topics(settings, bots)
    try:
        async with open_topics(KafkaClients(settings.kafka)) as topics:
            found = await topics.describe([topic.name for topic in needed])
        findings = check_topics(needed, found, Least())
        return findings + await check_rights(settings.kafka, needed)
    except KafkaUnavailableError as error:
        return [fault("topics", str(error.__cause__), "look at the brokers' logs")]
