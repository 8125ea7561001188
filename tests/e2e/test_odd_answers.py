"""The verdict table through the whole process, by a server that answers any bytes.

All rows are written at once, each for a user of its own, before and after an innocent
one: so whatever one row is answered, the others go on.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

import pytest

from tests.e2e.scripted import OK, SILENCE, Answer, ScriptedViber, says, zipped
from tests.e2e.support.commands import headers, message
from tests.e2e.support.gateway import Gateways
from tests.e2e.support.records import Draft
from tests.e2e.support.topics import Topics
from tests.e2e.support.viber import Simulator
from tests.kafka.broker import Kafka

pytestmark = pytest.mark.timeout(120)

MEBIBYTE: Final = 1 << 20
ATTEMPTS: Final = 8
TIMES_OUT: Final = {"VIBER_REQUEST_TIMEOUT_SECONDS": "1"}


class Row(NamedTuple):
    """What is answered, and what must come of it.

    Attributes:
        attempts: As the result counts them.
        calls: As the server counts them.
        pause: Seconds that there must be between the first two calls, at least.
    """

    answers: Sequence[Answer]
    outcome: str
    reason: str | None
    attempts: int
    calls: int
    pause: float = 0.0
    method: str = "send_message"


def accepted(*answers: Answer, attempts: int = 1, pause: float = 0.0) -> Row:
    """Return a row that ends well, after as many calls as it has answers."""
    return Row(answers, "accepted", None, attempts, len(answers), pause)


def again(trouble: Answer, pause: float = 0.0) -> Row:
    """Return a row whose second attempt is accepted."""
    return accepted(trouble, OK, attempts=2, pause=pause)


def rejected(reason: str, answer: Answer) -> Row:
    """Return a row that is refused at once."""
    return Row([answer], "rejected", reason, 1, 1)


TRAP: Final = {"location": "/trap"}
ROWS: Final[Mapping[str, Row]] = {
    "accepted": accepted(OK),
    "status as text": accepted(says("0")),
    "refusal as text": rejected("rejected_receiver", says("5")),
    "refusal in a 4xx": rejected("rejected_message", says(3, http=400)),
    "success in a 4xx": rejected("http_error", says(0, http=404)),
    "redirect": rejected("http_error", Answer(302, b"", TRAP)),
    "redirect that keeps the method": rejected("http_error", Answer(307, b"", TRAP)),
    "gzip": accepted(zipped(b'{"status": 0}')),
    "gzip that is none": again(Answer(200, b"?", {"content-encoding": "gzip"})),
    "missing status": again(Answer(200, b'{"status_message": "ok"}')),
    "status that is no number": again(says([0])),
    "truth as status": again(says(status=False)),
    "empty": again(Answer()),
    "garbage": again(Answer(200, b"\xff\xfe<html>")),
    "huge": again(Answer(200, b'{"status": 0}' + b" " * MEBIBYTE)),
    "huge once unpacked": again(zipped(b'{"status": 0}' + b" " * 64 * MEBIBYTE)),
    "cut short": again(Answer(200, b'{"status": 0}', missing=5)),
    "slow": again(SILENCE, pause=1.0),
    "created": again(says(0, http=201)),
    "retry after": again(says(0, http=503, retry_after="2"), pause=2.0),
    "retry after a date beyond all years": again(
        says(0, http=503, retry_after="Sun, 01 Mar 99999999999 12:00:30 GMT")
    ),
    "retry after no text": again(says(0, http=503, retry_after="\xff")),
    "numbers beyond all bounds": accepted(
        Answer(200, b'{"status": 0, "billing_status": %s}' % (b"9" * 30))
    ),
    "retry after a date": again(Answer(503, retry_in=3.0), pause=2.0),
    "429": accepted(says(0, http=429, retry_after="2"), OK, pause=2.0),
    "first message": accepted(says(6), OK, attempts=2, pause=1.0),
    "never subscribed": Row([says(6)] * 2, "rejected", "rejected_receiver", 2, 2, 1.0),
    "unknown for ever": Row(
        [says(77)] * ATTEMPTS, "failed", "attempts_exhausted", ATTEMPTS, ATTEMPTS
    ),
    "limit of a query": again(says(12))._replace(method="get_user_details"),
    "limit of a broadcast": again(says(12))._replace(method="broadcast_message"),
    "refused broadcast": Row(
        [says(19)] * 3,
        "rejected",
        "broadcast_refused",
        3,
        3,
        method="broadcast_message",
    ),
}
BODIES: Final[Mapping[str, str]] = {
    "send_message": '{"receiver": "%s", "type": "text", "text": "hi"}',
    "get_user_details": '{"id": "%s"}',
    "broadcast_message": '{"broadcast_list": ["%s"], "type": "text", "text": "hi"}',
}


class Story(NamedTuple):
    """What became of all rows."""

    viber: ScriptedViber
    results: Mapping[str, Any]
    letters: Mapping[str, str]


@pytest.fixture(scope="module")
def story(
    kafka: Kafka, simulator: Simulator, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Story]:
    """Send all rows, and innocents between them, until each has ended."""
    topics, bot = Topics.create(kafka), simulator.open_bot()
    folder = tmp_path_factory.mktemp("odd")
    with ScriptedViber() as viber, Gateways(topics, bot, folder) as gateways:
        for name, row in ROWS.items():
            viber.script(name, *row.answers)
        drafts = list(written(topics, bot.bot))
        topics.write(drafts)
        settings = {**TIMES_OUT, "VIBER_API_URL": viber.url}
        gateways.start("sender", settings)
        topics.wait_until_ended(len(drafts))
        results = [r.json for r in topics.read(topics.results)]
        letters = topics.read(topics.dead_letters)
        yield Story(
            viber,
            {result["command_id"]: result for result in results},
            {r.header("dlq_command_id"): r.header("dlq_reason") for r in letters},
        )


def written(topics: Topics, bot: str) -> Iterator[Draft]:
    """Yield each row's command, one more for its user, and an innocent one."""
    for name, row in ROWS.items():
        value = (BODIES[row.method] % name).encode()
        attributes = headers(bot, row.method, name)
        yield Draft(topics.outbound, value, name, attributes)
        yield message(topics.outbound, bot, name, f"after {name}")
        yield message(topics.outbound, bot, f"not {name}", f"beside {name}")


@pytest.mark.parametrize("name", ROWS)
def test_every_answer_has_its_end(story: Story, name: str) -> None:
    """As many attempts and calls as the table says; a dead letter for a bad end."""
    row, result = ROWS[name], story.results[name]

    assert (result["outcome"], result["reason"]) == (row.outcome, row.reason)
    assert result["attempts"] == row.attempts
    assert story.letters.get(name) == row.reason
    after = 1  # the user's next command
    assert len(story.viber.times(name)) == row.calls + after


@pytest.mark.parametrize("name", [n for n, row in ROWS.items() if row.pause])
def test_waits_are_as_long_as_they_must(story: Story, name: str) -> None:
    """What the server or the rules ask for is never undercut."""
    first, second, *_ = story.viber.times(name)

    rounding = 0.01  # of two processes' clocks and timers
    assert second - first >= ROWS[name].pause - rounding


def test_whoever_comes_after_or_beside_goes_on(story: Story) -> None:
    """The same user's next command, and other users'."""
    others = {n: r for n, r in story.results.items() if n.startswith(("after", "besi"))}

    assert len(others) == 2 * len(ROWS)
    assert {result["outcome"] for result in others.values()} == {"accepted"}


def test_no_redirect_is_followed(story: Story) -> None:
    """The token would go with it."""
    assert [asked for asked in story.viber.asked if "trap" in asked.path] == []
