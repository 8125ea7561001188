"""set_webhook: Viber calls first, and believes only HTTP 200."""

from typing import Any

import pytest

from simulator.callbacks.callback import Reply
from simulator.composition import DEFAULT_TOKEN, Options
from simulator.rules.signature import sign
from tests.fixtures import load
from tests.simulator.desk import HOOK, Desk


def java(text: str) -> str:
    """Return a Java text without its object ids, and with our path."""
    parts = text.replace("/viber/fixture-shop", "/viber/main").split("@")
    return "@".join([parts[0], *(part[8:] for part in parts[1:])])


async def test_the_verification_is_signed_and_has_the_captured_members() -> None:
    """Section 5.1; it goes to the new URL while the call is open."""
    desk = Desk()

    await desk.api("set_webhook", {"url": HOOK})

    (post,) = desk.webhook.take()
    assert post.url == HOOK
    assert post.header == post.query == sign(DEFAULT_TOKEN, post.raw)
    assert list(post.body) == list(load("callbacks/webhook.json"))


@pytest.mark.parametrize(
    ("reply", "fixture"),
    [
        (Reply(503), "set_webhook_bad_status"),
        (Reply(None, trouble="refused"), "set_webhook_refused"),
        (Reply(None, trouble="tls"), "set_webhook_tls"),
    ],
)
async def test_anything_but_200_fails_with_vibers_text(
    reply: Reply, fixture: str
) -> None:
    """Section 2.1, the texts seen live."""
    desk = Desk()
    desk.webhook.answer = reply

    answer = await desk.api("set_webhook", {"url": HOOK})

    expected = load(f"responses/{fixture}.json")
    assert java(answer.pop("status_message")) == java(expected.pop("status_message"))
    assert answer == expected


@pytest.mark.parametrize(
    ("code", "phrase"),
    [(419, "unknown status"), (204, "No Content"), (302, "Found")],
)
async def test_other_codes_than_200_fail_too(code: int, phrase: str) -> None:
    """A redirect or a 204 is no 200; 419 is Laravel's, seen live."""
    desk = Desk()
    desk.webhook.answer = Reply(code)

    answer = await desk.api("set_webhook", {"url": HOOK})

    assert answer["status"] == 1
    assert f"HttpResponse[HTTP/1.1 {code} {phrase}]" in answer["status_message"]


async def test_a_failed_call_keeps_the_webhook_that_was(desk: Desk) -> None:
    """What Viber does is unknown; the simulator keeps the old one."""
    desk.webhook.script = [Reply(500)]

    await desk.api("set_webhook", {"url": "https://bot.example/new"})

    assert (await desk.api("get_account_info"))["webhook"] == HOOK


async def test_without_a_webhook_nothing_is_called(desk: Desk) -> None:
    """An empty URL removes it; account info then tells none."""
    await desk.add_user(name="Anna")

    await desk.api("set_webhook", {"url": ""})
    await desk.sim("messages", {"user": "Anna", "text": "hi"})

    assert await desk.settle() == []
    assert "webhook" not in await desk.api("get_account_info")


async def test_callbacks_under_way_end_with_the_webhook(desk: Desk) -> None:
    """A callback that waits for its retry is dropped when there is no URL any more."""
    await desk.add_user(name="Anna")
    desk.webhook.answer = Reply(500)
    await desk.sim("messages", {"user": "Anna", "text": "hi"})
    await desk.settle()

    await desk.api("set_webhook", {"url": ""})
    desk.clock.advance(3600)

    assert await desk.settle() == []


@pytest.mark.parametrize(
    ("url", "options", "status"),
    [
        ("http://127.0.0.1:8080/x", Options(), 0),
        ("http://localhost/x", Options(), 0),
        ("http://[::1]:80/x", Options(), 0),
        ("http://gateway:8080/x", Options(), 1),
        ("http://gateway:8080/x", Options(allow_http=True), 0),
        ("ftp://127.0.0.1/x", Options(allow_http=True), 1),
        ("https://", Options(), 1),
        ("https://bot.example:99999/", Options(), 1),
    ],
)
async def test_plain_http_is_for_this_machine_or_for_who_allows_it(
    url: str, options: Options, status: int
) -> None:
    """Viber takes https only; a simulator at a desk must take loopback."""
    answer = await Desk(options).api("set_webhook", {"url": url})

    assert answer["status"] == status


async def test_a_new_webhook_decides_about_names_and_events(desk: Desk) -> None:
    """Each call replaces all that the last one said."""
    user = await desk.add_user(name="Anna")

    await desk.set_webhook(event_types=["seen"])
    await desk.sim("messages", {"user": "Anna", "text": "hi"})
    await desk.send(user)
    posts = await desk.settle()

    assert [post.event for post in posts] == ["message"]
    assert posts[0].body["sender"]["name"] == "Subscriber"


async def test_faults_reach_the_verification(desk: Desk) -> None:
    """Unsigned verifications were reported (viber-bot-php issues 3 and 14)."""
    await desk.sim("faults", {"kind": "unsigned", "event": "webhook"})

    await desk.api("set_webhook", {"url": HOOK})

    (post,) = desk.webhook.take()
    assert (post.header, post.query) == (None, None)


async def test_an_answer_can_lack_its_text(desk: Desk) -> None:
    """Section 2.1: ``{"status":1,"chat_hostname":"SN-CHAT-06_"}`` was seen live."""
    fault: dict[str, Any] = {"kind": "answer_without", "members": ["status_message"]}
    await desk.sim("faults", fault)
    desk.webhook.answer = Reply(500)

    answer = await desk.api("set_webhook", {"url": HOOK})

    fixture = load("responses/set_webhook_invalid_no_message.json")
    assert list(answer) == list(fixture)
