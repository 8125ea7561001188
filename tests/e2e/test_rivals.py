"""Bugs that others had, each as a test of its own.

Sources: the issue trackers of the projects named.  These are shown elsewhere:

| bug | shown by |
|---|---|
| convoy: what fails is skipped | chaos/test_dead_letters_away.py |
| parallel-consumer 827: read, revoked, lost | chaos/test_rebalance.py, come and go |
| benthos: a commit for a revoked partition | chaos/test_sender_away.py, stood still |
| svix 1844: no recovery after a restart | chaos/test_kafka_away.py, an outage |
| vector 17276: memory grows with each 429 | chaos/test_viber_away.py, a storm of 429 |
| botpress: digits of message tokens | integration/test_viber_sdks.py, JavaScript |
"""

import json
from typing import Any, Final

import pytest

from tests.e2e.support.commands import message, messages
from tests.e2e.support.gateway import Gateway, Gateways
from tests.e2e.support.place import Place
from tests.e2e.support.topics import Topics
from tests.e2e.support.viber import Viber
from tests.e2e.support.waiting import wait_for
from tests.e2e.support.web import request
from tests.kafka.broker import PARTITIONS

pytestmark = pytest.mark.timeout(120)

COMMANDS: Final = 300
USERS: Final = 20
MANY: Final = 100  # so many that each partition has some
# Only the end, and a rebalance, commit.
RARE_COMMITS: Final = {
    "SENDER_COMMIT_EVERY": "100000",
    "SENDER_COMMIT_INTERVAL_SECONDS": "3600",
}


def sent(viber: Viber) -> list[str]:
    """The texts that Viber took, in order."""
    calls = [call for call in viber.calls() if call["accepted"]]
    return [json.loads(call["body"])["text"] for call in calls]


def begin(topics: Topics, viber: Viber, count: int = COMMANDS) -> list[str]:
    """Write commands to some users in turn; return their texts."""
    users = viber.add_users(USERS)
    drafts = messages(topics.outbound, viber.bot, users, count)
    topics.write(drafts)
    return [draft.headers["ce_id"] for draft in drafts]


def join(gateways: Gateways) -> Gateway:
    """Start one more sender and wait until it has a share of the partitions."""
    gateway = gateways.start("sender", RARE_COMMITS)
    wait_for("partitions", lambda: gateway.health()["partitions"])
    return gateway


def series(gateway: Gateway) -> set[str]:
    """Name the time series that `/metrics` shows."""
    lines = gateway.probe("metrics").body.decode().splitlines()
    return {line.rpartition(" ")[0] for line in lines if not line.startswith("#")}


@pytest.mark.parametrize("code", [401, 403])
def test_vector_24543_what_is_refused_is_not_lost(
    place: Place, user: str, code: int
) -> None:
    """It ends as a dead letter that holds every byte, before its offset is passed."""
    fault: dict[str, Any] = {"code": code, "receiver": user}
    place.viber.misbehave("http", method="send_message", **fault)

    draft = message(place.topics.outbound, place.viber.bot, user, f"with {code}")

    result = place.send(draft)

    letter = place.dead_letter(result)
    assert (letter.key, letter.value) == (user.encode(), draft.value)
    assert letter.header("dlq_reason") == result.json["reason"] == "http_error"


@pytest.mark.real_kafka  # a group of several members
def test_parallel_consumer_365_a_rebalance_repeats_nothing_behind_a_stuck_command(
    gateways: Gateways, viber: Viber, topics: Topics
) -> None:
    """What ended beyond it is committed, too, before the partition moves."""
    stuck: list[str] = []
    for user in viber.add_users(USERS):
        over: dict[str, Any] = {"status": 12, "receiver": user}
        viber.misbehave("status", method="send_message", **over)
        topics.write([message(topics.outbound, viber.bot, user, f"to {user}")])
        stuck.append(user)
    texts = begin(topics, viber)
    first = gateways.start("sender", RARE_COMMITS)
    topics.wait_for(topics.results, COMMANDS)
    wait_for("parked", lambda: first.health()["parked"] == len(stuck))

    second = join(gateways)
    assert first.stop() == 0
    wait_for("all of them", lambda: second.health()["parked"] == len(stuck))

    assert sorted(sent(viber)) == texts


def test_parallel_consumer_834_waiting_for_a_retry_does_not_grow(
    gateways: Gateways, viber: Viber, topics: Topics
) -> None:
    """However often a command is tried, there is one of it."""
    fault = viber.misbehave("http", method="send_message", code=408)
    gateway = gateways.start("sender", {"SENDER_MAX_ATTEMPTS": "100000"})
    begin(topics, viber, USERS)
    wait_for("some tries", lambda: viber.times_struck(fault) > 2 * USERS)
    before = gateway.health()

    tried = viber.times_struck(fault)
    wait_for("more tries", lambda: viber.times_struck(fault) > tried + 10 * USERS)

    now = gateway.health()
    assert now["buffered"] == before["buffered"] == USERS
    assert now["tasks"] <= before["tasks"] + 5  # some answer us


@pytest.mark.real_kafka  # a group of several members
def test_parallel_consumer_546_idle_partitions_keep_their_offset(
    gateways: Gateways, viber: Viber, topics: Topics
) -> None:
    """Nothing new comes, replicas move: nothing begins anew, nothing is passed over."""
    texts = begin(topics, viber)
    first = join(gateways)
    topics.wait_for(topics.results, COMMANDS)
    for _ in range(3):
        second = join(gateways)
        assert first.stop() == 0
        first = second
    assert first.stop() == 0

    (user,) = viber.add_users(1)
    topics.write([message(topics.outbound, viber.bot, user, "while nobody was there")])
    gateways.start("sender")
    topics.wait_for(topics.results, COMMANDS + 1)

    assert sorted(sent(viber)) == [*texts, "while nobody was there"]


def test_strimzi_1049_connections_and_users_make_no_metrics(
    gateways: Gateways, viber: Viber, topics: Topics
) -> None:
    """Neither do event names that nobody knows, nor paths that lead nowhere."""
    gateway = gateways.start("all")
    place = Place(gateway, viber, topics)

    def talk(number: int) -> None:
        (user,) = viber.add_users(1)
        name = {"event": f"novel {number}", "user_id": user, "message_token": number}
        assert place.post(json.dumps(name).encode()).status == 200
        assert place.post(b"{}", f"wrong {number}").status == 403
        assert request("POST", f"{place.url}-{number}", b"{}").status == 404
        assert place.send_text(user, f"to {user}").json["outcome"] == "accepted"

    def maps() -> int:
        return len([name for name in series(gateway) if "_progress_map_" in name])

    users = viber.add_users(MANY)
    topics.write(messages(topics.outbound, viber.bot, users, MANY))
    wait_for("a commit of each partition", maps, lambda count: count == PARTITIONS)
    talk(0)
    before = series(gateway)
    for number in range(1, 50):
        talk(number)

    assert series(gateway) == before


def test_knative_2202_a_slow_viber_gets_nothing_twice(
    gateways: Gateways, viber: Viber, topics: Topics
) -> None:
    """Answers that take longer than a session of the group cost no membership."""
    viber.misbehave("delay", method="send_message", delay_ms=8000)
    texts = begin(topics, viber, USERS)
    settings = {
        "KAFKA_SESSION_TIMEOUT_SECONDS": "6",
        "SENDER_MAX_IN_FLIGHT": str(USERS // 2),
        "VIBER_REQUEST_TIMEOUT_SECONDS": "60",
    }

    gateway = gateways.start("sender", settings)
    topics.wait_for(topics.results, USERS)
    assert gateway.stop() == 0

    assert sorted(sent(viber)) == texts
