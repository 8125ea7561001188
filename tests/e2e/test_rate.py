"""A bot's rate is the bot's, however many replicas send for it."""

import pytest

from tests.e2e.support.commands import messages
from tests.e2e.support.fixtures import Note
from tests.e2e.support.gateway import Gateways
from tests.e2e.support.topics import Topics
from tests.e2e.support.viber import Viber
from tests.e2e.support.waiting import wait_for

pytestmark = [
    pytest.mark.real_kafka,  # a group of several members
    pytest.mark.timeout(120),
]

RATE = 50
WINDOW_MS = 8000
COMMANDS = 1000  # enough for every partition to last through the window
PARTITIONS = 4


@pytest.mark.parametrize("replicas", [1, 3])
def test_replicas_share_the_bots_rate(
    gateways: Gateways, viber: Viber, topics: Topics, note: Note, replicas: int
) -> None:
    """Their shares add up to it: never above, and none of it is left unused.

    A busy machine may hold back a replica for a while, so the lower bound is only
    what a forgotten share would miss.
    """
    settings = {"SENDER_RATE_LIMIT_PER_SECOND": str(RATE)}
    senders = [gateways.start("sender", settings) for _ in range(replicas)]

    def owned() -> list[int]:
        return [len(sender.health()["partitions"]) for sender in senders]

    wait_for("shares", owned, lambda shares: all(shares) and sum(shares) == PARTITIONS)

    topics.write(messages(topics.outbound, viber.bot, viber.add_users(50), COMMANDS))
    wait_for("the window", lambda: lasted(viber), lambda ms: ms > WINDOW_MS)

    times = [call["at"] for call in viber.calls()]
    within = sum(1 for at in times if at - times[0] <= WINDOW_MS)
    measured = within / (WINDOW_MS / 1000)
    note(f"{replicas} replicas: {measured:.1f} calls a second of {RATE}")
    assert 0.9 * RATE <= measured <= 1.1 * RATE


def lasted(viber: Viber) -> int:
    """How many milliseconds there are between the first call and the last."""
    times = [call["at"] for call in viber.calls()]
    return times[-1] - times[0] if times else 0
