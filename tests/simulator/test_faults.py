"""That the simulator misbehaves exactly as it was told to."""

import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.composition import DEFAULT_TOKEN
from simulator.faults import Delay, Fault, Faults, Kind, Realm
from tests.simulator.desk import Desk
from tests.simulator.hands import HandClock

Json = dict[str, Any]


async def chat_texts(desk: Desk) -> list[str]:
    """Return what Anna's phone shows."""
    return [m["message"]["text"] for m in await desk.sim("chat?user=Anna")]


async def raw_send(desk: Desk, user: str) -> tuple[int, bytes]:
    """Send a message; returns HTTP status and body, 0 and nothing without one."""
    headers = [(b"x-viber-auth-token", DEFAULT_TOKEN.encode())]
    body = b'{"receiver":"%s","type":"text","text":"hi"}' % user.encode()
    return await desk.request("POST", "/pa/send_message", body, headers)


@pytest.mark.parametrize(
    ("fault", "status", "taken"),
    [
        ({"kind": "http", "code": 429}, 429, False),
        ({"kind": "http", "code": 500}, 500, False),
        ({"kind": "http", "code": 504, "accept": True}, 504, True),
        ({"kind": "accept_then_http", "code": 502}, 502, True),
        ({"kind": "reset_before"}, 0, False),
        ({"kind": "reset_after"}, 0, True),
        ({"kind": "hang"}, 0, False),
        ({"kind": "hang", "accept": True}, 0, True),
        ({"kind": "truncated"}, 200, True),
        ({"kind": "garbage"}, 200, False),
        ({"kind": "delay", "delay_ms": 50}, 200, True),
        ({"kind": "status", "status": 2}, 200, False),
    ],
)
async def test_a_spoilt_answer_tells_nothing_of_what_was_done(
    desk: Desk, fault: Json, status: int, *, taken: bool
) -> None:
    """The doubtful send: the phone has it or not, whatever the answer says."""
    user = await desk.add_user(name="Anna")
    await desk.sim("faults", fault)

    answered, _ = await raw_send(desk, user)

    assert answered == status
    assert await chat_texts(desk) == (["hi"] if taken else [])


@pytest.mark.parametrize(
    ("status", "text"), [(2, "invalidAuthToken"), (12, "tooManyRequests"), (77, None)]
)
async def test_a_status_can_be_ordered(
    desk: Desk, status: int, text: str | None
) -> None:
    """Also one that no documentation knows: a general error."""
    user = await desk.add_user()
    await desk.sim("faults", {"kind": "status", "status": status})

    answer = await desk.send(user)

    assert answer["status"] == status
    assert answer["status_message"] == (text or "general error")


@pytest.mark.parametrize(
    ("delay_ms", "low", "high"),
    [
        (250, 0.25, 0.25),
        ([100, 200], 0.1, 0.2),
        ({"mean": 100, "deviation": 10}, 0.0, 0.3),
    ],
)
async def test_a_delay_is_a_number_a_range_or_a_spread(
    desk: Desk, delay_ms: Any, low: float, high: float
) -> None:
    """Drawn anew for each request."""
    user = await desk.add_user()
    await desk.sim("faults", {"kind": "delay", "delay_ms": delay_ms})

    for _ in range(20):
        await desk.send(user)

    assert all(low <= slept <= high for slept in desk.clock.slept)
    assert len(set(desk.clock.slept)) == (1 if low == high else 20)


async def test_a_delay_goes_with_another_fault(desk: Desk) -> None:
    """Slow first, then wrong; the log names what decided."""
    user = await desk.add_user()
    await desk.sim("faults", {"kind": "delay", "delay_ms": 50})
    await desk.sim("faults", {"kind": "status", "status": 12})
    await desk.sim("faults", {"kind": "delay", "delay_ms": 70})

    assert (await desk.send(user))["status"] == 12
    assert desk.clock.slept == [0.05, 0.07]
    assert (await desk.sim("log?kind=api"))["entries"][-1]["fault"] == "status"


async def test_a_fault_strikes_only_what_it_names(desk: Desk) -> None:
    """Bot, method and receiver must all fit."""
    await desk.sim("bots", {"name": "other", "token": "t-2"})
    await desk.sim("users", {"name": "Otto", "bot": "other"})
    anna = await desk.add_user(name="Anna")
    boris = await desk.add_user(name="Boris")
    await desk.sim(
        "faults",
        {
            "kind": "status",
            "status": 12,
            "bot": "main",
            "method": "send_message",
            "receiver": "Anna",
        },
    )

    assert (await desk.send(anna))["status"] == 12
    assert (await desk.send(boris))["status"] == 0
    assert (await desk.api("get_user_details", {"id": anna}))["status"] == 0
    other = await desk.api("send_message", {"receiver": anna}, "t-2")
    assert other["status"] == 10


async def test_a_fault_strikes_while_its_window_lasts(desk: Desk) -> None:
    """``from_seconds`` and ``until_seconds`` count from when it was set."""
    user = await desk.add_user()
    await desk.sim(
        "faults",
        {"kind": "status", "status": 12, "from_seconds": 10, "until_seconds": 20},
    )

    seen = []
    for _ in range(6):
        seen.append((await desk.send(user))["status"])
        desk.clock.advance(5)

    assert seen == [0, 0, 12, 12, 0, 0]


async def test_a_fault_counts_every_nth_and_at_most(desk: Desk) -> None:
    """The third, the sixth, and no more."""
    user = await desk.add_user()
    fault = await desk.sim(
        "faults", {"kind": "status", "status": 12, "every": 3, "count": 2}
    )

    seen = [(await desk.send(user))["status"] for _ in range(12)]

    assert seen == [0, 0, 12, 0, 0, 12, 0, 0, 0, 0, 0, 0]
    assert (await desk.sim(f"faults/{fault['id']}"))["struck"] == 2


async def test_an_ended_fault_strikes_no_more(desk: Desk) -> None:
    """One by one, or all at once."""
    user = await desk.add_user()
    first = await desk.sim("faults", {"kind": "status", "status": 7})
    await desk.sim("faults", {"kind": "status", "status": 9})

    await desk.sim(f"faults/{first['id']}", http_method="DELETE")
    assert (await desk.send(user))["status"] == 9
    await desk.sim("faults", http_method="DELETE")
    assert (await desk.send(user))["status"] == 0
    status, _ = await desk.request("GET", f"/sim/faults/{first['id']}", b"", [])
    assert status == 404


@given(st.floats(0.05, 0.95), st.integers(0, 1000))
def test_chance_is_repeatable_and_about_as_ordered(
    probability: float, seed: int
) -> None:
    """The same seed strikes the same requests."""

    def struck() -> list[bool]:
        faults = Faults(HandClock(), random.Random(seed))  # noqa: S311 - a game
        faults.add(Fault(Kind.HTTP, probability=probability))
        return [
            any(faults.strike(Realm.API, "main", "send_message", ()))
            for _ in range(400)
        ]

    first = struck()
    assert first == struck()
    assert abs(sum(first) / 400 - probability) < 0.15


@given(st.floats(0, 1000), st.floats(0, 1000), st.integers(0, 1000))
def test_a_spread_is_never_negative(mean: float, deviation: float, seed: int) -> None:
    """Cut off at 0."""
    rng = random.Random(seed)  # noqa: S311 - a game

    assert Delay(mean=mean, deviation=deviation).draw(rng) >= 0


async def test_an_accepted_entry_of_the_log_tells_the_fault(desk: Desk) -> None:
    """A test can tell what was taken although the client could not."""
    user = await desk.add_user(name="Anna")
    await desk.sim("faults", {"kind": "reset_after"})

    await raw_send(desk, user)

    entry = (await desk.sim("log?kind=api"))["entries"][-1]
    assert entry["accepted"] is True
    assert entry["http_status"] is None
    assert entry["fault"] == "reset_after"
    assert (
        entry["message_token"] == (await desk.sim("chat?user=Anna"))[0]["message_token"]
    )
