"""What one command is doing now; what waits can be let go."""

import asyncio
from typing import NamedTuple

import pytest

from gateway.egress.activity import Activity, Wait
from tests.fakes.activity import no_task
from tests.fakes.commands import decoded, record
from tests.fakes.settle import settle


class Walk(NamedTuple):
    """A command that waits for what the test holds, then is sent, then waits again."""

    activity: Activity
    waits: list[asyncio.Event]
    done: list[str]

    async def run(self) -> None:
        """Go through all of it."""
        self.activity.task = asyncio.current_task()
        with self.activity.waiting(Wait.TURN):
            await self.waits[0].wait()
        self.done.append("turn")
        await self.waits[1].wait()  # it is being sent
        self.done.append("sent")
        with self.activity.waiting(Wait.BACKOFF):
            await self.waits[2].wait()
        self.done.append("backoff")


@pytest.fixture
def walk() -> Walk:
    """Return a command at its beginning."""
    activity = Activity(decoded(record()), no_task)
    return Walk(activity, [asyncio.Event() for _ in range(3)], [])


async def test_it_tells_what_it_waits_for(walk: Walk) -> None:
    """Nothing while it is being sent."""
    seen = []
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(walk.run())
        for event in walk.waits:
            await settle()
            seen.append(walk.activity.waits_for)
            event.set()

    assert seen == [Wait.TURN, None, Wait.BACKOFF]
    assert walk.activity.waits_for is None


async def test_one_that_waits_is_let_go_at_once(walk: Walk) -> None:
    """Nothing of it is under way."""
    async with asyncio.TaskGroup() as tasks:
        task = tasks.create_task(walk.run())
        await settle()
        walk.activity.let_go()

    assert task.cancelled()
    assert walk.done == []


async def test_one_that_is_being_sent_ends_at_its_next_wait(walk: Walk) -> None:
    """The attempt is not torn in two."""
    walk.waits[0].set()
    async with asyncio.TaskGroup() as tasks:
        task = tasks.create_task(walk.run())
        await settle()
        walk.activity.let_go()
        await settle()
        assert not task.done()
        walk.waits[1].set()

    assert task.cancelled()
    assert walk.done == ["turn", "sent"]


async def test_one_that_waits_no_more_ends_well(walk: Walk) -> None:
    """It was let go while it was being sent, and then it was over."""
    for event in walk.waits[:2]:
        event.set()
    walk.waits[2].set()
    async with asyncio.TaskGroup() as tasks:
        task = tasks.create_task(walk.run())
        await settle()
        walk.activity.let_go()

    assert not task.cancelled()
    assert walk.done == ["turn", "sent", "backoff"]


class Lane:
    """Where a command waits for its turn, and what came of it."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def withdraw(self, _: Activity) -> None:
        """Let it wait no longer."""
        self.said.append("withdrawn")

    def leave(self) -> None:
        """End its turn."""
        self.said.append("left")


def waiting() -> tuple[Activity, Lane, list[Activity]]:
    """Return a command that waits for its first turn, its lane, and what began."""
    begun: list[Activity] = []
    some_task = asyncio.current_task()
    assert some_task is not None

    def begin(one: Activity) -> asyncio.Task[None]:
        begun.append(one)
        return some_task

    activity, lane = Activity(decoded(record()), begin), Lane()
    activity.lane = lane
    return activity, lane, begun


async def test_one_that_has_not_begun_is_let_go_for_good() -> None:
    """It waits for no turn any more."""
    activity, lane, begun = waiting()
    assert activity.waits_for is Wait.TURN

    activity.let_go()

    assert (lane.said, begun) == (["withdrawn"], [])


async def test_it_begins_with_its_turn_in_hand() -> None:
    """Which it uses once."""
    activity, lane, begun = waiting()

    activity.let_in()

    assert begun == [activity]
    assert activity.waits_for is None
    assert (activity.use_turn(), activity.use_turn()) == (True, False)
    activity.end()
    assert lane.said == []


async def test_an_unused_turn_is_given_back() -> None:
    """Its partition was revoked before it could be sent."""
    activity, lane, _ = waiting()
    activity.let_in()

    activity.end()

    assert lane.said == ["left"]


async def test_one_that_expires_begins_without_a_turn() -> None:
    """And takes nobody else's."""
    activity, lane, begun = waiting()

    activity.expire()

    assert (lane.said, begun, activity.use_turn()) == (["withdrawn"], [activity], False)
