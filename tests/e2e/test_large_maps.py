"""What has ended among very many that have not: a map too large for a commit."""

import random
from datetime import UTC, datetime, timedelta
from typing import Final

import pytest
from confluent_kafka.admin import AdminClient
from confluent_kafka.cimpl import NewTopic

from tests.e2e.support.commands import headers, message, messages, text
from tests.e2e.support.gateway import Gateways
from tests.e2e.support.metrics import metric
from tests.e2e.support.records import Draft
from tests.e2e.support.topics import Topics
from tests.e2e.support.viber import Viber
from tests.e2e.support.waiting import wait_for
from tests.kafka.broker import Kafka

pytestmark = [pytest.mark.real_kafka, pytest.mark.timeout(180)]

UNFINISHED: Final = 50_000
STUCK_KEYS: Final = 50
SENT: Final = 10_000
USERS: Final = 200  # each gets fewer than the hundred that Viber takes in an hour
EVERY: Final = 500  # commands between two commits
EXTRA_COMMITS: Final = 10  # when partitions move, and to prove that they are ours
MAX_TEXT: Final = 4096  # what Kafka takes beside a commit
SETTINGS: Final = {
    "SENDER_COMMIT_EVERY": str(EVERY),
    "SENDER_COMMIT_INTERVAL_SECONDS": "3600",
    "KAFKA_SESSION_TIMEOUT_SECONDS": "45",
}


def create(broker: Kafka, kind: str, bot: str) -> str:
    """Create a bot's own topic of one partition; return its name for all bots."""
    name = f"{broker.unique(kind)}-{{bot}}"
    admin = AdminClient({"bootstrap.servers": broker.bootstrap_servers})
    (created,) = admin.create_topics([NewTopic(name.replace("{bot}", bot), 1)]).values()
    created.result(20)
    return name


@pytest.fixture
def topics(broker: Kafka, viber: Viber) -> Topics:
    """Return topics of one partition, one of each kind for each bot."""
    names = [create(broker, n, viber.bot) for n in ("in", "out", "results", "dlq")]
    return Topics(broker.bootstrap_servers, broker.unique("gateway"), *names)


def scattered(topic: str, viber: Viber) -> list[Draft]:
    """Return commands that can be sent among many behind a few that are held."""
    held = headers(viber.bot, "send_message", "held")
    held["ce_notbefore"] = (datetime.now(UTC) + timedelta(minutes=50)).isoformat()
    stuck = (
        Draft(topic, text("nobody", "held"), f"stuck-{number % STUCK_KEYS}", held)
        for number in range(UNFINISHED)
    )
    sent = iter(messages(topic, viber.bot, viber.add_users(USERS), SENT))
    kinds = [sent] * SENT + [stuck] * UNFINISHED
    random.Random(7).shuffle(kinds)  # noqa: S311  no secret
    return [next(kind) for kind in kinds]


def test_a_map_too_large_for_a_commit_repeats_nothing(
    broker: Kafka, gateways: Gateways, viber: Viber, topics: Topics
) -> None:
    """Neither when the partition moves nor after a restart; few maps are written."""
    own = topics.of(viber.bot)
    progress = create(broker, "progress", viber.bot)
    settings = {**SETTINGS, "TOPIC_PROGRESS": progress}
    own.write(scattered(own.outbound, viber))

    first = gateways.start("sender", settings)
    own.wait_for(own.results, SENT, 90)
    size = "viber_kafka_progress_map_bytes"
    wait_for("a large map", lambda: metric(first, size), lambda n: n and n > MAX_TEXT)
    second = gateways.start("sender", settings)
    assert first.stop() == 0
    send_one(own, viber, "after the move")
    second.stop()
    third = gateways.start("sender", settings)
    send_one(own, viber, "after the restart")

    assert third.health()["deferred"] > UNFINISHED / 2
    assert len(viber.calls()) == SENT + 2
    assert own.count(own.results) == SENT + 2
    name = progress.replace("{bot}", viber.bot)
    assert 1 <= own.count(name) <= SENT / EVERY + EXTRA_COMMITS


def send_one(own: Topics, viber: Viber, words: str) -> None:
    """Send a text behind all that is there; it is accepted."""
    (user,) = viber.add_users(1)
    (place,) = own.write([message(own.outbound, viber.bot, user, words)])
    (result,) = own.results_of(place)
    assert result.json["outcome"] == "accepted"
