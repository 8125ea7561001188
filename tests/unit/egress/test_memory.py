"""What an ended command leaves behind."""

import gc
from collections.abc import Iterator

import pytest

from gateway.egress.activity import Activity
from gateway.egress.work import Work
from tests.unit.egress.side import running


@pytest.fixture
def uncollected() -> Iterator[None]:
    """Keep the garbage collector from hiding what is left."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


@pytest.mark.usefixtures("uncollected")
async def test_an_ended_command_is_gone_at_once() -> None:
    """A ring of references would keep its record until the collector comes by."""
    async with running() as side:
        side.put("c-1")
        await side.until_ended("c-1")
        await side.pass_time()

        left = [each for each in gc.get_objects() if type(each) in {Activity, Work}]
        assert left == []
