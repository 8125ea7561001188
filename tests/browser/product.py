"""`viber-gateway dev` with the chat page open: Kafka, gateway, echo bot and Anna."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from playwright.async_api import Page

from tests.browser.desk import Look, window
from tests.e2e.support.dev import Dev

PATIENCE_MS = 30_000  # the circuit's probes come with a growing distance


@asynccontextmanager
async def product(
    chromium: str, folder: Path, look: Look | None = None
) -> AsyncIterator[Page]:
    """Run it all, and open the page, until the end of the block."""
    dev = Dev(folder / "dev")
    try:
        lines = await asyncio.to_thread(dev.introduction)
        (address,) = [line.split()[-1] for line in lines if "Chat page" in line]
        async with window(chromium, look or Look()) as page:
            await page.goto(address)
            yield page
    finally:
        await asyncio.to_thread(dev.close)


async def write(page: Page, text: str) -> None:
    """Write as Anna."""
    await page.get_by_label("Message", exact=True).fill(text)
    await page.keyboard.press("Enter")
