"""That every claim of the table holds, done as the row says."""

from typing import Any

import pytest

from tests.fixtures import load
from tests.simulator.claims import ROWS, Row
from tests.simulator.desk import Desk

ALL_STATUSES = {code["status"] for code in load("status_codes.json")["codes"]}


def _fill(value: Any, user_id: str) -> Any:
    if isinstance(value, list):
        return [_fill(item, user_id) for item in value]
    if isinstance(value, dict):
        return {name: _fill(item, user_id) for name, item in value.items()}
    return user_id if value == "USER" else value


@pytest.mark.parametrize("row", ROWS.values(), ids=list(ROWS))
async def test_viber_answers_as_claimed(row: Row) -> None:
    """What is done in the row has the row's answer."""
    desk = Desk()
    if row.has_webhook:
        await desk.set_webhook(send_name=True, send_photo=True)
    user_id = await desk.add_user(**row.user)
    await desk.sim("bots/main", dict(row.bot), "PATCH")
    body = _fill(row.body, user_id)
    for _ in range(row.before):
        await desk.api(row.method, body)
    desk.clock.advance(row.advance)

    answer = await desk.api(row.method, body, row.token)

    assert answer["status"] == row.status
    assert row.text is None or answer["status_message"] == row.text
    if row.fixture is not None:
        assert list(answer) == list(load(f"responses/{row.fixture}.json"))


def test_every_status_code_has_a_row() -> None:
    """No code of section 11 is out of reach."""
    assert {row.status for row in ROWS.values()} >= ALL_STATUSES - {"other"}
