"""Nothing that comes in a message is ever more than text."""

from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.browser.desk import desk
from tests.browser.shop import button, keyboard

SCRIPT = "<script>window.hacked = 1</script>"
IMAGE = "<img src=x onerror='window.hacked = 1'>"
HOSTILE = f"{SCRIPT}{IMAGE}&lt;b&gt;"
RUN = "javascript:window.hacked=1"

LAID_OUT = """async (text) => {
  const { NAME } = await import('/page/MODULE.js');
  const { html, render } = await import('/page/view.js');
  const place = document.createElement('div');
  render(html`${NAME(text)}`, place);
  return place.innerHTML;
}"""


async def laid_out(page: Page, module: str, name: str, text: str) -> Any:
    """Return the HTML that a module of the page makes of a text."""
    script = LAID_OUT.replace("NAME", name).replace("MODULE", module)
    return await page.evaluate(script, text)


async def test_hostile_messages_stay_text(chromium: str) -> None:
    """Text, captions, names, buttons and addresses: shown, not obeyed."""
    async with desk(chromium, (IMAGE,)) as at:
        at.shop.answers["attack"] = lambda _: [
            {
                "type": "text",
                "text": HOSTILE,
                "keyboard": keyboard(button(HOSTILE, IMAGE)),
            },
            {"type": "url", "media": RUN},
            {"type": "file", "media": RUN, "size": 1, "file_name": f"{IMAGE}.txt"},
            {
                "type": "contact",
                "contact": {"name": SCRIPT[:28], "phone_number": "+1"},
            },
        ]
        await at.write(HOSTILE)
        await expect(at.bubbles).to_have_count(2)
        await at.write("attack")
        await expect(at.bubbles).to_have_count(7)

        await expect(at.bubbles.nth(0).locator(".text")).to_have_text(HOSTILE)
        await expect(at.bubbles.nth(3).locator(".text")).to_have_text(HOSTILE)
        board = at.page.get_by_role("group", name="Keyboard")
        await expect(board).to_have_text(f"{SCRIPT}{IMAGE}<b>")
        assert await at.page.locator("a[href^=javascript]").count() == 0
        assert await at.page.locator("#root :is(script, [onerror])").count() == 0
        assert await at.page.evaluate("window.hacked") is None


async def test_a_hostile_address_of_a_button_is_not_opened(chromium: str) -> None:
    """Only http and https are; the press still tells the bot."""
    async with desk(chromium) as at:
        at.shop.answers["trap"] = lambda _: [
            {
                "type": "text",
                "text": "trap",
                "keyboard": keyboard(
                    button("Go", "data://text/html,x", ActionType="open-url")
                ),
            }
        ]
        await at.write("trap")
        await at.page.get_by_role("button", name="Go", exact=True).click()

        await expect(at.page.get_by_text("A phone would open")).to_be_visible()
        assert len(at.page.context.pages) == 1


async def test_the_policy_forbids_what_is_not_the_pages_own(chromium: str) -> None:
    """Inline scripts and styles, evaluation, foreign scripts and requests."""
    async with desk(chromium) as at:
        response = await at.page.request.get(at.viber.base)
        policy = response.headers["content-security-policy"]

        assert "default-src 'none'" in policy
        assert "script-src 'self';" in policy
        assert "unsafe" not in policy


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("<b>a</b><i>b</i><u>c</u><s>d</s>", "<b>a</b><i>b</i><u>c</u><s>d</s>"),
        ("a<br>b<BR/>c", "a<br>b<br>c"),
        (
            '<font color="#FF0000" size="20">a</font>',
            '<span style="color: rgb(255, 0, 0); font-size: 20px;">a</span>',
        ),
        ("<font color='red' size=90>a</font>", "<span>a</span>"),
        ("<b>a<i>b</b>c", "<b>a<i>b</i></b>c"),
        ("<b onclick='x'>a", "<b>a</b>"),
        ("</b>a &amp; b &#8372;", "a &amp; b ₴"),
        ("<a href=x>y</a>", "&lt;a href=x&gt;y&lt;/a&gt;"),
        ("1 < 2 > 0 &bogus;", "1 &lt; 2 &gt; 0 &amp;bogus;"),
    ],
)
async def test_buttons_know_the_tags_of_viber_and_no_other(
    chromium: str, text: str, made: str
) -> None:
    """Elements for b, i, u, s, br and font; unclosed ones end; the rest is text."""
    async with desk(chromium, ()) as at:
        assert await laid_out(at.page, "buttontext", "buttonText", text) == made


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("*a b* _c_ ~d~", "<b>a b</b> <i>c</i> <s>d</s>"),
        ("*a _b_*", "<b>a <i>b</i></b>"),
        ("```*a*\n b```", "<code>*a*\n b</code>"),
        ("snake_case_name 2*3*4", "snake_case_name 2*3*4"),
        ("* a * _ b _", "* a * _ b _"),
        ("*a\nb*", "*a\nb*"),
        ("Ціна: *100 ₴*!", "Ціна: <b>100 ₴</b>!"),
    ],
)
async def test_the_marks_of_a_text_become_elements(
    chromium: str, text: str, made: str
) -> None:
    """At the edge of words, within a line, one inside the other."""
    async with desk(chromium, ()) as at:
        assert await laid_out(at.page, "richtext", "richText", text) == made


async def test_addresses_in_a_text_can_be_followed(chromium: str) -> None:
    """Up to the full stop, and away from the page for good."""
    async with desk(chromium) as at:
        await at.write("see https://shop.example/a?b=1&c=(2). And javascript:alert(1)")

        link = at.bubbles.first.get_by_role("link")
        await expect(link).to_have_count(1)
        await expect(link).to_have_attribute("href", "https://shop.example/a?b=1&c=(2")
        await expect(link).to_have_attribute("rel", "noopener noreferrer")
