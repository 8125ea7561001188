"""A person at the page talks with the bot."""

import pytest
from playwright.async_api import Locator, expect

from tests.browser.desk import Desk, desk
from tests.browser.shop import Json, button, keyboard


def ticked(bubble: Locator, tick: str) -> Locator:
    """Return the bubble's tick of that name."""
    return bubble.get_by_role("img", name=tick, exact=True)


async def test_what_a_person_writes_is_answered(chromium: str) -> None:
    """Both bubbles show, and how far each got."""
    async with desk(chromium) as at:
        await at.write("what time is it?")

        own, answer = at.bubbles.nth(0), at.bubbles.nth(1)
        await expect(own).to_contain_text("what time is it?")
        await expect(ticked(own, "delivered")).to_be_visible()
        await expect(answer).to_contain_text("You wrote: what time is it?")
        await expect(ticked(answer, "seen")).to_be_visible()


async def test_enter_sends_and_shift_enter_begins_a_line(chromium: str) -> None:
    """An empty message is not sent at all."""
    async with desk(chromium) as at:
        await at.write("   ")
        await at.page.get_by_label("Message", exact=True).fill("one")
        await at.page.keyboard.press("Shift+Enter")
        await at.page.keyboard.type("two")
        await at.page.keyboard.press("Enter")

        await expect(at.bubbles).to_have_count(2)
        assert [m["message"]["text"] for m in heard(at, "message")] == ["one\ntwo"]


async def test_buttons_of_the_keyboard_reply_in_their_places(chromium: str) -> None:
    """A wide button fills the row, two half ones share the next."""
    async with desk(chromium) as at:
        await at.write("hello")
        board = at.page.get_by_role("group", name="Keyboard")
        wide = await board.get_by_role("button", name="Our watches").bounding_box()
        half = await board.get_by_role("button", name="My order").bounding_box()
        assert wide is not None
        assert half is not None
        assert wide["width"] == pytest.approx(2 * half["width"], abs=4)
        assert half["y"] >= wide["y"] + wide["height"]

        await board.get_by_role("button", name="My order").click()

        await expect(at.bubbles.last.locator("b")).to_have_text("A-1001")
        await expect(at.bubbles.last.locator("s")).to_have_text("tomorrow")
        await expect(at.bubbles.last.locator("code")).to_have_text("7431-9920")


async def test_buttons_that_share_ask_before_they_do(chromium: str) -> None:
    """The phone number as a contact, the place as a location."""
    async with desk(chromium) as at:
        await at.write("hello")
        board = at.page.get_by_role("group", name="Keyboard")

        await board.get_by_role("button", name="Call me").click()
        await at.answer("Share")
        await expect(at.bubbles.nth(3)).to_contain_text("You wrote: contact")
        await board.get_by_role("button", name="Where am I?").click()
        await at.answer("Send", Latitude="49.84", Longitude="24.03")
        await expect(at.bubbles.nth(5)).to_contain_text("You wrote: location")

        contact, place = (heard["message"] for heard in heard(at, "message")[1:])
        assert contact["contact"]["name"] == "Anna"
        assert place["location"] == {"lat": 49.84, "lon": 24.03}


async def test_a_button_to_a_page_opens_it_and_tells_the_bot(chromium: str) -> None:
    """In a window that cannot reach back."""
    async with desk(chromium) as at:
        await at.write("hello")
        async with at.page.context.expect_page() as opened:
            await at.page.get_by_role("button", name="Website").click()

        assert await (await opened.value).evaluate("window.opener") is None
        await expect(at.bubbles.nth(2)).to_contain_text("https://shop.example/")


async def test_cards_can_be_swiped_and_their_buttons_pressed(chromium: str) -> None:
    """Rich media lies in cards; a button without action sends nothing."""
    async with desk(chromium) as at:
        await at.write("Show me the watches")
        cards = at.page.get_by_role("group", name="Rich media, 3 cards")
        last = cards.get_by_role("group", name="Card 3 of 3")

        for card in (cards.get_by_role("group", name="Card 2 of 3"), last):
            await cards.get_by_role("button", name="To the next card").click()
            await expect(card).to_be_in_viewport(ratio=1)
        await last.get_by_text("Night").click()
        await last.get_by_role("button", name="Buy").click()

        await expect(at.bubbles.last).to_contain_text("🎉")
        texts = [message["message"]["text"] for message in heard(at, "message")]
        assert texts == ["Show me the watches", "buy:night"]


@pytest.mark.parametrize(
    ("kind", "member"),
    [
        ("Picture", "media"),
        ("Video", "duration"),
        ("File", "file_name"),
        ("Sticker", "sticker_id"),
        ("Contact", "contact"),
        ("Location", "location"),
    ],
)
async def test_what_is_attached_reaches_the_bot(
    chromium: str, kind: str, member: str
) -> None:
    """Every kind that a phone can send, with a sample of its own."""
    async with desk(chromium) as at:
        await at.menu("Attach", kind)
        await at.answer("Send")

        await expect(at.bubbles.nth(1)).to_contain_text(f"You wrote: {kind.lower()}")
        message = heard(at, "message")[0]["message"]
        assert message["type"] == kind.lower()
        assert member in message


async def test_everything_that_a_bot_sends_is_shown(chromium: str) -> None:
    """One bubble for each kind of message, none as raw JSON."""
    async with desk(chromium) as at:
        await at.write("all")

        await expect(at.bubbles).to_have_count(7)
        shown = ("Video", "a.pdf", "+380000000003", "50.4501", "shop.example")
        for number, text in enumerate(shown, start=1):
            await expect(at.bubbles.nth(number)).to_contain_text(text)
        await expect(at.page.get_by_role("img", name="Sticker 46105")).to_be_visible()


async def test_opening_the_chat_brings_the_welcome_message(chromium: str) -> None:
    """A deep link's context reaches the bot; its answer is shown, with the keyboard."""
    async with desk(chromium) as at:
        text = {"type": "text", "text": "Welcome to the shop"}
        at.shop.welcome = text | {"keyboard": keyboard(button("Menu", "menu"))}
        await at.page.get_by_role("button", name="Follow a deep link…").click()
        await at.answer("Open", Context="flyer-7")

        await expect(at.bubbles).to_contain_text("Welcome to the shop")
        await expect(at.page.get_by_role("button", name="Menu")).to_be_visible()
        assert heard(at, "conversation_started")[0]["context"] == "flyer-7"


async def test_a_user_subscribes_and_leaves(chromium: str) -> None:
    """The bot hears of both, and the phone says which it is."""
    async with desk(chromium) as at:
        phone = at.page.get_by_role("main")
        await at.menu("What the user can do", "Subscribe")
        await expect(phone).to_contain_text("· subscribed")
        await at.menu("What the user can do", "Unsubscribe")
        await expect(phone).to_contain_text("· not subscribed")

        assert [heard["event"] for heard in at.shop.heard[-2:]] == [
            "subscribed",
            "unsubscribed",
        ]


async def test_a_phone_that_is_off_gets_its_messages_later(chromium: str) -> None:
    """Sent, then delivered and seen when it is on again."""
    async with desk(chromium) as at:
        await at.menu("What the user can do", "Go offline")
        await at.write("are you there?")
        await expect(ticked(at.bubbles.nth(1), "sent")).to_be_visible()

        await at.menu("What the user can do", "Go online")

        await expect(ticked(at.bubbles.nth(1), "seen")).to_be_visible()


async def test_what_the_phone_refuses_is_marked_as_failed(chromium: str) -> None:
    """With the reason, which Viber does not tell."""
    async with desk(chromium) as at:
        await at.tab("Faults")
        await at.switch("Refuses messages")
        await at.write("hello")

        await expect(ticked(at.bubbles.nth(1), "failed")).to_be_visible()


async def test_nothing_is_seen_while_nobody_reads(chromium: str) -> None:
    """Reading is a choice: without it messages stay delivered and are counted."""
    async with desk(chromium) as at:
        await at.page.get_by_label("Change Anna").click()
        reads = at.page.get_by_label("Sees messages while this page shows the chat")
        await reads.uncheck()
        await at.answer("Save")
        await at.write("one")

        await expect(ticked(at.bubbles.nth(1), "delivered")).to_be_visible()
        await expect(at.page.get_by_label("1 unseen")).to_be_visible()
        await at.menu("What the user can do", "See all messages")
        await expect(ticked(at.bubbles.nth(1), "seen")).to_be_visible()


def heard(at: Desk, event: str) -> list[Json]:
    """Return the callbacks of a kind that the bot got."""
    return [callback for callback in at.shop.heard if callback["event"] == event]
