"""Long chats and busy wires: what is drawn stays little, and all can be reached."""

from playwright.async_api import expect

from tests.browser.desk import Desk, desk

MESSAGES = 1000
PAGE = 100


async def storm(at: Desk, count: int) -> None:
    """Let the user write so often, answered by nobody, up to the last tick."""
    at.shop.echoes = False
    await at.viber.sim("messages/batch", {"text": "n {n}", "count": count})
    await expect(at.bubbles.last).to_contain_text(f"n {count}", timeout=20_000)
    await expect(at.bubbles.last.get_by_role("img", name="delivered")).to_be_visible()


async def scroll_up(at: Desk, count: int) -> list[str]:
    """Scroll up until so many messages are loaded; return their texts."""
    log = at.page.locator(".log")
    while (before := await at.bubbles.count()) < count:
        await log.evaluate("element => element.scrollTo(0, 0)")
        await expect(at.bubbles).not_to_have_count(before)
    return await at.bubbles.locator(".text").all_text_contents()


async def test_a_long_chat_opens_at_its_end_and_loads_the_rest(chromium: str) -> None:
    """One page of it is asked for and drawn at first; scrolling up brings all."""
    async with desk(chromium) as at:
        await storm(at, MESSAGES)
        asked: list[str] = []
        at.page.on("request", lambda request: asked.append(request.url))

        await at.page.reload()

        await expect(at.bubbles.last).to_contain_text(f"n {MESSAGES}")
        await expect(at.bubbles.last).to_be_in_viewport()
        await expect(at.bubbles).to_have_count(PAGE)
        (chat,) = [url for url in asked if "/chat?" in url]
        assert f"limit={PAGE}" in chat
        texts = await scroll_up(at, MESSAGES)
        assert texts == [f"n {n}" for n in range(1, MESSAGES + 1)]


async def test_a_storm_is_followed_to_its_end(chromium: str) -> None:
    """What comes too fast is drawn together, and what is long past is let go."""
    async with desk(chromium) as at:
        await storm(at, 3 * MESSAGES)

        assert await at.bubbles.count() <= MESSAGES
        await expect(at.bubbles.last).to_be_in_viewport()


async def test_whoever_reads_above_is_left_there(chromium: str) -> None:
    """New messages come below, out of sight, without moving what is read."""
    async with desk(chromium) as at:
        await storm(at, PAGE)
        first = at.bubbles.first
        await first.scroll_into_view_if_needed()

        await at.write("more of it")

        await expect(at.bubbles).to_have_count(PAGE + 1)
        await expect(first).to_be_in_viewport()
        await expect(at.bubbles.last).not_to_be_in_viewport()
