"""The page in `viber-gateway dev`: over Kafka and the gateway to the echo bot."""

from pathlib import Path
from uuid import UUID

import pytest
from playwright.async_api import expect

from tests.browser.product import PATIENCE_MS, product, write

pytestmark = pytest.mark.timeout(120)


async def test_the_gateway_carries_all_through_an_outage(
    chromium: str, tmp_path: Path
) -> None:
    """Its answers wait while Viber is away, and come in order when it is back."""
    async with product(chromium, tmp_path) as page:
        bubbles = page.get_by_role("article")
        await expect(page.get_by_role("button", name="gateway ready")).to_be_visible()
        await write(page, "hello")
        await expect(bubbles.nth(1)).to_contain_text("hello", timeout=PATIENCE_MS)

        await page.get_by_role("tab", name="Faults").click()
        await page.get_by_role("switch", name="Outage").click()
        for text in ("one", "two", "three"):
            await write(page, text)
        await expect(page.get_by_label("Faults in force")).to_contain_text(
            "struck", timeout=PATIENCE_MS
        )
        await expect(bubbles).to_have_count(5)
        await page.get_by_role("switch", name="Outage").click()

        await expect(bubbles).to_have_count(8, timeout=PATIENCE_MS)
        answers = await page.locator(".bots .text").all_inner_texts()
        assert answers == ["hello", "one", "two", "three"]


async def test_a_journey_tells_the_event_in_kafka_and_the_gateways_state(
    chromium: str, tmp_path: Path
) -> None:
    """The id of the event, and what `/health` says, beside the message."""
    async with product(chromium, tmp_path) as page:
        bubbles = page.get_by_role("article")
        await write(page, "follow me")
        await expect(bubbles).to_have_count(2, timeout=PATIENCE_MS)

        await bubbles.nth(0).get_by_title("Follow this message").click()

        journey = page.get_by_label("Journey of the message")
        await expect(journey).to_contain_text("In Kafka since the 200, as event")
        event = await journey.locator(".event-id code").inner_text()
        assert UUID(event).version == 5
        state = page.get_by_label("The gateway now")
        for words in ("version", "partitions", "viber.outbound/0", "is ready"):
            await expect(state).to_contain_text(words)


async def test_a_journey_tells_where_the_answer_is(
    chromium: str, tmp_path: Path
) -> None:
    """What it waits for while Viber is away, and how it ended; asked all the time."""
    async with product(chromium, tmp_path) as page:
        await page.get_by_role("tab", name="Faults").click()
        await page.get_by_role("switch", name="Outage").click()
        await expect(page.get_by_role("switch", name="Outage")).to_be_checked()
        await write(page, "follow the answer")
        await page.get_by_role("article").get_by_title("Follow this message").click()

        command = page.get_by_label("The bot's command", exact=True)
        for words in ("waiting", "viber.outbound", "HTTP 503"):
            await expect(command).to_contain_text(words, timeout=PATIENCE_MS)
        await page.get_by_role("tab", name="Faults").click()
        await page.get_by_role("switch", name="Outage").click()
        await page.get_by_role("tab", name="Journey").click()

        await expect(command).to_contain_text("ended: accepted", timeout=PATIENCE_MS)


async def test_a_halted_bot_is_seen_to_recover(chromium: str, tmp_path: Path) -> None:
    """The bar on top says so while Viber refuses the token, and no longer."""
    async with product(chromium, tmp_path) as page:
        await page.get_by_role("tab", name="Faults").click()
        await page.get_by_role("switch", name="Token refused").click()
        await write(page, "refused for a while")
        halted = page.get_by_role("button", name="gateway halted")
        await expect(halted).to_be_visible(timeout=PATIENCE_MS)

        await page.get_by_role("switch", name="Token refused").click()

        await expect(page.get_by_role("article")).to_have_count(2, timeout=PATIENCE_MS)
        ready = page.get_by_role("button", name="gateway ready")
        await expect(ready).to_be_visible(timeout=PATIENCE_MS)


async def test_a_parked_user_is_seen_to_wait(chromium: str, tmp_path: Path) -> None:
    """Status 12 holds the answer until the user writes again; then both come."""
    async with product(chromium, tmp_path) as page:
        await page.get_by_role("tab", name="Faults").click()
        await page.get_by_role("switch", name="Too many without reply").click()
        await write(page, "one")
        await page.get_by_role("article").get_by_title("Follow this message").click()
        command = page.get_by_label("The bot's command", exact=True)
        await expect(command).to_contain_text("parked", timeout=PATIENCE_MS)
        await page.get_by_role("tab", name="Faults").click()
        await page.get_by_role("switch", name="Too many without reply").click()

        await write(page, "two")

        await expect(page.get_by_role("article")).to_have_count(4, timeout=PATIENCE_MS)
        answers = await page.locator(".bots .text").all_inner_texts()
        assert answers == ["one", "two"]
