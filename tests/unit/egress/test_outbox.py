"""What a command's end calls for, until Kafka has acknowledged all of it."""

from typing import Any

import msgspec
import pytest

from gateway.core.answer import Answer
from gateway.core.command import Command, InvalidCommand
from gateway.core.errors import Reason
from gateway.core.result import Ending, ResultOutcome
from gateway.egress.outbox import Outbox
from tests.fakes.clock import FakeClock
from tests.fakes.commands import TEXT, TWO_BOTS, decoded, record, refused
from tests.fakes.publish import FakePublish
from tests.fakes.record import NOON, content
from tests.fakes.viber import says
from tests.unit.egress.side import running

GOOD = Ending(ResultOutcome.ACCEPTED, NOON)
BAD = Ending(ResultOutcome.REJECTED, NOON, Reason.REJECTED_MESSAGE, "no")


class Box:
    """An outbox, and who hears of it."""

    def __init__(
        self, results: str = "r", letters: str = "d", most: int = 10**6
    ) -> None:
        self.publish = FakePublish(most_bytes=most)
        self.ended: list[str] = []
        self.outbox = Outbox(
            self.publish,
            results,
            letters,
            ["shop"],
            FakeClock().sleep,
            lambda command, _: self.ended.append(command.id),
        )

    async def end(self, ending: Ending, command: Any = None) -> list[str]:
        """End a command; return the topics that were written to."""
        asked: Command | InvalidCommand = command or decoded(record(id="c-1"))
        await self.outbox.end(asked, ending)
        assert self.ended == [asked.id]
        return [record.topic for record in self.publish.records]


async def test_a_good_end_calls_for_a_result() -> None:
    """And for nothing else."""
    assert await Box().end(GOOD) == ["r"]


async def test_a_bad_end_calls_for_a_dead_letter_first() -> None:
    """Whoever reads the result finds the letter already there."""
    assert await Box().end(BAD) == ["d", "r"]


@pytest.mark.parametrize(("ending", "topics"), [(GOOD, []), (BAD, ["d"])])
async def test_results_can_be_switched_off(ending: Ending, topics: list[str]) -> None:
    """Dead letters cannot."""
    assert await Box(results="").end(ending) == topics


async def test_every_bot_may_have_its_own_topics() -> None:
    """`{bot}` stands for its name."""
    box = Box("results.{bot}", "letters.{bot}")

    assert await box.end(BAD) == ["letters.shop", "results.shop"]


async def test_nothing_has_ended_before_kafka_has_it_all() -> None:
    """Kafka is away: the command waits, its key with it, and nothing is committed."""
    async with running() as side:
        side.publish.go_down()
        side.put("c-1")
        side.put("c-2")
        await side.pass_time(100)
        assert side.viber.order == ["c-1"]
        assert (side.ended, side.committed().offset) == ([], 0)

        side.publish.come_up()
        await side.until_ended("c-1", "c-2")

    assert side.results() == [("c-1", "accepted"), ("c-2", "accepted")]
    assert side.committed().offset == 2


async def test_a_refusal_is_repeated_until_kafka_takes_it() -> None:
    """Readiness shows it meanwhile; no record is written twice."""
    async with running() as side:
        side.publish.is_refusing = True
        side.viber.script("c-1", says(3))
        side.put("c-1")
        await side.pass_time(10)
        assert (side.outbox.is_refused, side.ended) == (True, [])
        assert len(side.publish.offered) >= 10

        side.publish.is_refusing = False
        await side.until_ended("c-1")
        assert (side.outbox.is_refused, len(side.ended)) == (False, 1)

    assert [record.topic for record in side.publish.records] == [
        "viber.dlq",
        "viber.results",
    ]


async def test_a_result_too_large_for_its_topic_is_cut() -> None:
    """It is not lost, and it does not stand in the way for ever."""
    answer = Answer(status=0, data={"members": ["x" * 100] * 100})
    box = Box(most=2000)

    assert await box.end(Ending(ResultOutcome.ACCEPTED, NOON, answer=answer)) == ["r"]

    (result,) = box.publish.records
    assert content(result.headers)["cut"] == "texts,data,failed_list"
    assert msgspec.json.decode(result.value or b"")["command_id"] == "c-1"


async def test_a_dead_letter_too_large_for_its_topic_is_cut() -> None:
    """Its reasons stay."""
    large = decoded(record(TEXT | {"text": "x" * 20_000}, id="c-1"))
    box = Box(results="", most=2000)

    assert await box.end(BAD, large) == ["d"]

    letter = content(box.publish.records[0].headers)
    assert (letter["cut"], letter["dlq_reason"]) == (
        "value,headers",
        "rejected_message",
    )


async def test_what_is_large_is_cut_no_more_than_is_needed() -> None:
    """The first version that the topic takes is the one that is written."""
    large = refused(record(b"x" * 100_000, id="c-1", bot="help"), TWO_BOTS)
    box = Box(results="", most=70_000)

    await box.end(BAD, large)

    assert len(box.publish.records[0].value or b"") == 65_536
