"""Welcome mode `reply`: a bot is asked over Kafka, until a deadline."""

import asyncio
from typing import Any

import msgspec
import pytest

from gateway.bots import Bot, WelcomeTable
from gateway.core.command import Sender
from gateway.ingress.replies import REMEMBERED, Replies, ReplyOutcome
from tests.fakes.asgi import Response
from tests.fakes.record import ReadRecord, content
from tests.fakes.settle import settle
from tests.fixtures import raw
from tests.unit.ingress.site import LIMITS, MOST_BYTES, TOKEN, Site, signed

STARTED = raw("callbacks/conversation_started.json")
TEXT = {"type": "text", "text": "Hello!"}
STATIC = {"type": "text", "text": "Hello from the file!"}
NO_TIME = 1e-9


def site(
    timeout: float = 4.0,
    fallback: dict[str, Any] | None = STATIC,
    publish_seconds: float = 10.0,
    deadline: float = 20.0,
) -> Site:
    """Return a site whose bot is asked for its welcome message."""
    welcome = WelcomeTable(mode="reply", message=fallback, timeout_seconds=timeout)
    bot = Bot("shop", TOKEN, sender=Sender("Shop"), welcome=welcome)
    limits = LIMITS._replace(body_bytes=2 * MOST_BYTES, deadline_seconds=deadline)
    return Site(bot, limits, publish_seconds)


def reply(question: str, message: Any = TEXT) -> ReadRecord:
    """Return a bot's answer to a question."""
    value = message if isinstance(message, bytes) else msgspec.json.encode(message)
    return ReadRecord(value, [("ce_correlationid", question.encode())])


def asked(site: Site) -> str:
    """Return the id of the last question."""
    return content(site.publish.offered[0].headers)["ce_correlationid"]


async def welcome(site: Site, *replies: Any) -> Any:
    """Start a conversation, let the bot reply, and return Viber's answer."""
    async with asyncio.TaskGroup() as tasks:
        exchange = tasks.create_task(signed(STARTED).run(site.app))
        await settle()
        for message in replies:
            site.replies.take(reply(asked(site), message))
    response: Response = exchange.result().response
    assert response.status == 200
    return msgspec.json.decode(response.body) if response.body else None


async def test_the_event_asks_the_bot() -> None:
    """Where to, under which id, and by when."""
    asking = site(timeout=1.5)

    await welcome(asking, TEXT)

    headers = content(asking.publish.records[0].headers)
    assert headers["ce_replyto"] == "viber.replies"
    assert headers["ce_deadline"] == "2026-03-01T12:00:01.500Z"
    assert len(headers["ce_correlationid"]) > 32


async def test_the_bot_has_no_longer_than_viber_waits() -> None:
    """Whatever the file allows: the answer must be out before."""
    asking = site(timeout=4.0, deadline=1.0)

    await welcome(asking, TEXT)

    deadline = content(asking.publish.records[0].headers)["ce_deadline"]
    assert "2026-03-01T12:00:00" < deadline <= "2026-03-01T12:00:01.000Z"


async def test_the_bot_s_reply_is_the_answer() -> None:
    """With the bot's name filled in; it is told that it was used."""
    asking = site()

    assert await welcome(asking, TEXT) == TEXT | {"sender": {"name": "Shop"}}
    assert asking.replied == ["used"]


@pytest.mark.parametrize("fallback", [STATIC, None])
async def test_without_a_reply_in_time_the_file_answers(
    fallback: dict[str, Any] | None,
) -> None:
    """Or nobody, where there is no message in it."""
    asking = site(NO_TIME, fallback)

    said = await welcome(asking)

    assert said == (fallback and fallback | {"sender": {"name": "Shop"}})
    assert asking.replied == []


async def test_a_reply_after_the_deadline_is_late() -> None:
    """It changes nothing, but is counted."""
    asking = site(NO_TIME)
    await welcome(asking)

    asking.replies.take(reply(asked(asking)))

    assert asking.replied == ["late"]


async def test_only_the_first_reply_counts() -> None:
    """Whether the second one comes before the answer or after it."""
    asking = site()

    said = await welcome(asking, TEXT, STATIC)
    asking.replies.take(reply(asked(asking)))

    assert said["text"] == TEXT["text"]
    assert asking.replied == ["used", "second", "second"]


@pytest.mark.parametrize("wrong", [b"", b"[]", {}, {"type": 7}, b"x" * 30_001], ids=str)
async def test_a_wrong_reply_does_not_spoil_a_right_one(wrong: Any) -> None:
    """The bot has until the deadline to think again."""
    asking = site()

    said = await welcome(asking, wrong, TEXT)

    assert said["text"] == TEXT["text"]
    assert asking.replied == ["invalid", "used"]


async def test_a_reply_too_large_with_its_sender_is_no_answer() -> None:
    """Viber would refuse it; the event is in Kafka all the same."""
    room = 30_000 - len(msgspec.json.encode(TEXT | {"text": ""}))

    assert await welcome(site(), TEXT | {"text": "x" * room}) is None


async def test_conversations_are_not_mixed_up() -> None:
    """Each question has an id of its own."""
    asking = site()

    async with asyncio.TaskGroup() as tasks:
        exchanges = [tasks.create_task(signed(STARTED).run(asking.app)) for _ in "ab"]
        await settle()
        for number, record in reversed(list(enumerate(asking.publish.records))):
            question = content(record.headers)["ce_correlationid"]
            asking.replies.take(reply(question, TEXT | {"text": str(number)}))

    bodies = [exchange.result().response.body for exchange in exchanges]
    assert [msgspec.json.decode(body)["text"] for body in bodies] == ["0", "1"]


async def test_without_kafka_the_question_is_over() -> None:
    """Viber will repeat the callback, which asks anew."""
    asking = site(publish_seconds=0.0)
    asking.publish.go_down()

    response = (await signed(STARTED).run(asking.app)).response
    asking.replies.take(reply(asked(asking)))

    assert (response.status, asking.replied) == (503, ["late"])


async def test_with_a_dead_letter_the_question_is_over() -> None:
    """No bot has heard of it."""
    asking = site()

    response = (await signed(STARTED + b" " * MOST_BYTES).run(asking.app)).response
    asking.replies.take(reply(asked(asking)))

    assert (response.status, response.body) == (200, b"")
    assert asking.replied == ["late"]


async def test_other_events_ask_nobody() -> None:
    """Viber takes a message from no other answer."""
    asking = site()

    await signed(raw("callbacks/message_text.json")).run(asking.app)

    headers = content(asking.publish.records[0].headers)
    assert not headers.keys() & {"ce_replyto", "ce_correlationid", "ce_deadline"}


class Heard:
    """Replies to a replica that has asked nothing yet, and what became of them."""

    def __init__(self) -> None:
        self.outcomes: list[ReplyOutcome] = []
        self.replies = Replies(lambda outcome, _: self.outcomes.append(outcome))


@pytest.mark.parametrize("headers", [(), (("correlationid", b"mine"),)])
async def test_a_reply_to_no_question_is_counted(headers: Any) -> None:
    """A bot that answers so has a bug, which somebody should see."""
    heard = Heard()

    heard.replies.take(ReadRecord(b"{}", headers))

    assert heard.outcomes == ["unknown"]


async def test_a_reply_to_another_replica_is_left_to_it() -> None:
    """Every replica reads all replies, and each reply is counted once."""
    heard, other = Heard(), Heard()
    question = heard.replies.ask()

    other.replies.take(reply(question))
    heard.replies.take(reply(question))

    assert (heard.outcomes, other.outcomes) == (["used"], [])


async def test_old_questions_are_forgotten() -> None:
    """So many are remembered; a reply to one before them is unknown."""
    heard = Heard()
    questions = [heard.replies.ask() for _ in range(REMEMBERED + 1)]
    for question in questions:
        heard.replies.forget(question)

    for question in (questions[0], questions[1], questions[-1]):
        heard.replies.take(reply(question))

    assert heard.outcomes == ["unknown", "late", "late"]
