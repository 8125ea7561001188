"""The wire and the journeys on the right."""

import asyncio
import re

import msgspec
from playwright.async_api import Locator, expect

from tests.browser.desk import Desk, desk


def entries(at: Desk) -> Locator:
    """Return the entries of the wire, newest first."""
    return at.page.get_by_role("tabpanel").get_by_role("listitem")


async def unfold(at: Desk, name: str) -> Locator:
    """Unfold the newest entry of that name."""
    entry = entries(at).filter(has=at.page.get_by_text(name, exact=True)).first
    await entry.get_by_role("button").first.click()
    return entry


async def test_every_exchange_is_listed_and_can_be_filtered(chromium: str) -> None:
    """By kind, by user, by trouble and by any word in it."""
    async with desk(chromium, ("Anna", "Marko")) as at:
        await at.write("first")
        await at.viber.sim("messages", {"user": "Marko", "text": "second"})
        # Each message: the callback, its receipt, the answer and two receipts of it,
        # of which Marko's is not seen; and the webhook, called and set.
        await expect(entries(at)).to_have_count(11)

        await at.page.get_by_role("button", name="API calls").click()
        await expect(entries(at)).to_have_count(3)
        await at.page.get_by_label("only Anna").check()
        await expect(entries(at)).to_have_count(1)
        await at.page.get_by_role("button", name="all", exact=True).click()
        await expect(entries(at)).to_have_count(5)
        await at.page.get_by_label("Filter the wire").fill("you wrote: first")
        await expect(entries(at)).to_have_count(1)
        await at.page.get_by_label("only troubles").check()
        await expect(entries(at)).to_have_count(0)


async def test_an_entry_unfolds_to_what_was_on_the_wire(chromium: str) -> None:
    """Headers, signature, and a body whose 19-digit token no parser has rounded."""
    async with desk(chromium) as at:
        await at.write("exactly")
        await expect(at.bubbles).to_have_count(2)
        logged = await at.viber.sim("log?kind=callback")
        raw = next(e for e in logged["entries"] if e["event"] == "message")

        entry = await unfold(at, "message")

        await expect(entry).to_contain_text(raw["signature"])
        await expect(entry).to_contain_text("signature in header and query: right")
        shown = await entry.locator("pre").first.inner_text()
        assert re.sub(r"\s", "", shown) == re.sub(r"\s", "", raw["body"])
        assert raw["message_token"] in shown


async def test_a_wrong_signature_is_called_wrong(chromium: str) -> None:
    """The page computes it anew from the bytes and the token."""
    async with desk(chromium) as at:
        await at.viber.sim("faults", {"kind": "wrong_key"})
        await at.write("trust me")
        await expect(at.bubbles).to_have_count(2)

        entry = await unfold(at, "message")

        await expect(entry).to_contain_text("wrong for this body and token")


async def test_a_call_copied_as_curl_can_be_made_again(chromium: str) -> None:
    """A terminal sends the same message once more, quotes and all."""
    async with desk(chromium) as at:
        await at.write('it\'s "quoted" $HOME `x`')
        await expect(at.bubbles).to_have_count(2)
        entry = await unfold(at, "send_message")
        await entry.get_by_role("button", name="Copy as curl").click()
        await expect(at.page.get_by_text("Copied the curl command.")).to_be_visible()
        command = await at.page.evaluate("navigator.clipboard.readText()")

        process = await asyncio.create_subprocess_shell(
            command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL
        )
        out, _ = await process.communicate()

        assert msgspec.json.decode(out)["status"] == 0
        await expect(at.bubbles).to_have_count(3)
        first, second, again = await at.bubbles.locator(".text").all_inner_texts()
        assert again == second == f"You wrote: {first}"


async def test_a_bubble_leads_to_its_journey(chromium: str) -> None:
    """Attempts in vain are part of it, and another message's are not."""
    async with desk(chromium) as at:
        await at.viber.sim("faults", {"kind": "http", "code": 502, "count": 2})
        await at.write("way")
        await expect(at.bubbles.get_by_role("img", name="seen")).to_have_count(1)
        await at.write("other")
        await expect(at.bubbles).to_have_count(4)

        await at.bubbles.nth(1).get_by_title("Follow this message").click()

        steps = at.page.get_by_label("Journey of the message").get_by_role("listitem")
        await expect(steps).to_have_count(5)
        for number, words in enumerate(
            ("HTTP 502", "HTTP 502", "Viber took it", "delivered", "seen")
        ):
            await expect(steps.nth(number)).to_contain_text(words)


async def test_an_entry_leads_to_its_bubble(chromium: str) -> None:
    """In another chat too, which is opened then."""
    async with desk(chromium, ("Anna", "Marko")) as at:
        await at.viber.sim("messages", {"user": "Marko", "text": "here I am"})
        await at.page.get_by_role("button", name="callbacks").click()
        entry = await unfold(at, "message")

        await entry.get_by_role("button", name="Show the message").click()

        bubble = at.bubbles.filter(has_text="here I am").first
        await expect(bubble).to_be_in_viewport()
        await expect(bubble).to_contain_class("selected")


async def test_the_tabs_obey_the_arrow_keys(chromium: str) -> None:
    """One stop of the Tab key, then left and right, round and round."""
    async with desk(chromium) as at:
        await at.page.get_by_role("tab", name="Wire").focus()

        for name in ("Journey", "Faults", "Wire"):
            await at.page.keyboard.press("ArrowRight")
            tab = at.page.get_by_role("tab", name=name, selected=True)
            await expect(tab).to_be_focused()
