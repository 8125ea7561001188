"""`POST /webhooks/{bot}`: what is an event, who is served, and who goes away."""

import asyncio
from typing import Any

import msgspec
import pytest

from gateway.bots import Bot
from tests.fakes.asgi import Exchange
from tests.fakes.record import NOON_MS, content
from tests.fakes.settle import settle
from tests.fixtures import load, names, raw
from tests.unit.ingress.site import LIMITS, PATH, TOKEN, Site, signed

RECEIPTS = ("delivered", "seen")
MESSAGE = raw("callbacks/message_text.json")
CHECK = raw("callbacks/webhook.json")


@pytest.mark.parametrize("size", [4096, 4097])
async def test_a_webhook_check_without_signature_is_small(size: int) -> None:
    """Nobody should make the gateway parse much without a signature."""
    site = Site(limits=LIMITS._replace(body_bytes=10_000))
    body = CHECK + b" " * (size - len(CHECK))

    response = (await Exchange(PATH, (body,)).run(site.app)).response

    assert response.status == (200 if size == 4096 else 403)


async def test_a_signed_webhook_check_is_an_event() -> None:
    """It may carry news for a bot; only the unsigned one is ignored."""
    site = Site()

    await signed(CHECK).run(site.app)

    assert site.observed == [("shop", "webhook", 200, "published")]
    assert len(site.publish.records) == 1


@pytest.mark.parametrize("name", names("callbacks"))
async def test_every_known_callback_becomes_an_event(name: str) -> None:
    """With equal bytes, under the user's key, counted by its event."""
    site, body, event = Site(), raw(name), load(name)["event"]

    response = (await signed(body).run(site.app)).response

    assert response.status == 200
    assert response.body == b""
    (record,) = site.publish.records
    assert (record.topic, record.value) == ("viber.inbound", body)
    headers = content(record.headers)
    assert headers["ce_type"] == f"com.viber.callback.{event}"
    assert headers.get("ce_subject", "") == (record.key or b"").decode()
    assert site.observed == [("shop", event, 200, "published")]


@pytest.mark.parametrize("vector", load("signature_vectors.json")["vectors"])
async def test_signature_vectors_pass_or_fail_on_the_wire(
    vector: dict[str, Any],
) -> None:
    """The header's bytes reach the check as they are, and so do the body's."""
    body = raw(vector["file"]) if "file" in vector else vector["body"].encode()
    site = Site(Bot("shop", vector["auth_token"]))

    exchange = Exchange(PATH, (body,), query=f"sig={vector['signature']}")
    response = (await exchange.run(site.app)).response

    assert response.status == (200 if vector.get("valid", True) else 403)


async def test_the_previous_token_may_sign_too() -> None:
    """While a token is changed callbacks come with either signature."""
    site = Site(Bot("shop", "new", previous_token=TOKEN))

    response = (await signed(MESSAGE).run(site.app)).response

    assert response.status == 200


async def test_bots_come_and_go() -> None:
    """They are looked up at each request."""
    site = Site()
    bot = site.bots.pop("shop")
    assert (await signed(MESSAGE).run(site.app)).response.status == 404

    site.bots["shop"] = bot

    assert (await signed(MESSAGE).run(site.app)).response.status == 200


async def test_a_client_that_hangs_up_is_answered_nothing() -> None:
    """It is not counted either, and leaves no event and no place taken."""
    site = Site(limits=LIMITS._replace(in_flight=1))

    for _ in range(3):
        exchange = Exchange(PATH, (b"{",), is_complete=False, is_gone=True)
        assert (await exchange.run(site.app)).sent == []

    assert (site.observed, site.publish.records) == ([], [])
    assert (await signed(MESSAGE).run(site.app)).response.status == 200


async def test_more_callbacks_than_allowed_are_refused_at_once() -> None:
    """Until one of those in flight is answered."""
    site = Site(limits=LIMITS._replace(in_flight=2))
    site.publish.go_down()

    async with asyncio.TaskGroup() as tasks:
        served = [tasks.create_task(signed(MESSAGE).run(site.app)) for _ in range(2)]
        await settle()
        refused = (await signed(MESSAGE).run(site.app)).response
        site.publish.come_up()

    assert refused.status == 503
    assert [task.result().response.status for task in served] == [200, 200]
    assert (await signed(MESSAGE).run(site.app)).response.status == 200


@pytest.mark.parametrize(("others", "is_served"), [(3, True), (4, False)])
@pytest.mark.parametrize(
    "name",
    [
        "message_text",
        "subscribed",
        "unsubscribed",
        "conversation_started",
        "failed",
        *RECEIPTS,
    ],
)
async def test_receipts_give_way_when_room_gets_scarce(
    name: str, others: int, *, is_served: bool
) -> None:
    """From four fifths on: Viber repeats them, and nobody misses them meanwhile."""
    site = Site(limits=LIMITS._replace(in_flight=5))
    site.publish.go_down()

    async with asyncio.TaskGroup() as tasks:
        for _ in range(others):
            tasks.create_task(signed(MESSAGE).run(site.app))
        exchange = tasks.create_task(
            signed(raw(f"callbacks/{name}.json")).run(site.app)
        )
        await settle()
        site.publish.come_up()

    status = 200 if is_served or name not in RECEIPTS else 503
    assert exchange.result().response.status == status


@pytest.mark.parametrize(
    ("timestamp", "ages"),
    [
        (NOON_MS - 1500, [("seen", 1.5)]),
        (NOON_MS + 1500, [("seen", 0.0)]),
        (7, []),
        (None, []),
    ],
)
async def test_the_age_of_an_event_is_observed(
    timestamp: int | None, ages: list[tuple[str, float]]
) -> None:
    """It is high while Viber repeats; a clock that is ahead makes it 0, not less."""
    site = Site()

    await signed(msgspec.json.encode({"event": "seen", "timestamp": timestamp})).run(
        site.app
    )

    assert site.ages == ages


async def test_a_request_that_is_cancelled_leaves_its_place() -> None:
    """The server cancels what does not end in time when it stops."""
    site = Site(limits=LIMITS._replace(in_flight=1))
    site.publish.go_down()

    async with asyncio.TaskGroup() as tasks:
        task = tasks.create_task(signed(MESSAGE).run(site.app))
        await settle()
        task.cancel()
    site.publish.come_up()

    assert (await signed(MESSAGE).run(site.app)).response.status == 200
