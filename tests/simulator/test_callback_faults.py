"""Callbacks that come late, twice, out of order, unsigned or not at all."""

import pytest

from simulator.composition import DEFAULT_TOKEN
from simulator.rules.signature import sign
from tests.simulator.desk import Desk


async def test_callbacks_can_be_late_doubled_and_lost(desk: Desk) -> None:
    """Each as often as ordered; the twin is the same byte for byte."""
    await desk.add_user(name="Anna")
    texts = ("late", "doubled", "lost", "plain")
    for kind in texts[:3]:
        await desk.sim(
            "faults", {"kind": kind, "event": "message", "count": 1, "delay_ms": 3000}
        )
        await desk.sim("messages", {"user": "Anna", "text": kind})
        await desk.sim("faults", http_method="DELETE")
    await desk.sim("messages", {"user": "Anna", "text": "plain"})

    at_once = [p for p in await desk.settle() if p.event == "message"]
    desk.clock.advance(3)
    late = [p for p in await desk.settle() if p.event == "message"]

    shown = [post.body["message"]["text"] for post in at_once + late]
    assert shown == ["doubled", "doubled", "plain", "late"]
    assert at_once[0].raw == at_once[1].raw


async def test_a_reordered_callback_comes_after_the_next(desk: Desk) -> None:
    """And by itself when none follows."""
    await desk.set_webhook(event_types=[])  # else ``delivered`` would be the next
    await desk.add_user(name="Anna")
    await desk.sim("faults", {"kind": "reordered", "event": "message", "every": 2})
    for text in ("1", "2", "3", "4"):
        await desk.sim("messages", {"user": "Anna", "text": text})

    early = [p.body for p in await desk.settle() if p.event == "message"]
    desk.clock.advance(2)
    rest = [p.body for p in await desk.settle() if p.event == "message"]

    assert [body["message"]["text"] for body in early] == ["1", "3", "2"]
    assert [body["message"]["text"] for body in rest] == ["4"]


@pytest.mark.parametrize(
    ("kind", "in_header", "in_query"),
    [
        ("unsigned", False, False),
        ("header_only", True, False),
        ("query_only", False, True),
    ],
)
async def test_a_signature_can_be_missing(
    desk: Desk, kind: str, *, in_header: bool, in_query: bool
) -> None:
    """In the header, in the query, or in both."""
    await desk.add_user(name="Anna")
    await desk.sim("faults", {"kind": kind})

    await desk.sim("messages", {"user": "Anna", "text": "hi"})
    (post, *_) = await desk.settle()

    right = sign(DEFAULT_TOKEN, post.raw)
    assert post.header == (right if in_header else None)
    assert post.query == (right if in_query else None)


async def test_a_signature_can_be_wrong(desk: Desk) -> None:
    """Well-formed, but by another key."""
    await desk.add_user(name="Anna")
    await desk.sim("faults", {"kind": "wrong_key"})

    await desk.sim("messages", {"user": "Anna", "text": "hi"})
    (post, *_) = await desk.settle()

    assert post.header == post.query != sign(DEFAULT_TOKEN, post.raw)
    assert len(post.header or "") == 64


async def test_members_can_be_missing_under_a_right_signature(desk: Desk) -> None:
    """As in ``callbacks/failed_minimal.json`` (aioviberbot issue 12)."""
    user = await desk.add_user(name="Anna")
    await desk.sim("faults", {"kind": "phone_refuses"})
    await desk.sim(
        "faults",
        {
            "kind": "missing_members",
            "event": "failed",
            "members": ["message_token", "user_id", "desc", "chat_hostname"],
        },
    )

    await desk.send(user)
    (post,) = await desk.settle()

    assert list(post.body) == ["event", "timestamp"]
    assert post.header == sign(DEFAULT_TOKEN, post.raw)


async def test_a_phone_can_refuse_what_viber_took(desk: Desk) -> None:
    """Status 0, then a failed callback, and no delivered."""
    user = await desk.add_user(name="Anna")
    await desk.sim("faults", {"kind": "phone_refuses", "receiver": "Anna"})

    assert (await desk.send(user))["status"] == 0
    assert [post.event for post in await desk.settle()] == ["failed"]
    assert (await desk.sim("chat?user=Anna"))[0]["status"] == "failed"
