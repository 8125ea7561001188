"""Who is held back holds nobody else: a bot beside a bot, a user beside a user.

The buffer is small, so that a few thousand commands are many times what it holds.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, NamedTuple

import pytest

from tests.e2e.support.bots_file import BotsFile
from tests.e2e.support.commands import message
from tests.e2e.support.gateway import Gateway, Gateways
from tests.e2e.support.records import Draft, delete
from tests.e2e.support.topics import Topics
from tests.e2e.support.viber import Simulator, Viber
from tests.e2e.support.waiting import wait_for
from tests.kafka.broker import Kafka

pytestmark = pytest.mark.timeout(120)

BUFFER: Final = 400
FEW: Final = BUFFER // 4  # fits into a bot's part of the buffer
MANY: Final = 5 * BUFFER
OTHERS: Final = 100
SMALL: Final[Mapping[str, str]] = {
    "SENDER_MAX_BUFFERED": str(BUFFER),
    "SENDER_MAX_ATTEMPTS": "1000",  # so that a failing receiver fails for long
}
TROUBLES: Final[Mapping[str, dict[str, Any]]] = {
    "parked": {"kind": "status", "status": 12, "count": 1},
    "failing": {"kind": "http", "code": 408},
}
SLOW: Final = "rate_limit_per_second = 1"


class Pair(NamedTuple):
    """A bot that is held back, the one beside, and the file that names both."""

    viber: Viber
    other: Viber
    bots: BotsFile


@pytest.fixture
def pair(viber: Viber, simulator: Simulator, tmp_path: Path) -> Iterator[Pair]:
    """Return two bots; neither stands in the file yet."""
    pair = Pair(viber, simulator.open_bot(), BotsFile(tmp_path / "bots"))
    yield pair
    pair.other.leave()


def backlog(topic: str, viber: Viber, count: int, users: int = 10) -> list[Draft]:
    """Return commands of a bot to some users in turn, their texts numbered."""
    ids = viber.add_users(users)
    return [
        message(topic, viber.bot, ids[n % users], f"{viber.bot}-{n:05d}")
        for n in range(count)
    ]


def ended_of(topics: Topics, viber: Viber) -> int:
    """How many commands of a bot have a result."""
    results = topics.read(topics.results)
    return len({r.json["command_id"] for r in results if r.json["bot"] == viber.bot})


def is_deferring(gateway: Gateway) -> bool:
    """Whether commands are put off."""
    deferred: int = gateway.health()["deferred"]
    return deferred > 0


@pytest.mark.parametrize("count", [FEW, MANY], ids=["within the buffer", "beyond it"])
def test_a_halted_bot_holds_no_other(
    gateways: Gateways, topics: Topics, pair: Pair, count: int
) -> None:
    """All commands of the other one end, though they stand behind the first one's."""
    pair.bots.add(pair.viber)
    pair.viber.change(standing="blocked")
    check_the_other(gateways, topics, pair, count)


@pytest.mark.parametrize("count", [FEW, MANY], ids=["within the buffer", "beyond it"])
def test_a_throttled_bot_holds_no_other(
    gateways: Gateways, topics: Topics, pair: Pair, count: int
) -> None:
    """Its rate is its own; what waits for it takes no slot."""
    pair.bots.add(pair.viber, SLOW)
    check_the_other(gateways, topics, pair, count)


def check_the_other(gateways: Gateways, topics: Topics, pair: Pair, count: int) -> None:
    """Write for both, the held back one first; the other's must all end."""
    viber, other, bots = pair
    bots.add(other)
    topics.write(backlog(topics.outbound, viber, count))
    topics.write(backlog(topics.outbound, other, OTHERS))

    gateway = gateways.start("sender", {**bots.settings, **SMALL})

    wait_for("the other's", lambda: ended_of(topics, other), lambda n: n == OTHERS)
    assert ended_of(topics, viber) < count
    assert is_deferring(gateway) == (count == MANY)


@pytest.mark.real_kafka  # topics of chosen names
def test_with_topics_of_their_own_bots_do_not_meet(
    broker: Kafka, pair: Pair, tmp_path: Path
) -> None:
    """However much waits for the one that is halted."""
    viber, other, bots = pair
    topics = Topics.create_per_bot(broker, [viber.bot, other.bot])
    bots.add(viber)
    bots.add(other)
    viber.change(standing="blocked")
    for one, count in ((viber, MANY), (other, OTHERS)):
        own = topics.of(one.bot)
        own.write(backlog(own.outbound, one, count))

    with Gateways(topics, viber, tmp_path) as gateways:
        gateways.start("sender", {**bots.settings, **SMALL})
        theirs = topics.of(other.bot)

        wait_for("the other's", lambda: theirs.count(theirs.results) == OTHERS)

    ours = topics.of(viber.bot)
    assert ours.count(ours.results) == 0


def one_key(topics: Topics, viber: Viber, first: str, count: int) -> list[str]:
    """Write commands of one key, the first to a user; return their ids, in order.

    The others go to users in turn, since Viber takes a hundred for one in an hour.
    """
    users = [first, *viber.add_users(count // 50)]
    drafts = [
        message(topics.outbound, viber.bot, users[n % len(users)], f"one-{n:05d}")
        for n in range(count)
    ]
    topics.write([replace(draft, key="one key") for draft in drafts])
    return [f"one-{n:05d}" for n in range(count)]


def sent(viber: Viber) -> list[str]:
    """The texts that Viber took, in order."""
    calls = [call for call in viber.calls() if call["accepted"]]
    return [json.loads(call["body"])["text"] for call in calls]


@pytest.mark.parametrize("trouble", TROUBLES)
def test_a_stuck_key_holds_no_other_and_keeps_the_order(
    gateways: Gateways, viber: Viber, topics: Topics, trouble: str
) -> None:
    """Thousands wait behind the first one; then all of them are sent, in order."""
    (user,) = viber.add_users(1)
    fault: dict[str, Any] = {**TROUBLES[trouble], "receiver": user}
    viber.misbehave(method="send_message", **fault)
    names = one_key(topics, viber, user, MANY)
    topics.write(backlog(topics.outbound, viber, OTHERS))

    gateway = gateways.start("all", SMALL)
    viber.set_webhook(gateway.webhook(viber))
    topics.wait_for(topics.results, OTHERS)
    assert [text for text in sent(viber) if text in names] == []
    assert is_deferring(gateway)
    viber.behave()
    viber.write(user, "go on")

    topics.wait_until_ended(MANY + OTHERS)
    assert [text for text in sent(viber) if text in names] == names


@pytest.mark.real_kafka
def test_a_bot_whose_topic_is_deleted_holds_no_other(
    broker: Kafka, pair: Pair, tmp_path: Path
) -> None:
    """Nor its commits, though it has something to be committed that cannot be."""
    viber, other, bots = pair
    topics = Topics.create_per_bot(broker, [viber.bot, other.bot])
    ours, theirs = topics.of(viber.bot), topics.of(other.bot)
    bots.add(viber)
    bots.add(other)
    delay = viber.misbehave("delay", method="send_message", delay_ms=2000)
    ours.write(backlog(ours.outbound, viber, 1))

    with Gateways(topics, viber, tmp_path) as gateways:
        gateways.start("sender", bots.settings)
        wait_for("a call", lambda: viber.times_struck(delay))
        delete(topics.servers, ours.outbound)
        ours.wait_for(ours.results, 1)
        theirs.write(backlog(theirs.outbound, other, OTHERS))
        wait_for(
            "the other's commits",
            theirs.committed,
            lambda found: sum(found.values()) == OTHERS,
        )
