"""The pictures of the documentation: each shows what its page says it shows.

`make screenshots` writes them; see `tests.browser.scene`.
"""

import os
from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.browser.desk import PHONE, WIDE, Look
from tests.browser.product import PATIENCE_MS, product, write
from tests.browser.scene import IMAGES, scene, shoot

FINE = 2.0


@pytest.fixture
def images(tmp_path: Path) -> Path:
    """Return where pictures go."""
    return IMAGES if os.environ.get("SCREENSHOTS") else tmp_path


async def test_a_conversation_and_its_wire(
    chromium: str, images: Path, tmp_path: Path
) -> None:
    """Cards, a keyboard, ticks; beside them a callback as it was on the wire."""
    async with scene(chromium, tmp_path, Look(WIDE, scale=FINE)) as at:
        wire = at.page.get_by_role("tabpanel").get_by_role("listitem")
        callback = wire.filter(has=at.page.get_by_text("message", exact=True))
        await callback.first.get_by_role("button").click()
        await expect(callback.first).to_contain_text("header and query: right")

        await shoot(at.page, images / "chat-page.png")
        inspector = at.page.get_by_label("Inspector", exact=True).first
        await shoot(inspector, images / "chat-page-inspector.png")


async def test_an_outage_in_the_dark(
    chromium: str, images: Path, tmp_path: Path
) -> None:
    """The switch is on, the bot tries in vain."""
    async with scene(chromium, tmp_path, Look(WIDE, "dark", FINE)) as at:
        await at.tab("Faults")
        await at.switch("Outage")
        await at.write("Is anybody there?")
        in_force = at.page.get_by_label("Faults in force")
        await expect(in_force).to_contain_text("struck")
        await expect(in_force).not_to_contain_text("struck 0")
        await expect(at.bubbles.last).to_contain_text("Is anybody there?")

        await shoot(at.page, images / "chat-page-dark.png")


async def test_the_page_on_a_phone(chromium: str, images: Path, tmp_path: Path) -> None:
    """The chat has it to itself."""
    async with scene(chromium, tmp_path, Look(PHONE, scale=FINE)) as at:
        await shoot(at.page, images / "chat-page-phone.png")


@pytest.mark.timeout(120)
async def test_a_journey_through_the_gateway(
    chromium: str, images: Path, tmp_path: Path
) -> None:
    """An event in Kafka, and where the answer to it is during an outage."""
    async with product(chromium, tmp_path, Look(WIDE, scale=FINE)) as page:
        bubbles = page.get_by_role("article")
        await write(page, "Hello!")
        await expect(bubbles).to_have_count(2, timeout=PATIENCE_MS)
        await page.get_by_role("tab", name="Faults").click()
        await page.get_by_role("switch", name="Outage").click()
        await write(page, "Are you still there?")
        await bubbles.nth(2).get_by_title("Follow this message").click()
        command = page.get_by_label("The bot's command", exact=True)
        await expect(command).to_contain_text("HTTP 503", timeout=PATIENCE_MS)

        await shoot(page, images / "chat-page-journey.png")
