"""How the page looks; the pictures of the documentation are made here.

They are written to the test's own folder, and to docs/images where the environment
says SCREENSHOTS=1.
"""

import os
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tests.browser.desk import PHONE, Desk, Look, desk

IMAGES = Path(__file__).parents[2] / "docs" / "images"
COLOURS = "getComputedStyle(document.documentElement).backgroundColor"
OVERFLOW = "document.documentElement.scrollWidth - innerWidth"
LOADED = "[...document.images].every((image) => image.complete)"
NAMELESS = """() => [...document.querySelectorAll(
  'button, a, summary, input, select, textarea, [role=img]')]
  .filter((element) => element.checkVisibility())
  .filter((element) => !(
    element.getAttribute('aria-label') || element.labels?.length ||
    element.textContent.trim() || element.title))
  .map((element) => element.outerHTML)"""


@pytest.fixture
def images(tmp_path: Path) -> Path:
    """Return where pictures go."""
    return IMAGES if os.environ.get("SCREENSHOTS") else tmp_path


async def shoot(page: Page, images: Path, name: str) -> None:
    """Take a picture, small enough for a README."""
    path = images / name
    await page.screenshot(path=path)
    assert path.stat().st_size < 300_000


async def talk(at: Desk) -> None:
    """Let Anna talk with the shop."""
    await at.viber.sim("users", {"name": "Marko Primer", "language": "sr"})
    await at.viber.sim("users", {"name": "Олена", "language": "uk-UA"})
    await at.viber.sim("messages", {"user": "Олена", "text": "Дякую! 🙏"})
    answers = {"hello": 2, "delivery": 4, "watches": 7}
    for text, bubbles in answers.items():
        await at.write(text)
        await expect(at.bubbles).to_have_count(bubbles)
    await expect(at.bubbles.last.get_by_role("img", name="seen")).to_be_visible()
    await at.page.wait_for_function(LOADED)


async def test_the_page_in_the_light(chromium: str, images: Path) -> None:
    """A chat with cards and a keyboard, and the wire beside it."""
    async with desk(chromium) as at:
        await talk(at)
        await (
            at.page.get_by_role("listitem")
            .filter(has_text="message Anna")
            .first.click()
        )
        await shoot(at.page, images, "chat-page.png")

        assert await at.page.evaluate(NAMELESS) == []


async def test_the_page_in_the_dark(chromium: str, images: Path) -> None:
    """As the system asks, or as a person chooses, also after a reload."""
    async with desk(chromium, look=Look(scheme="dark")) as at:
        await talk(at)
        dark = await at.page.evaluate(COLOURS)
        await at.tab("Faults")
        await at.switch("Outage")
        await at.write("Is anybody there?")
        await expect(at.page.get_by_label("Faults in force")).to_contain_text("struck")
        await shoot(at.page, images, "chat-page-dark.png")
        assert await at.page.evaluate(NAMELESS) == []

        await at.page.get_by_label("Dark or light").click()
        light = await at.page.evaluate(COLOURS)
        await at.page.reload()

        assert dark != light == await at.page.evaluate(COLOURS)


async def test_the_page_on_a_phone(chromium: str, images: Path) -> None:
    """One part at a time, nothing wider than the screen."""
    async with desk(chromium, look=Look(PHONE)) as at:
        await talk(at)
        await shoot(at.page, images, "chat-page-phone.png")
        for part, shown in (
            ("Users", at.page.get_by_label("Search users")),
            ("Inspector", at.page.get_by_role("tab", name="Wire")),
            ("Chat", at.page.get_by_label("Message", exact=True)),
        ):
            await at.page.get_by_role("button", name=part, exact=True).click()
            await expect(shown).to_be_visible()
            assert await at.page.evaluate(OVERFLOW) <= 0
        await expect(at.page.get_by_role("tab", name="Wire")).to_be_hidden()


async def test_everything_can_be_done_by_keyboard(chromium: str) -> None:
    """From the list to the menu and back, without a mouse."""
    async with desk(chromium) as at:
        keyboard = at.page.keyboard
        menu = at.page.get_by_label("What the user can do", exact=True)
        await menu.focus()
        await keyboard.press("Enter")
        await keyboard.press("Tab")
        await expect(
            at.page.get_by_role("button", name="Open the chat…")
        ).to_be_focused()
        await keyboard.press("Escape")
        await expect(menu).to_be_focused()

        await keyboard.press("Enter")
        for _ in range(2):
            await keyboard.press("Tab")
        await keyboard.press("Enter")
        await expect(at.page.get_by_role("main")).to_contain_text("· subscribed")
        await at.page.get_by_role("button", name="Add", exact=True).focus()
        await keyboard.press("Enter")
        await expect(at.page.get_by_label("Name", exact=True)).to_be_focused()
        await keyboard.press("Escape")
        await expect(at.page.get_by_role("dialog")).to_have_count(0)
