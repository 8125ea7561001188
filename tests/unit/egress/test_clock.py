"""Waiting for a waker, or for so long."""

import asyncio
import time

import pytest

from gateway.egress.clock import SystemClock, wait
from tests.fakes.clock import FakeClock
from tests.fakes.settle import settle

Waker = asyncio.Future[None]


@pytest.fixture
async def waker() -> Waker:
    """Return what somebody waits for."""
    return asyncio.get_running_loop().create_future()


async def test_a_waker_in_time_ends_the_wait(waker: Waker) -> None:
    """At once; no timer is left behind."""
    clock = FakeClock()
    async with asyncio.TaskGroup() as tasks:
        task = tasks.create_task(wait(clock, waker, 10.0))
        await clock.pass_time(9.9)
        assert not task.done()
        waker.set_result(None)

    assert task.result()
    await clock.pass_time(100)
    assert not waker.cancelled()


async def test_without_a_waker_the_wait_is_over_in_time(waker: Waker) -> None:
    """The waker is cancelled: nobody listens to it any more."""
    clock = FakeClock()
    async with asyncio.TaskGroup() as tasks:
        task = tasks.create_task(wait(clock, waker, 10.0))
        await clock.pass_time(10.0)

    assert not task.result()
    assert waker.cancelled()


async def test_a_waker_that_came_before_is_not_waited_for(waker: Waker) -> None:
    """Nor is anything else given a turn."""
    waker.set_result(None)

    assert await wait(FakeClock(), waker, 0.0)


async def test_who_waits_can_be_cancelled(waker: Waker) -> None:
    """That is not taken for the end of the time."""
    clock = FakeClock()
    async with asyncio.TaskGroup() as tasks:
        task = tasks.create_task(wait(clock, waker, 10.0))
        await settle()
        task.cancel()

    assert task.cancelled()
    assert waker.cancelled()


async def test_who_is_cancelled_as_the_time_ends_is_cancelled(waker: Waker) -> None:
    """Both at the same moment: the cancellation is not lost."""
    async with asyncio.TaskGroup() as tasks:
        task = tasks.create_task(wait(FakeClock(), waker, 10.0))
        await settle()
        waker.cancel()
        task.cancel()

    assert task.cancelled()


async def test_the_system_s_clock_is_the_machine_s() -> None:
    """It tells the time, and calls back."""
    clock, called = SystemClock(), asyncio.Event()

    assert abs(clock.monotonic() - time.monotonic()) < 60
    clock.call_later(0.0, called.set)
    await called.wait()
    clock.call_later(60.0, called.set).cancel()
    await clock.sleep(0)
