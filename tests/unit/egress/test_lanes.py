"""What holds a bot back, and only this bot: circuit, halt, credit, brake."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from gateway.core.answer import FailureKind, TransportFailure
from tests.fakes.viber import TIMEOUT, http, says
from tests.unit.egress.side import Options, Side, running

TWO_BOTS = Options(bots=("shop", "help"))
NO_WEBHOOK = says(0)


def to(user: str) -> dict[str, str]:
    """Return a message to a user of one's own."""
    return {"receiver": user, "type": "text"}


def put_many(side: Side, count: int, bot: str = "shop") -> list[str]:
    """Write commands to as many users; return their ids."""
    names = [f"{bot}-{n}" for n in range(count)]
    for name in names:
        side.put(name, to(name), {"bot": bot})
    return names


async def test_failures_in_a_row_open_the_circuit() -> None:
    """Over all commands of the bot: no more calls until a probe has got through."""
    async with running() as side:
        for name in put_many(side, 5):
            side.viber.script(name, TIMEOUT)
        await side.pass_time(0.1)
        assert side.conditions == [("shop", "unreachable")]

        side.viber.script_probes(TIMEOUT, http(503))
        side.put("later", to("later"))
        await side.pass_time(3)
        assert len(side.viber.calls) == 5
        assert side.viber.probes == pytest.approx([1.5, 2.5], abs=0.01)
        await side.until_ended("later", "shop-0")

    assert side.viber.probes == pytest.approx([1.5, 2.5, 4.5], abs=0.01)
    assert side.conditions[-1] == ("shop", "open")
    assert {outcome for _, outcome in side.results()} == {"accepted"}


@pytest.mark.parametrize(
    "other",
    [says(3), says(4711), http(404), http(408)],
    ids=["rejected", "unknown status", "not found", "too slow"],
)
async def test_any_answer_ends_the_row(other: Any) -> None:
    """Whoever answers is not out of reach, whatever the answer."""
    async with running(Options(circuit_failures=3)) as side:
        side.viber.script("c-1", TIMEOUT, TIMEOUT, other, TIMEOUT, TIMEOUT)
        side.viber.script("c-2", TIMEOUT, TIMEOUT)
        side.put("c-1")
        side.put("c-2")
        await side.until_ended("c-1", "c-2")

    assert side.conditions == []


async def test_a_circuit_is_open_for_one_bot_only() -> None:
    """The other one's token, account and messages are another matter."""
    async with running(TWO_BOTS) as side:
        for name in put_many(side, 5):
            side.viber.script(name, TIMEOUT)
        side.viber.script_probes(*[TIMEOUT] * 20)
        await side.pass_time(0.1)
        others = put_many(side, 5, "help")
        await side.pass_time(0.1)

        assert side.results() == [(name, "accepted") for name in others]


async def test_a_429_opens_the_circuit_at_once() -> None:
    """For as long as it says; no attempt is used up by it."""
    async with running() as side:
        side.viber.script("c-1", http(429, retry_after=30.0))
        side.put("c-1", to("a"))
        await side.pass_time(0.1)
        side.put("c-2", to("b"))
        await side.pass_time(29.8)
        assert side.viber.order == ["c-1"]
        await side.until_ended("c-1", "c-2")

    assert side.viber.probes == pytest.approx([31], abs=0.01)
    assert side.result("c-1")["attempts"] == 1


HALTING = [2, 7, 8, 9, 1, 10]


@pytest.mark.parametrize("status", HALTING)
async def test_a_bot_that_viber_refuses_is_halted(status: int) -> None:
    """Its commands are kept, not failed; it goes on by itself."""
    async with running() as side:
        side.viber.script("c-1", says(status))
        side.viber.script_probes(says(2), says(2))
        side.put("c-1", to("a"))
        await side.pass_time(0.1)
        side.put("c-2", to("b"))
        await side.pass_time(2)
        assert side.viber.order == ["c-1"]
        assert side.conditions == [("shop", "halted")]
        await side.until_ended("c-1", "c-2")

    assert side.conditions[-1] == ("shop", "open")
    assert {outcome for _, outcome in side.results()} == {"accepted"}
    assert side.result("c-1")["attempts"] == 1
    assert side.reasons() == {}


@pytest.mark.parametrize(("status", "is_enough"), [(1, False), (10, False), (2, True)])
async def test_who_lacks_a_webhook_must_show_one(
    status: int, *, is_enough: bool
) -> None:
    """For the others it is enough that Viber knows the bot."""
    async with running() as side:
        side.viber.script("c-1", says(status))
        side.viber.script_probes(NO_WEBHOOK)
        side.put("c-1")
        await side.pass_time(0.7)

        assert bool(side.results()) is is_enough
        await side.until_ended("c-1")


async def test_a_new_token_is_tried_at_once() -> None:
    """Nobody waits for the backoff after mending what was wrong."""
    async with running() as side:
        side.viber.script("c-1", says(2))
        side.viber.script_probes(*[says(2)] * 8)
        side.put("c-1")
        await side.pass_time(40)
        tried = len(side.viber.probes)

        side.lanes.of("shop").token_changed()
        await side.pass_time(0.1)

        assert len(side.viber.probes) == tried + 1


async def test_a_probe_that_lies_does_not_hurry_the_next_one() -> None:
    """Its backoff begins anew only when a command was accepted."""
    async with running() as side:
        side.viber.script("c-1", *[says(2)] * 4)
        side.put("c-1")
        await side.until_ended("c-1")

    waits = [0.5, 1.0, 2.0, 4.0]
    times = [sum(waits[:n]) for n in range(1, 5)]
    assert [t - 1 for t in side.viber.probes] == pytest.approx(times, abs=0.01)


async def test_changed_rates_are_taken() -> None:
    """By each bot; what is under way goes on."""
    async with running(Options(rate=1.0)) as side:
        put_many(side, 2)
        await side.pass_time()
        assert [lane.rate for _, lane in side.lanes] == [1.0]

        side.rate = 20.0
        side.lanes.rates_changed()

        assert [lane.rate for _, lane in side.lanes] == [20.0]


@pytest.mark.parametrize("status", [23, 24])
async def test_without_credit_others_go_one_by_one(status: int) -> None:
    """Messages within a session still pass; the refused one waits."""
    async with running() as side:
        side.viber.script("c-1", says(status))
        side.put("c-1", to("a"))
        await side.pass_time(0.1)
        assert side.conditions == [("shop", "without_credit")]
        side.viber.hold()
        names = put_many(side, 3)
        await side.pass_time(0.1)
        assert side.viber.under_way == 1
        side.viber.release()
        await side.pass_time(0.1)

        assert side.results() == [(name, "accepted") for name in names]


async def test_credit_is_back_when_a_refused_command_passes() -> None:
    """Then all that were refused are tried again at once, and nobody waits in turn."""
    async with running() as side:
        for name in ("c-1", "c-2", "c-3"):
            side.viber.script(name, says(24))
            side.put(name, to(name))
        await side.pass_time(0.1)
        await side.until_ended("c-1")
        at = side.clock.passed
        await side.until_ended("c-2", "c-3")

        assert side.clock.passed - at < 1
    assert at >= 60
    assert side.conditions[-1] == ("shop", "open")
    assert {side.result(name)["attempts"] for name in ("c-1", "c-2", "c-3")} == {1}


BRAKED = Options(
    bots=("shop", "help"),
    max_attempts=1,
    circuit_failures=100,
    dlq_max_consecutive=3,
)


async def test_dead_letters_in_a_row_stop_a_bot() -> None:
    """Until a restart: its commands stay on the topic, those of others are sent."""
    async with running(BRAKED) as side:
        for name in put_many(side, 3):
            side.viber.script(name, says(4711))
        await side.pass_time(0.1)
        assert side.conditions == [("shop", "braked")]
        side.put("kept", to("kept"), {"bot": "shop"})
        side.put("other", to("other"), {"bot": "help"})
        await side.pass_time(1000)

        assert "kept" not in side.viber.order
        assert ("other", "accepted") in side.results()
        assert side.lanes.is_braked
        assert side.committed().offset == 3


@pytest.mark.parametrize("trouble", [partial(says, 4711), RuntimeError])
async def test_a_brake_does_not_wait_for_kafka(trouble: Callable[[], Any]) -> None:
    """Dead letters that Kafka has yet to take are as many as were under way at most."""
    async with running(replace(BRAKED, slots=1)) as side:
        side.publish.go_down()
        for name in put_many(side, 9):
            side.viber.script(name, trouble())
        await side.pass_time(1000)

        assert len(side.viber.order) in {3, 4}
        assert side.lanes.is_braked
        side.publish.come_up()


async def test_bugs_in_a_row_stop_the_process() -> None:
    """They are likely our own, so no bot is better off."""
    async with running(BRAKED) as side:
        for name in put_many(side, 3):
            side.viber.script(name, RuntimeError("a bug"))
        await side.pass_time(0.1)
        side.put("other", to("other"), {"bot": "help"})
        await side.pass_time(1000)

        assert "other" not in side.viber.order
        assert side.lanes.is_braked


@pytest.mark.parametrize(
    "trouble", [says(3), says(5), says(20)], ids=["message", "receiver", "not granted"]
)
async def test_what_viber_rejects_stops_nobody(trouble: Any) -> None:
    """It is the message that is wrong, or its receiver."""
    async with running(BRAKED) as side:
        for name in put_many(side, 9):
            side.viber.script(name, trouble)
        await side.pass_time(0.1)

        assert len(side.results()) == 9
        assert not side.lanes.is_braked


async def test_what_producers_got_wrong_stops_nobody() -> None:
    """Else one of them could stop a bot."""
    async with running(BRAKED) as side:
        for number in range(9):
            side.put(f"c-{number}", b"no JSON", {"bot": "shop"})
        await side.pass_time(0.1)

        assert not side.lanes.is_braked


async def test_what_expired_stops_nobody() -> None:
    """A topic that stood for a day must be emptied somehow."""
    async with running(BRAKED) as side:
        for number in range(9):
            late = {"expirytime": "2026-03-01T11:00:00Z", "bot": "shop"}
            side.put(f"c-{number}", to(str(number)), late)
        await side.pass_time(0.1)

        assert len(side.results()) == 9
        assert not side.lanes.is_braked


async def test_the_kinds_of_failure_to_connect_all_count() -> None:
    """A name, a certificate, a port: nobody answers."""
    kinds = [
        FailureKind.CONNECT,
        FailureKind.NAME,
        FailureKind.TLS,
        FailureKind.RESET,
        FailureKind.TIMEOUT,
    ]
    async with running() as side:
        for name, kind in zip(put_many(side, 5), kinds, strict=True):
            side.viber.script(name, TransportFailure(kind, "gone"))
        await side.pass_time(0.1)

        assert side.conditions == [("shop", "unreachable")]
