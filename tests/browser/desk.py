"""A simulator, a bot and a browser window, side by side.

Each window has a profile of its own that nobody used before.  What the page must
never do, whatever a test is about, is checked at the end of every window: throw, or
run into its own security policy.
"""

import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Literal

from playwright.async_api import (
    ConsoleMessage,
    Locator,
    Page,
    async_playwright,
)

from tests.browser.shop import Shop, shop
from tests.simulator.process import Running, simulator

TIMEOUT_MS = 10_000
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WIDE = (1440, 900)
PHONE = (390, 844)


@dataclass(frozen=True, slots=True)
class Look:
    """How the window looks; ``scale`` is how fine its screen is."""

    size: tuple[int, int] = WIDE
    scheme: Literal["light", "dark"] = "light"
    scale: float = 1.0


@dataclass(frozen=True, slots=True)
class Desk:
    """All of it; the page shows the chat of the first user."""

    viber: Running
    shop: Shop
    page: Page

    @property
    def bubbles(self) -> Locator:
        """The messages of the open chat."""
        return self.page.get_by_role("article")

    async def write(self, text: str) -> None:
        """Write as the person at the keyboard does."""
        await self.page.get_by_label("Message", exact=True).fill(text)
        await self.page.keyboard.press("Enter")

    async def tab(self, name: str) -> None:
        """Turn to a tab of the inspector."""
        await self.page.get_by_role("tab", name=name).click()

    async def switch(self, label: str) -> None:
        """Turn a fault on or off."""
        await self.page.get_by_role("switch", name=label).click()

    async def menu(self, name: str, item: str) -> None:
        """Choose from a menu."""
        await self.page.get_by_label(name, exact=True).click()
        await self.page.get_by_role("button", name=item, exact=True).click()

    async def answer(self, button: str, **fields: str) -> None:
        """Fill the open dialog's fields, and press its button."""
        dialog = self.page.get_by_role("dialog")
        for label, value in fields.items():
            await dialog.get_by_label(label.replace("_", " ")).fill(value)
        await dialog.get_by_role("button", name=button, exact=True).click()


@asynccontextmanager
async def window(chromium: str, look: Look) -> AsyncIterator[Page]:
    """Open a browser with a new profile, until the end of the block."""
    troubles: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text:
            troubles.append(message.text)

    with tempfile.TemporaryDirectory() as profile:
        async with async_playwright() as playwright:
            context = await playwright.chromium.launch_persistent_context(
                profile,
                executable_path=chromium,
                args=FLAGS,
                viewport={"width": look.size[0], "height": look.size[1]},
                color_scheme=look.scheme,
                locale="en-GB",
                device_scale_factor=look.scale,
                permissions=["clipboard-read", "clipboard-write"],
            )
            page = context.pages[0]
            page.set_default_timeout(TIMEOUT_MS)
            page.on("console", hear)
            page.on("pageerror", lambda error: troubles.append(str(error)))
            try:
                yield page
            finally:
                await context.close()
    assert troubles == []


@asynccontextmanager
async def desk(
    chromium: str,
    people: Sequence[str] = ("Anna",),
    look: Look | None = None,
    *arguments: str,
) -> AsyncIterator[Desk]:
    """Set up a desk with these users, until the end of the block."""
    async with simulator(*arguments) as viber, shop(viber) as bot:
        for name in people:
            await viber.sim("users", {"name": name})
        async with window(chromium, look or Look()) as page:
            await page.goto(viber.base)
            yield Desk(viber, bot, page)
