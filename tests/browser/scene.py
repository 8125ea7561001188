"""The conversation on the documentation's pictures, and how they are taken.

They are written to docs/images where the environment says SCREENSHOTS=1, else to the
test's own folder, so that they can be taken at any time.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.async_api import Locator, Page, expect

from simulator.composition import DEFAULT_TOKEN
from tests.browser.desk import Desk, Look, desk
from tests.browser.shop import HELLO, MENU, Json

IMAGES = Path(__file__).parents[2] / "docs" / "images"
SMALL_BYTES = 200_000
LOADED = "[...document.images].every((image) => image.complete)"
SCENARIO = f"""
bots:
  - {{name: shop, title: Fixture Shop, token: {DEFAULT_TOKEN}}}
users:
  - {{name: Anna, country: GB}}
  - {{name: Marko Primer, language: sr, country: RS, api_version: 8}}
  - {{name: Олена, language: uk-UA, country: UA}}
  - {{name: Petro, language: uk-UA, country: UA, online: false}}
"""
OTHERS = {
    "Marko Primer": ("Is the Noon waterproof?", "Yes, down to 50 m."),
    "Олена": ("Годинник уже в мене", "Дякуємо! 🙏"),
}


@asynccontextmanager
async def scene(chromium: str, folder: Path, look: Look) -> AsyncIterator[Desk]:
    """Set up the shop and its users; Anna has talked with it."""
    file = folder / "scenario.yaml"
    file.write_text(SCENARIO, "utf-8")
    async with desk(chromium, (), look, "--scenario", str(file)) as at:
        await _let_others_write(at)
        await _talk(at)
        yield at


async def shoot(what: Page | Locator, path: Path) -> None:
    """Take a picture that is sharp on fine screens and yet small: of 256 colours."""
    _save(await what.screenshot(animations="disabled"), path)


def _save(picture: bytes, path: Path) -> None:
    few_colours = Image.open(BytesIO(picture)).convert("RGB").quantize()
    few_colours.save(path, optimize=True)
    assert path.stat().st_size < SMALL_BYTES


async def _let_others_write(at: Desk) -> None:
    for name, (text, answer) in OTHERS.items():
        at.shop.answers[text] = _saying(answer)
        await at.viber.sim("messages", {"user": name, "text": text})
        await expect(at.page.locator(".people")).to_contain_text(answer)


def _saying(text: str) -> Callable[[str], list[Json]]:
    return lambda _: [{"type": "text", "text": text}]


async def _talk(at: Desk) -> None:
    welcome = {"type": "text", "text": HELLO, "keyboard": MENU, "min_api_version": 3}
    at.shop.welcome = welcome
    await at.page.get_by_role("button", name="Open the chat", exact=True).click()
    board = at.page.get_by_role("group", name="Keyboard")
    for button, bubbles in {"My order": 3, "Our watches": 6}.items():
        await board.get_by_role("button", name=button).click()
        await expect(at.bubbles).to_have_count(bubbles)
    await expect(at.bubbles.last.get_by_role("img", name="seen")).to_be_visible()
    await at.page.wait_for_function(LOADED)
