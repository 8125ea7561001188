"""`viber-gateway topics`: make the topics that the gateway needs, and look at them.

The gateway itself never needs the right to create topics.
"""

from collections.abc import Sequence
from typing import Annotated, Any

import typer

from gateway.adapters.kafka.clients import KafkaClients
from gateway.adapters.kafka.topics import (
    BROKERS_DEFAULT,
    TopicPlan,
    TopicState,
    open_topics,
)
from gateway.cli.command_loop import run
from gateway.cli.configuration import read_without_tokens
from gateway.cli.finding import report
from gateway.cli.needed_topics import NeededTopic, needed_topics
from gateway.cli.options import AsJson, duration, say_duration
from gateway.cli.output import print_columns, print_json
from gateway.cli.topic_checks import Least, check_topics
from gateway.settings import KafkaSettings

SAFE_REPLICATION = 3

Retention = Annotated[
    float | None,
    typer.Option(
        parser=duration,
        metavar="DURATION",
        help="How long records are kept, such as 7d; else by the topic's use.",
    ),
]


def create(
    partitions: Annotated[int, typer.Option(min=1, help="Of each topic.")] = 6,
    replication: Annotated[
        int, typer.Option(min=BROKERS_DEFAULT, help="-1: as the brokers have it.")
    ] = BROKERS_DEFAULT,
    retention: Retention = None,
    as_json: AsJson = False,
) -> None:
    """Create the topics that are missing; existing ones are left alone.

    Example: viber-gateway topics create --partitions 12 --replication 3 --retention 7d
    """
    if not replication:
        said = "must be at least 1, or -1: as the brokers have it"
        raise typer.BadParameter(said, param_hint="--replication")
    settings, bots = read_without_tokens()
    plans = [
        plan(topic, partitions, replication, retention)
        for topic in needed_topics(settings, bots.values())
    ]
    done = run(_create(settings.kafka, plans))
    if as_json:
        print_json(done)
    else:
        print_columns([_row(result) for result in done])


def check(
    partitions: Annotated[int, typer.Option(min=1, help="At least so many.")] = 1,
    replication: Annotated[int, typer.Option(min=1, help="At least so many.")] = 1,
    as_json: AsJson = False,
) -> None:
    """Look whether the topics are there and as they should be; 1 if they are not.

    Example: viber-gateway topics check --partitions 12 --replication 3
    """
    settings, bots = read_without_tokens()
    needed = needed_topics(settings, bots.values())
    found = run(_describe(settings.kafka, needed))
    report(check_topics(needed, found, Least(partitions, replication)), as_json=as_json)


def plan(
    topic: NeededTopic, partitions: int, replication: int, retention: float | None
) -> TopicPlan:
    """Say what a new topic shall be like; `retention` in seconds, None: by its use."""
    config = {"min.insync.replicas": "2"} if replication >= SAFE_REPLICATION else {}
    if topic.need.retention is None:
        # Small segments are compacted soon, so that reading it all stays quick.
        config |= {"cleanup.policy": "compact", "segment.bytes": "16777216"}
    else:
        kept = topic.need.retention if retention is None else retention
        config |= {"cleanup.policy": "delete", "retention.ms": f"{kept * 1000:.0f}"}
    count = topic.need.partitions or partitions
    return TopicPlan(topic.name, count, replication, config)


async def _create(
    settings: KafkaSettings, plans: Sequence[TopicPlan]
) -> list[dict[str, Any]]:
    async with open_topics(KafkaClients(settings)) as topics:
        found = await topics.describe([plan.name for plan in plans])
        return [
            {
                **plan._asdict(),
                "created": plan.name not in found and await topics.create(plan),
            }
            for plan in plans
        ]


async def _describe(
    settings: KafkaSettings, needed: Sequence[NeededTopic]
) -> dict[str, TopicState]:
    async with open_topics(KafkaClients(settings)) as topics:
        return await topics.describe([topic.name for topic in needed])


def _row(done: dict[str, Any]) -> tuple[str, str, str]:
    if not done["created"]:
        return ("exists", done["name"], "left as it is")
    copies = done["replication"]
    config = done["config"]
    kept = config.get("retention.ms")
    return (
        "created",
        done["name"],
        f"partitions {done['partitions']}, replication "
        f"{'as the brokers have it' if copies == BROKERS_DEFAULT else copies}, "
        + (f"kept {say_duration(int(kept) / 1000)}" if kept else "compacted"),
    )
