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
        for words in ("version", "partitions", "viber.outbound/0", "startup"):
            await expect(state).to_contain_text(words)
