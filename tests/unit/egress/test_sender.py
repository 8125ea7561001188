"""How one command comes to its end: attempts, waits, and what its result says."""

from itertools import pairwise
from typing import Any

import msgspec
import pytest

from gateway.core.answer import FailureKind, Reply, TransportFailure
from gateway.core.method import Method
from tests.fakes.commands import BODIES, TEXT, USER
from tests.fakes.record import ReadRecord
from tests.fakes.viber import OK, TIMEOUT, http, says
from tests.unit.egress.side import Options, Side, running

HOUR = 3600


def pauses(side: Side, identity: str) -> list[float]:
    """Return the seconds between the attempts of a command."""
    times = side.viber.times(identity)
    return [round(later - earlier, 3) for earlier, later in pairwise(times)]


async def end(*answers: Any, body: Any = TEXT, **headers: str) -> Side:
    """Send one command, answered so, until it has ended."""
    async with running() as side:
        side.viber.script("c-1", *answers)
        side.put("c-1", body, headers)
        await side.until_ended("c-1")
    return side


async def test_what_viber_takes_is_accepted() -> None:
    """After one attempt; there is no dead letter."""
    side = await end(OK)

    assert side.result("c-1")["outcome"] == "accepted"
    assert side.result("c-1")["message_token"] == "6109932746692773188"
    assert side.result("c-1")["attempts"] == 1
    assert side.reasons() == {}


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (3, "rejected_message"),
        (4, "rejected_message"),
        (5, "rejected_receiver"),
        (11, "rejected_receiver"),
        (999, "rejected_receiver"),
        (15, "not_granted"),
        (22, "not_granted"),
    ],
)
async def test_what_viber_rejects_is_not_sent_again(status: int, reason: str) -> None:
    """Its result and its dead letter say why."""
    side = await end(says(status))

    result = side.result("c-1")
    assert (result["outcome"], result["reason"]) == ("rejected", reason)
    assert (result["status"], result["status_message"]) == (status, f"status {status}")
    assert (result["attempts"], side.reasons()) == (1, {"c-1": reason})


@pytest.mark.parametrize("answer", [http(302), http(404), http(400)], ids=repr)
async def test_what_http_refuses_is_rejected(answer: Reply) -> None:
    """A redirect is never followed."""
    side = await end(answer)

    result = side.result("c-1")
    assert (result["outcome"], result["reason"]) == ("rejected", "http_error")
    assert result["status"] is None


PASSING = {
    "server error": http(500),
    "unavailable": http(503),
    "too slow": http(408),
    "accepted by a proxy": http(202),
    "no answer": TIMEOUT,
    "broken off": TransportFailure(FailureKind.RESET, "reset"),
    "no JSON": Reply(200, b"Hello"),
    "no status": says(None),
    "unknown status": says(4711),
}


@pytest.mark.parametrize("trouble", PASSING.values(), ids=PASSING)
async def test_a_passing_trouble_is_tried_again(trouble: Any) -> None:
    """After half a second; then all is well."""
    side = await end(trouble)

    result = side.result("c-1")
    assert (result["outcome"], result["attempts"]) == ("accepted", 2)
    assert pauses(side, "c-1") == [0.5]


async def test_waits_double_up_to_the_longest() -> None:
    """Half of the time is jitter, of which there is none here."""
    side = await end(*[http(408)] * 7)

    assert pauses(side, "c-1") == [0.5, 1, 2, 4, 8, 16, 30]
    assert side.result("c-1")["outcome"] == "accepted"


async def test_after_the_last_attempt_it_is_a_dead_letter() -> None:
    """With what was answered last."""
    side = await end(*[says(4711)] * 8)

    result = side.result("c-1")
    assert (result["outcome"], result["reason"]) == ("failed", "attempts_exhausted")
    assert (result["attempts"], result["status"]) == (8, 4711)
    assert len(side.viber.calls) == 8
    assert side.reasons() == {"c-1": "attempts_exhausted"}


async def test_a_single_attempt_may_be_all_there_is() -> None:
    """Then nothing is waited for."""
    async with running(Options(max_attempts=1, circuit_failures=1)) as side:
        side.viber.script("c-1", http(408))
        side.put("c-1")
        await side.until_ended("c-1")

    assert side.result("c-1")["reason"] == "attempts_exhausted"
    assert side.viber.order == ["c-1"]


async def test_the_server_may_ask_for_a_longer_wait() -> None:
    """It is never undercut; a shorter one changes nothing."""
    side = await end(http(503, retry_after=40.0), http(503, retry_after=0.1))

    assert pauses(side, "c-1") == [40, 1]


async def test_a_status_of_19_is_rejected_after_three_attempts() -> None:
    """Nobody knows whether it is a matter of permission or of time."""
    side = await end(*[says(19)] * 3, body=BODIES[Method.BROADCAST_MESSAGE])

    result = side.result("c-1")
    assert (result["outcome"], result["reason"]) == ("rejected", "broadcast_refused")
    assert (result["attempts"], result["method"]) == (3, "broadcast_message")


async def test_a_first_message_may_race_with_the_subscription() -> None:
    """It is tried once more, after a second."""
    side = await end(says(6))

    assert side.result("c-1")["outcome"] == "accepted"
    assert side.result("c-1")["attempts"] == 2
    assert pauses(side, "c-1") == [1]


async def test_who_is_not_subscribed_after_a_second_never_was() -> None:
    """Then it is no race."""
    side = await end(says(6), says(6))

    assert side.result("c-1")["reason"] == "rejected_receiver"
    assert len(side.viber.calls) == 2


async def test_the_race_is_run_once_only() -> None:
    """Also when something else came in between."""
    side = await end(says(6), http(408), says(6))

    assert side.result("c-1")["reason"] == "rejected_receiver"
    assert side.result("c-1")["attempts"] == 3


def message_from(user: str, bot: str = "shop", kind: str = "message") -> ReadRecord:
    """Return the event of something that a user did."""
    headers = [("ce_type", f"com.viber.callback.{kind}".encode())]
    return ReadRecord(b"{}", [*headers, ("ce_bot", bot.encode())], user.encode())


async def test_a_user_over_the_limit_is_parked_until_the_next_hour() -> None:
    """It is noon, so that is an hour and a little; the wait uses up no attempt."""
    side = await end(says(12))

    assert HOUR - 2 < pauses(side, "c-1")[0] <= HOUR + 2
    assert side.result("c-1")["attempts"] == 1
    assert not side.parking.is_occupied.is_set()


async def test_a_parked_user_who_writes_is_answered_at_once() -> None:
    """Others who write, and other things that they do, change nothing."""
    async with running() as side:
        side.viber.script("c-1", says(12))
        side.put("c-1")
        await side.pass_time(60)
        assert len(side.parking) == 1
        for other in (
            message_from("somebody else"),
            message_from(USER, bot="help"),
            message_from(USER, kind="seen"),
            ReadRecord(b"{}", [("ce_type", b"com.viber.callback.message")]),
        ):
            side.parking.hear(other)
        await side.pass_time(60)
        assert side.viber.order == ["c-1"]

        side.parking.hear(message_from(USER))
        await side.pass_time(1)

    assert side.results() == [("c-1", "accepted")]
    assert len(side.parking) == 0


async def test_a_parked_user_delays_nobody_else() -> None:
    """Their own later commands wait behind, in order."""
    async with running(Options(slots=1)) as side:
        side.viber.script("c-1", says(12))
        side.put("c-1")
        side.put("c-2")
        side.put("c-3", {"receiver": "somebody else", "type": "text"})
        await side.pass_time(60)
        assert side.results() == [("c-3", "accepted")]
        await side.until_ended("c-2")

    assert side.viber.order == ["c-1", "c-3", "c-1", "c-2"]


@pytest.mark.parametrize(
    "method", [Method.BROADCAST_MESSAGE, Method.GET_ACCOUNT_INFO, Method.POST]
)
async def test_a_limit_of_the_bot_parks_nobody(method: Method) -> None:
    """Without a receiver it is tried again like any other trouble."""
    side = await end(says(12), body=BODIES[method], method=method)

    assert pauses(side, "c-1") == [0.5]
    assert side.result("c-1")["attempts"] == 2


async def test_a_late_command_is_not_sent() -> None:
    """Its time was over when its turn came."""
    side = await end(OK, expirytime="2026-03-01T12:00:00Z")

    result = side.result("c-1")
    assert (result["outcome"], result["reason"]) == ("expired", "expired")
    assert (result["attempts"], side.viber.calls) == (0, [])
    assert side.reasons() == {"c-1": "expired"}


@pytest.mark.parametrize(
    ("answer", "calls"),
    [(http(503), 4), (says(12), 1), (says(24), 1), (says(2), 1), (http(429), 1)],
    ids=["backoff", "parked", "no credit", "halted", "throttled"],
)
async def test_every_wait_ends_when_the_command_expires(
    answer: Any, calls: int
) -> None:
    """To the second, whatever it waits for."""
    async with running() as side:
        side.viber.script_probes(*[http(503)] * 10)
        side.viber.script("c-1", *[answer] * 9)
        side.put("c-1", TEXT, {"expirytime": "2026-03-01T12:00:06Z"})
        await side.until_ended("c-1")

        assert side.clock.passed == pytest.approx(6)
    assert side.result("c-1")["outcome"] == "expired"
    assert len(side.viber.calls) == calls


async def test_a_command_without_a_time_expires_by_its_age() -> None:
    """From the record's timestamp."""
    async with running(Options(max_age_seconds=30.0)) as side:
        side.viber.script("c-1", *[http(408)] * 8)
        side.put("c-1")
        await side.until_ended("c-1")

        assert side.clock.passed == pytest.approx(30)
    assert side.result("c-1")["outcome"] == "expired"


async def test_a_command_is_not_sent_before_its_time() -> None:
    """Its key waits with it, others do not; it takes no slot meanwhile."""
    async with running(Options(slots=1)) as side:
        side.put("c-1", TEXT, {"notbefore": "2026-03-01T12:30:00Z"})
        side.put("c-2")
        side.put("c-3", {"receiver": "somebody else", "type": "text"})
        await side.pass_time(60)
        assert side.viber.order == ["c-3"]
        await side.until_ended("c-1", "c-2")

    assert side.viber.order == ["c-3", "c-1", "c-2"]
    assert side.viber.times("c-1")[0] == pytest.approx(1800)


async def test_the_age_begins_when_a_command_may_be_sent() -> None:
    """One that had to wait is not too old for that."""
    async with running(Options(max_age_seconds=60.0)) as side:
        side.put("c-1", TEXT, {"notbefore": "2026-03-01T12:30:00Z"})
        await side.until_ended("c-1")

    assert side.result("c-1")["outcome"] == "accepted"


async def test_a_bug_becomes_a_dead_letter() -> None:
    """Of that command only; the next one of its key goes on."""
    async with running() as side:
        side.viber.script("c-1", KeyError("oh"))
        side.put("c-1")
        side.put("c-2")
        await side.until_ended("c-1", "c-2")

    result = side.result("c-1")
    assert (result["outcome"], result["reason"]) == ("failed", "internal_error")
    assert result["status_message"] == "KeyError: 'oh'"
    assert side.results()[1] == ("c-2", "accepted")


async def test_what_is_no_command_is_a_dead_letter_at_once() -> None:
    """Nobody is called, and the others go on."""
    async with running() as side:
        side.put("c-1", b"no JSON")
        side.put("c-2")
        await side.until_ended("c-1", "c-2")

    assert side.reasons() == {"c-1": "invalid_command"}
    assert side.result("c-1")["status_message"].startswith("the body is not JSON: ")
    assert side.viber.order == ["c-2"]


async def test_an_answer_to_a_question_is_in_the_result() -> None:
    """All of it."""
    answer = says(0, users=[{"id": USER, "online_status": 0}])

    side = await end(answer, body=BODIES[Method.GET_ONLINE], method="get_online")

    assert side.result("c-1")["data"] == {"users": [{"id": USER, "online_status": 0}]}
    assert msgspec.json.decode(answer.body)["status"] == 0
