"""The control API: users by id or name, the log, the clock, mistakes."""

import json
from contextlib import aclosing
from functools import partial
from typing import Any
from urllib.parse import quote

import msgspec
import pytest

from simulator.composition import Options
from simulator.control.stream import Stream
from simulator.news import BACKLOG, News
from tests.fixtures import load
from tests.simulator.desk import Desk

Json = dict[str, Any]


async def status_of(desk: Desk, verb: str, path: str, body: Any = None) -> int:
    """Return the HTTP status of a call of the control API."""
    raw = b"" if body is None else msgspec.json.encode(body)
    return (await desk.request(verb, f"/sim/{path}", raw, []))[0]


async def test_the_same_seed_makes_the_same_ids() -> None:
    """And another seed others; every id is base64 of 16 bytes."""
    made = []
    for seed in (1, 1, 2):
        desk = Desk(Options(seed=seed))
        made.append((await desk.sim("users/batch", {"count": 50}))["ids"])

    assert made[0] == made[1] != made[2]
    assert len(set(made[0])) == 50
    assert all(len(user) == 24 and user.endswith("==") for user in made[0])


@pytest.mark.parametrize("key", ["Anna", "a/b+c=="])
async def test_a_user_is_named_by_id_or_name_in_path_body_and_query(
    desk: Desk, key: str
) -> None:
    """Ids hold slashes and pluses; escaped they work everywhere."""
    await desk.sim("users", {"name": "Anna", "id": "a/b+c=="})
    path = quote(key, safe="")

    await desk.sim("messages", {"user": key, "text": "1"})
    await desk.sim(f"users/{path}/messages", {"text": "2"})

    assert (await desk.sim(f"users/{path}"))["name"] == "Anna"
    for chat in (f"chat?user={path}", f"users/{path}/chat"):
        assert [m["message"]["text"] for m in await desk.sim(chat)] == ["1", "2"]


async def test_who_cannot_be_told_apart_must_be_named_better(desk: Desk) -> None:
    """409 for a name of two, 404 for nobody's; the id or the bot helps."""
    await desk.sim("bots", {"name": "other", "token": "t-2"})
    await desk.sim("users", {"name": "Anna"})
    await desk.sim("users", {"name": "Anna", "bot": "other"})

    assert await status_of(desk, "GET", "users/Anna") == 409
    assert await status_of(desk, "GET", "users/Anna?bot=other") == 200
    assert await status_of(desk, "GET", "users/Boris") == 404
    assert await status_of(desk, "GET", "users/Anna?bot=none") == 404


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("users", {"nick": "Anna"}),
        ("users", {"devices": -1}),
        ("users/batch", {"count": 0}),
        ("messages", {"user": "Anna"}),
        ("messages", {"user": "Anna", "text": "x", "message": {}}),
        ("faults", {"kind": "flood"}),
        ("faults", {"kind": "http", "probability": 2}),
        ("bots", {"name": "x"}),
        ("clock", {"advance_seconds": -1}),
    ],
)
async def test_what_is_misspelt_is_refused(desk: Desk, path: str, body: Json) -> None:
    """A typing error is told, not ignored."""
    await desk.sim("users", {"name": "Anna"})

    assert await status_of(desk, "POST", path, body) == 422


async def test_many_users_write_in_turn(desk: Desk) -> None:
    """Each as often as the next, in order; without users nobody writes."""
    batch = {"count": 5, "text": "no {n}"}
    assert await desk.sim("messages/batch", batch) == {"written": 0}
    for name in ("Anna", "Boris"):
        await desk.sim("users", {"name": name})

    assert await desk.sim("messages/batch", batch) == {"written": 5}

    chats = [await desk.sim(f"chat?user={name}") for name in ("Anna", "Boris")]
    texts = [[m["message"]["text"] for m in chat] for chat in chats]
    assert texts == [["no 1", "no 3", "no 5"], ["no 2", "no 4"]]


async def test_a_removed_user_is_no_user_of_viber(desk: Desk) -> None:
    """Sends to the id are answered with 5."""
    user = await desk.add_user()

    await desk.sim(f"users/{quote(user, safe='')}", http_method="DELETE")

    assert (await desk.send(user))["status"] == 5


async def test_a_button_that_is_not_there_cannot_be_pressed(desk: Desk) -> None:
    """404 says which."""
    await desk.sim("users", {"name": "Anna"})

    assert await status_of(desk, "POST", "users/Anna/press", {"button": 0}) == 404


async def test_buttons_of_rich_media_can_be_pressed(desk: Desk) -> None:
    """The message is named by its token."""
    rich = load("requests/send_rich_media.json")
    user = await desk.add_user(name="Anna")
    answer = await desk.api("send_message", rich | {"receiver": user})
    await desk.settle()

    await desk.sim(
        "users/Anna/press",
        {"button": "buy:2", "message_token": str(answer["message_token"])},
    )

    assert (await desk.settle())[0].body["message"]["text"] == "buy:2"


async def test_a_button_without_effect_sends_nothing(desk: Desk) -> None:
    """``none`` and ``open-map`` stay on the phone."""
    user = await desk.add_user(name="Anna")
    button = {"ActionType": "none", "ActionBody": "x"}
    keyboard = {"Type": "keyboard", "Buttons": [button]}
    await desk.send(user, min_api_version=3, keyboard=keyboard)
    await desk.settle()

    pressed = await desk.sim("users/Anna/press", {"button": 0})

    assert pressed == {"message_token": None}
    assert await desk.settle() == []


async def test_the_log_tells_all_in_order_and_goes_on_from_a_number(
    desk: Desk,
) -> None:
    """API calls and callbacks in one sequence; ``after`` continues it."""
    user = await desk.add_user(name="Anna")
    await desk.send(user)
    await desk.send("nobody")
    await desk.settle()

    first = await desk.sim("log?limit=3")
    rest = await desk.sim(f"log?after={first['last']}")

    entries = first["entries"] + rest["entries"]
    assert [entry["seq"] for entry in entries] == [1, 2, 3, 4, 5]
    told = [(e["kind"], e.get("method") or e["event"]) for e in entries]
    assert told == [
        ("callback", "webhook"),
        ("api", "set_webhook"),
        ("api", "send_message"),
        ("api", "send_message"),
        ("callback", "delivered"),
    ]
    assert [e["accepted"] for e in entries if e["kind"] == "api"] == [True, True, False]
    assert rest["entries"][-1]["http_status"] == 200


async def test_the_log_can_be_read_by_kind_and_cleared(desk: Desk) -> None:
    """Numbers go on after clearing."""
    user = await desk.add_user()
    await desk.send(user)
    await desk.settle()
    kinds = {e["kind"] for e in (await desk.sim("log?kind=callback"))["entries"]}
    assert kinds == {"callback"}

    await desk.sim("log", http_method="DELETE")
    await desk.send(user)

    entries = (await desk.sim("log"))["entries"]
    assert [entry["seq"] for entry in entries] == [5]


async def test_the_log_keeps_the_newest_up_to_its_limit() -> None:
    """Older entries go; ``after`` still finds its place."""
    desk = Desk(Options(log_limit=3))
    for _ in range(10):
        await desk.api("get_account_info")

    assert [e["seq"] for e in (await desk.sim("log"))["entries"]] == [8, 9, 10]
    assert [e["seq"] for e in (await desk.sim("log?after=9"))["entries"]] == [10]
    assert (await desk.sim("log?after=10"))["entries"] == []


async def test_lean_keeps_nothing_but_counts() -> None:
    """For load tests: no log, no chats, the same answers."""
    desk = Desk(Options(lean=True))
    await desk.set_webhook()
    user = await desk.add_user(name="Anna")

    assert (await desk.send(user))["status"] == 0
    assert (await desk.send("nobody"))["status"] == 999

    state = await desk.sim("state")
    assert state["log"]["kept"] == 0
    assert state["api"] == {"accepted": 2, "refused": 1}
    assert await desk.sim("chat?user=Anna") == []


async def test_a_clock_of_another_kind_cannot_be_moved(desk: Desk) -> None:
    """Only the wall clock has an offset."""
    assert await status_of(desk, "POST", "clock", {"advance_seconds": 1}) == 409


async def test_the_stream_tells_messages_ticks_users_and_log_entries(
    desk: Desk,
) -> None:
    """As server-sent events, in the order of what happened."""
    user = await desk.add_user(name="Anna")
    stream = Stream(desk.simulator.news)

    async with aclosing(stream.events()) as events:
        assert await anext(events) == b": welcome\n\n"
        await desk.send(user)
        await desk.sim("users/Anna/seen", {})
        told = [_event(await anext(events)) for _ in range(4)]

    assert [(kind, item.get("status")) for kind, item in told] == [
        ("message", "sent"),
        ("message", "delivered"),
        ("log", 0),
        ("message", "seen"),
    ]
    assert told[0][1]["user"]["name"] == "Anna"
    assert desk.simulator.news.listeners == set()


def _event(block: bytes) -> tuple[str, Json]:
    kind, data = block.decode().strip().split("\n")
    decoded: Json = json.loads(data.removeprefix("data: "))
    return kind.removeprefix("event: "), decoded


async def test_a_reader_that_is_too_slow_is_told_so() -> None:
    """It loses what it has not read, and nobody waits for it."""
    news = News()
    with news.listen() as listener:
        for number in range(BACKLOG + 2):
            news.tell("user", partial(dict, number=number))
        told = [listener.get_nowait() for _ in range(listener.qsize())]

    assert told == [("lost", {}), ("user", {"number": BACKLOG + 1})]


def test_news_are_not_rendered_for_nobody() -> None:
    """Load tests do not pay for the page."""
    news = News()

    news.tell("user", lambda: pytest.fail("rendered"))

    assert news.listeners == set()
