"""How the page looks, and that nobody needs a mouse or good eyes for it."""

from playwright.async_api import expect

from tests.browser.desk import PHONE, Look, desk

COLOURS = "getComputedStyle(document.documentElement).backgroundColor"
OVERFLOW = "document.documentElement.scrollWidth - innerWidth"
NAMELESS = """() => [...document.querySelectorAll(
  'button, a, summary, input, select, textarea, [role=img]')]
  .filter((element) => element.checkVisibility())
  .filter((element) => !(
    element.getAttribute('aria-label') || element.labels?.length ||
    element.textContent.trim() || element.title))
  .map((element) => element.outerHTML)"""


async def test_everything_has_a_name_for_screen_readers(chromium: str) -> None:
    """Every button, field and picture, on each tab."""
    async with desk(chromium) as at:
        await at.write("hello")
        await at.write("Show me the watches")
        await expect(at.bubbles).to_have_count(5)
        for tab in ("Journey", "Faults", "Wire"):
            await at.tab(tab)
            assert await at.page.evaluate(NAMELESS) == []


async def test_dark_or_light_is_a_choice_that_stays(chromium: str) -> None:
    """As the system asks, or as a person chooses, also after a reload."""
    async with desk(chromium, look=Look(scheme="dark")) as at:
        dark = await at.page.evaluate(COLOURS)

        await at.page.get_by_label("Dark or light").click()
        light = await at.page.evaluate(COLOURS)
        await at.page.reload()

        assert dark != light == await at.page.evaluate(COLOURS)


async def test_a_phone_shows_one_part_at_a_time(chromium: str) -> None:
    """And nothing is wider than its screen."""
    async with desk(chromium, look=Look(PHONE)) as at:
        await at.write("Show me the watches")
        for part, shown in (
            ("Users", at.page.get_by_label("Search users")),
            ("Inspector", at.page.get_by_role("tab", name="Wire")),
            ("Chat", at.page.get_by_label("Message", exact=True)),
        ):
            await at.page.get_by_role("button", name=part, exact=True).click()
            await expect(shown).to_be_visible()
            assert await at.page.evaluate(OVERFLOW) <= 0
        await expect(at.page.get_by_role("tab", name="Wire")).to_be_hidden()


async def test_a_phone_keeps_the_choices_of_the_wire_side_by_side(
    chromium: str,
) -> None:
    """One of them alone on a line looked lost."""
    async with desk(chromium, look=Look(PHONE)) as at:
        await at.page.get_by_role("button", name="Inspector", exact=True).click()

        boxes = [at.page.get_by_label(f"only {what}") for what in ("Anna", "troubles")]
        await expect(boxes[0]).to_be_visible()
        left, right = [await box.bounding_box() for box in boxes]

        assert left
        assert right
        assert left["y"] == right["y"]
        assert left["x"] < right["x"]


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
