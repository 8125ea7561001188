"""How callbacks travel: in order per user, retried like Viber's, never in the way."""

import asyncio
from collections import defaultdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.accounts import Bot
from simulator.callbacks.callback import Callback, Reply
from simulator.callbacks.courier import WORKERS, Courier
from simulator.composition import Options
from simulator.wirelog import WireLog
from tests.simulator.desk import Desk
from tests.simulator.hands import HandClock

BOT = Bot("main", "token", "pa:1", "Main", webhook="https://bot.example/x")


async def test_a_callback_is_repeated_until_200(desk: Desk) -> None:
    """Section 6: 10, 60, 300, 600, then every 900 s; the bytes stay the same."""
    await desk.add_user(name="Anna")
    desk.webhook.answer = Reply(500)
    await desk.sim("messages", {"user": "Anna", "text": "hi"})
    (first,) = await desk.settle()

    for wait in (10, 60, 300, 600, 900):
        desk.clock.advance(wait - 1)
        assert await desk.settle() == []
        desk.clock.advance(1)
        assert await desk.settle() == [first]
    desk.webhook.answer = Reply(200)
    desk.clock.advance(900)
    posts = await desk.settle()

    assert [post.event for post in posts] == ["message", "delivered"]
    desk.clock.advance(7200)
    assert await desk.settle() == []


async def test_after_about_an_hour_a_callback_is_lost(desk: Desk) -> None:
    """There is no replay: the chat shows the message as failed."""
    await desk.add_user(name="Anna")
    desk.webhook.answer = Reply(None, trouble="timeout")
    await desk.sim("messages", {"user": "Anna", "text": "hi"})

    attempts = len(await desk.settle())
    for _ in range(10):
        desk.clock.advance(900)
        attempts += len(await desk.settle())

    assert attempts == 8
    state = (await desk.sim("state"))["callbacks"]
    assert state == {"queued": 0, "retrying": 0, "given_up": 1}
    assert (await desk.sim("chat?user=Anna"))[0]["status"] == "failed"


async def test_waits_can_be_shortened() -> None:
    """With a time scale of 0.001 the first retry comes after 10 ms."""
    desk = Desk(Options(time_scale=0.001))
    await desk.set_webhook()
    await desk.add_user(name="Anna")
    desk.webhook.script = [Reply(500)]
    await desk.sim("messages", {"user": "Anna", "text": "hi"})
    await desk.settle()

    desk.clock.advance(0.01)

    assert [post.event for post in await desk.settle()] == ["message", "delivered"]


@pytest.mark.parametrize("reply", [Reply(201), Reply(204), Reply(302), Reply(400)])
async def test_only_200_ends_a_callback(desk: Desk, reply: Reply) -> None:
    """Section 6."""
    await desk.add_user(name="Anna")
    desk.webhook.script = [reply]
    await desk.sim("messages", {"user": "Anna", "text": "hi"})
    await desk.settle()

    assert (await desk.sim("state"))["callbacks"]["retrying"] == 1


async def test_a_retry_holds_nothing_up(desk: Desk) -> None:
    """What the user does next arrives before the repeated callback."""
    await desk.add_user(name="Anna")
    desk.webhook.script = [Reply(500)]
    for text in ("one", "two"):
        await desk.sim("messages", {"user": "Anna", "text": text})
    await desk.settle()
    desk.clock.advance(10)
    again = await desk.settle()

    log = (await desk.sim("log?kind=callback"))["entries"]
    texts = [e["body"] for e in log if e["event"] == "message"]
    assert ["two" in text for text in texts] == [False, True, False]
    assert again[0].event == "message"


class SlowWebhook:
    """Keeps every callback for as many turns of the loop as its body says."""

    def __init__(self) -> None:
        self.arrived: dict[str, list[int]] = defaultdict(list)
        self.busy: set[str] = set()
        self.most_busy = 0

    async def __call__(
        self, url: str, body: bytes, header: str | None, query: str | None
    ) -> Reply:
        """Take a callback of the form ``user number turns``."""
        del url, header, query
        user, number, turns = body.decode().split()
        assert user not in self.busy
        self.busy.add(user)
        self.most_busy = max(self.most_busy, len(self.busy))
        for _ in range(int(turns)):
            await asyncio.sleep(0)
        self.busy.discard(user)
        self.arrived[user].append(int(number))
        return Reply(200)


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 5)), max_size=40))
async def test_callbacks_of_one_user_keep_their_order(
    sent: list[tuple[int, int]],
) -> None:
    """Whatever each takes, and however users are mixed."""
    webhook, clock = SlowWebhook(), HandClock()
    courier = Courier(webhook, WireLog(0), clock, clock)
    expected: dict[str, list[int]] = defaultdict(list)
    for number, (user, turns) in enumerate(sent):
        body = f"{user} {number} {turns}".encode()
        courier.send(Callback(BOT, "message", str(user), body))
        expected[str(user)].append(number)

    async with asyncio.TaskGroup() as group:
        work = group.create_task(courier.run())
        await courier.settle()
        work.cancel()

    assert webhook.arrived == expected
    assert courier.lanes == {}


async def test_users_do_not_wait_for_each_other_up_to_a_bound() -> None:
    """So many callbacks are under way at once, and no more."""
    webhook, clock = SlowWebhook(), HandClock()
    courier = Courier(webhook, WireLog(0), clock, clock)
    for user in range(2 * WORKERS):
        courier.send(Callback(BOT, "message", str(user), f"{user} 0 50".encode()))

    async with asyncio.TaskGroup() as group:
        work = group.create_task(courier.run())
        await courier.settle()
        work.cancel()

    assert webhook.most_busy == WORKERS
