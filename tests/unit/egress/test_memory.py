"""What an ended command leaves behind."""

import asyncio
import gc
from collections.abc import Iterator

import pytest

from gateway.egress.activity import Activity
from gateway.egress.work import Work
from tests.fakes.commands import TEXT
from tests.fakes.settle import settle
from tests.fakes.viber import says
from tests.unit.egress.side import Options, running
from tests.unit.egress.test_lanes import put_many


@pytest.fixture
def uncollected() -> Iterator[None]:
    """Keep the garbage collector from hiding what is left."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


def left() -> list[object]:
    """Return what commands have left in memory."""
    return [each for each in gc.get_objects() if type(each) in {Activity, Work}]


@pytest.mark.usefixtures("uncollected")
async def test_an_ended_command_is_gone_at_once() -> None:
    """A ring of references would keep its record until the collector comes by."""
    async with running() as side:
        side.put("c-1")
        await side.until_ended("c-1")
        await side.pass_time()

        assert left() == []


@pytest.mark.usefixtures("uncollected")
async def test_what_waits_for_a_held_back_bot_goes_with_its_partition() -> None:
    """The bot's queue keeps nothing that is not ours any more."""
    async with running(Options(slots=1)) as side:
        side.viber.script("shop-0", says(2))
        side.viber.script_probes(*[says(2)] * 99)
        put_many(side, 9)
        await side.pass_time()
        assert len(left()) > 0

        await side.source.revoke(0)
        await side.pass_time()

        assert left() == []


@pytest.mark.usefixtures("uncollected")
async def test_the_next_of_a_key_waits_nowhere_when_its_partition_goes() -> None:
    """Where its bot is held back it would stay there, though it is not ours."""
    async with running(Options(partitions=2, drain_seconds=20.0)) as side:
        side.publish.is_refusing = True
        side.put("first")
        side.put("second")
        await side.pass_time()
        side.viber.script("halting", says(2))
        side.viber.script_probes(*[says(2)] * 99)
        side.put("halting", TEXT | {"receiver": "another"}, partition=1)
        await side.pass_time()

        async with asyncio.TaskGroup() as tasks:
            revoking = tasks.create_task(side.source.revoke(0))
            await settle()
            side.publish.is_refusing = False
            await side.clock.pass_until(revoking.done)
        await side.pass_time()

        ids = [each.command.id for each in left() if isinstance(each, Activity)]
        assert (ids, side.results()) == (["halting"], [("first", "accepted")])
