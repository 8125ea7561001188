"""Scenarios: who is in them, what happens when, and that they repeat."""

from pathlib import Path
from textwrap import dedent

import pytest

from simulator.composition import Options
from simulator.scenario import Scenario, ScenarioError, read
from tests.simulator.desk import HOOK, Desk

SHOP = """
    bots:
      - {name: shop, token: t-shop, broadcasting: refused}
    users:
      - {name: Anna, delivers_after: [1, 2], sees_after: 3}
      - {name: Guest, count: 20}
    faults:
      - {kind: status, status: 12, receiver: Anna, from_seconds: 5, until_seconds: 6}
    steps:
      - {at: 1, user: Anna, open: {context: flyer}}
      - {at: 2, user: Anna, text: Hello}
      - {at: 3, every: 0.5, times: 4, user: "Guest *", text: "Message {n}"}
      - {at: 3, user: Anna, message: {type: sticker, sticker_id: 1}}
      - {at: 4, user: Anna, press: 0}
      - {at: 7, user: Anna, unsubscribe: true}
"""


def scenario(tmp_path: Path, text: str) -> Scenario:
    """Return the scenario of a YAML text."""
    file = tmp_path / "scenario.yaml"
    file.write_text(dedent(text))
    return read(file)


async def played(desk: Desk, seconds: int) -> list[tuple[int, str, str]]:
    """Return (second, event, text) of what came to the webhook."""
    told = []
    start = desk.clock.now
    for _ in range(seconds * 2):
        desk.clock.advance(0.5)
        for post in await desk.settle():
            text = post.body.get("message", {}).get("text", "")
            told.append(((desk.clock.now - start) // 1000, post.event, text))
    return told


async def shop(tmp_path: Path, seed: int = 1) -> Desk:
    """Return a desk whose scenario has begun."""
    desk = Desk(Options(bots=(), seed=seed))
    desk.simulator.play(scenario(tmp_path, SHOP))
    await desk.api(
        "set_webhook", {"url": HOOK, "event_types": ["conversation_started"]}, "t-shop"
    )
    desk.webhook.take()
    return desk


async def test_everybody_acts_when_it_is_time(tmp_path: Path) -> None:
    """Seconds count from the first webhook."""
    told = await played(await shop(tmp_path), 8)

    assert told == [
        (1, "conversation_started", ""),
        (2, "message", "Hello"),
        (3, "message", "Message 1"),
        (3, "message", ""),
        (3, "message", "Message 2"),
        (4, "message", "Message 3"),
        (4, "message", "Message 4"),
        (7, "unsubscribed", ""),
    ]


async def test_the_same_seed_plays_the_same(tmp_path: Path) -> None:
    """Down to the ids; another seed lets others speak."""
    logs = []
    for seed in (1, 1, 2):
        desk = await shop(tmp_path, seed)
        await played(desk, 8)
        entries = (await desk.sim("log?kind=callback"))["entries"]
        logs.append([(entry["at"], entry["body"]) for entry in entries])

    assert logs[0] == logs[1] != logs[2]


async def test_nothing_happens_before_a_webhook_is_set(tmp_path: Path) -> None:
    """And a second one starts nothing anew."""
    desk = Desk(Options(bots=()))
    desk.simulator.play(scenario(tmp_path, SHOP))

    assert await played(desk, 5) == []
    for _ in range(2):
        await desk.api("set_webhook", {"url": HOOK, "event_types": []}, "t-shop")
    desk.webhook.take()
    texts = [text for _, _, text in await played(desk, 8)]

    assert texts.count("Hello") == 1


async def test_faults_and_grants_of_a_scenario_hold(tmp_path: Path) -> None:
    """In their window, for whom they name."""
    desk = await shop(tmp_path)
    anna = (await desk.sim("users/Anna"))["id"]
    message = {"receiver": anna, "type": "text", "text": "hi"}
    seen = []
    for _ in range(8):
        await played(desk, 1)
        answer = await desk.api("send_message", message, "t-shop")
        seen.append(answer["status"])

    broadcast = {"broadcast_list": [anna], "type": "text", "text": "hi"}
    assert seen == [6, 0, 0, 0, 12, 0, 6, 6]
    refused = await desk.api("broadcast_message", broadcast, "t-shop")
    assert refused["status"] == 20


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("step: []", "step"),
        ("steps: [{user: A, text: hi, seen: true}]", "a step does one of"),
        ("steps: [{user: A, text: hi, times: 2}]", "times needs every"),
        ("users: [{name: A, count: 0}]", "users.0"),
        ("faults: [{kind: flood}]", "faults.0.kind"),
        ("- 1", "valid dictionary"),
        ("a: b: c", "mapping values"),
    ],
)
def test_what_is_not_understood_is_told_with_its_place(
    tmp_path: Path, text: str, complaint: str
) -> None:
    """In one line."""
    with pytest.raises(ScenarioError) as caught:
        scenario(tmp_path, text)

    assert complaint in str(caught.value)
    assert "\n" not in str(caught.value)


def test_an_empty_file_is_an_empty_scenario(tmp_path: Path) -> None:
    """Nobody comes, nothing happens."""
    assert scenario(tmp_path, "") == Scenario()
