"""A simulator whose bot has its webhook."""

import pytest

from tests.simulator.desk import Desk


@pytest.fixture
async def desk() -> Desk:
    """Return a desk; the bot ``main`` has a webhook and shows names."""
    desk = Desk()
    await desk.set_webhook(send_name=True, send_photo=True)
    return desk
