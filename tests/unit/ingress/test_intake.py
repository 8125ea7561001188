"""What becomes of a callback that Viber has signed: an event, or a dead letter."""

import asyncio

import pytest

from gateway.bots import Bot
from gateway.ingress.intake import KEPT_OF_TOO_LARGE_BYTES, Topics
from tests.fakes.record import content
from tests.fakes.settle import settle
from tests.unit.ingress.site import LIMITS, MOST_BYTES, TOKEN, Site, signed

ROOMY = LIMITS._replace(body_bytes=10 * MOST_BYTES)
EVENT = b'{"event":"message","message_token":7,"sender":{"id":"u"}}'
MALFORMED = [
    pytest.param(b"", id="nothing"),
    pytest.param(b"Hello", id="no JSON"),
    pytest.param(b"[]", id="no object"),
    pytest.param(b"{}", id="no event"),
    pytest.param(b'{"event":7}', id="event is no text"),
    pytest.param(b'{"event":"\xff"}', id="no UTF-8"),
    pytest.param(b'{"event":"e","user":' + b"[" * 50_000, id="too deep"),
]


@pytest.mark.parametrize("body", MALFORMED)
async def test_what_is_no_callback_is_buried_and_answered_with_200(body: bytes) -> None:
    """Viber would repeat it for an hour, and it would be as wrong as before."""
    site = Site(limits=ROOMY)

    response = (await signed(body).run(site.app)).response

    assert (response.status, response.body) == (200, b"")
    assert site.observed == [("shop", "other", 200, "malformed")]
    (letter,) = site.publish.records
    assert (letter.topic, letter.key, letter.value) == ("viber.dlq", None, body)
    headers = content(letter.headers)
    assert headers["dlq_reason"] == "malformed_callback"
    assert headers["dlq_bot"] == "shop"
    assert headers["dlq_timestamp"] == "1772366400000"
    assert headers["dlq_error"].startswith("the body ")
    assert "dlq_topic" not in headers


async def test_an_event_too_large_for_its_topic_is_buried_in_part() -> None:
    """Its headers say what it was; the answer is 200, since repeating is no use."""
    site = Site(limits=ROOMY)
    body = EVENT + b" " * MOST_BYTES

    response = (await signed(body).run(site.app)).response

    assert response.status == 200
    assert site.observed == [("shop", "message", 200, "record_too_large")]
    (letter,) = site.publish.records
    assert (letter.topic, letter.value) == ("viber.dlq", body[:KEPT_OF_TOO_LARGE_BYTES])
    headers = content(letter.headers)
    assert headers["ce_type"] == "com.viber.callback.message"
    assert headers["ce_messagetoken"] == "7"
    assert headers["dlq_reason"] == "record_too_large"


@pytest.mark.parametrize(("room", "kept"), [(MOST_BYTES, 65_536), (2000, 1024)])
async def test_a_dead_letter_too_large_for_its_topic_is_cut(
    room: int, kept: int
) -> None:
    """Viber would repeat it for an hour, and it would be as large as before."""
    site, body = Site(limits=ROOMY), b"x" * (MOST_BYTES + 1)
    site.publish.most_bytes = room

    response = (await signed(body).run(site.app)).response

    assert response.status == 200
    assert site.observed == [("shop", "other", 200, "malformed")]
    (letter,) = site.publish.records
    assert letter.value == body[:kept]
    headers = content(letter.headers)
    assert headers["dlq_reason"] == "malformed_callback"
    assert headers["cut"].startswith("value")


async def test_a_dead_letter_that_kafka_never_takes_is_tried_again() -> None:
    """Rather an hour of repetitions than a callback that is lost without a trace."""
    site = Site(limits=ROOMY)
    site.publish.most_bytes = 10

    response = (await signed(b"x" * (MOST_BYTES + 1)).run(site.app)).response

    assert (response.status, response.headers["retry-after"]) == (503, "5")
    assert site.observed == [("shop", "other", 503, "kafka_unavailable")]


async def test_an_event_whose_dead_letter_is_refused_is_tried_again() -> None:
    """It would be lost otherwise."""
    site = Site()
    site.publish.most_bytes = 10

    response = (await signed(EVENT).run(site.app)).response

    assert (response.status, site.publish.records) == (503, [])


@pytest.mark.parametrize("body", [EVENT, b"Hello"], ids=["event", "dead letter"])
async def test_without_an_acknowledgement_viber_is_asked_to_repeat(body: bytes) -> None:
    """No 200 for what Kafka does not have."""
    site = Site(publish_seconds=0.0)
    site.publish.go_down()

    response = (await signed(body).run(site.app)).response

    assert response.status == 503
    assert response.headers["retry-after"] == "5"
    assert [row[2:] for row in site.observed] == [(503, "kafka_unavailable")]


@pytest.mark.parametrize("body", [EVENT, b"Hello"], ids=["event", "dead letter"])
async def test_the_answer_waits_for_the_acknowledgement(body: bytes) -> None:
    """200 says that Kafka has it."""
    site, exchange = Site(), signed(body)
    site.publish.go_down()

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(exchange.run(site.app))
        await settle()
        assert exchange.sent == []
        site.publish.come_up()

    assert exchange.response.status == 200
    assert len(site.publish.records) == 1


async def test_publishing_has_its_own_limit_of_time() -> None:
    """Where it is the shorter one."""
    site = Site(publish_seconds=4.0)

    await signed(EVENT).run(site.app)

    assert site.publish.timeouts == [4.0]


async def test_publishing_ends_by_the_deadline() -> None:
    """What reading the body took is not there any more."""
    site = Site(limits=LIMITS._replace(deadline_seconds=3.0), publish_seconds=4.0)

    await signed(EVENT).run(site.app)

    (timeout,) = site.publish.timeouts
    assert timeout is not None
    assert timeout <= 3.0


async def test_a_dead_letter_gets_what_the_event_has_left_of_the_time() -> None:
    """Both must be done before the deadline."""
    limits = ROOMY._replace(deadline_seconds=3.0)
    site = Site(limits=limits, publish_seconds=4.0)

    await signed(EVENT + b" " * MOST_BYTES).run(site.app)

    event, letter = site.publish.timeouts
    assert event is not None
    assert letter is not None
    assert letter <= event <= 3.0


@pytest.mark.parametrize(
    ("body", "topic"), [(EVENT, "viber.shop.inbound"), (b"", "viber.shop.dlq")]
)
async def test_every_bot_may_have_its_own_topics(body: bytes, topic: str) -> None:
    """`{bot}` in a topic's name stands for the bot's."""
    site = Site(topics=Topics("viber.{bot}.inbound", "viber.{bot}.dlq"))

    await signed(body).run(site.app)

    assert [record.topic for record in site.publish.records] == [topic]


async def test_a_repeated_callback_is_an_event_with_the_same_id() -> None:
    """Nothing is left out: the acknowledgement of the first may have been lost."""
    site = Site(Bot("shop", TOKEN))

    for _ in range(2):
        await signed(EVENT).run(site.app)

    first, second = (content(r.headers)["ce_id"] for r in site.publish.records)
    assert first == second
