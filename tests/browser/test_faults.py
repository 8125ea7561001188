"""What goes wrong on purpose, switched on and off by a person."""

from playwright.async_api import expect

from tests.browser.desk import desk


async def test_after_an_outage_everything_arrives_in_order(chromium: str) -> None:
    """Nothing while it lasts; all of it afterwards, each once."""
    texts = [f"number {number}" for number in range(1, 6)]
    async with desk(chromium) as at:
        await at.tab("Faults")
        await at.switch("Outage")
        await expect(at.page.get_by_role("switch", name="Outage")).to_be_checked()
        for text in texts:
            await at.write(text)
        await expect(at.page.get_by_label("Faults in force")).to_contain_text("struck")
        await expect(at.bubbles).to_have_count(5)

        await at.switch("Outage")

        await expect(at.bubbles).to_have_count(10)
        answers = await at.page.locator(".bots .text").all_inner_texts()
        assert answers == [f"You wrote: {text}" for text in texts]
        await expect(at.page.get_by_label("Faults in force")).to_contain_text("None")


async def test_a_fault_can_be_meant_for_one_user(chromium: str) -> None:
    """The others' messages go on."""
    async with desk(chromium, ("Anna", "Marko")) as at:
        await at.tab("Faults")
        await at.page.get_by_role("button", name="only Anna").click()
        await at.switch("Refuses messages")
        in_force = at.page.get_by_label("Faults in force")
        await expect(in_force).to_contain_text("Anna")

        await at.write("to Anna")
        await expect(at.bubbles.get_by_role("img", name="failed")).to_have_count(1)
        await at.page.get_by_role("button", name="Marko").first.click()
        await at.write("to Marko")

        await expect(at.bubbles).to_have_count(2)
        await expect(at.bubbles.get_by_role("img", name="seen")).to_have_count(1)


async def test_the_dials_set_latency_and_errors(chromium: str) -> None:
    """By keyboard, as any slider; back at zero the fault is gone."""
    async with desk(chromium) as at:
        await at.tab("Faults")
        for name in ("Latency", "Errors"):
            await at.page.get_by_role("slider", name=name).focus()
            await at.page.keyboard.press("ArrowRight")
            await expect(at.page.get_by_role("slider", name=name)).to_have_value("1")
        await expect(at.page.get_by_role("tab", name="Faults 2")).to_be_visible()
        delay, errors = await at.viber.sim("faults")
        assert delay["delay_ms"] == {"mean": 200, "deviation": 50}
        assert (errors["code"], errors["probability"]) == (500, 0.05)

        for name in ("Latency", "Errors"):
            await at.page.get_by_role("slider", name=name).focus()
            await at.page.keyboard.press("ArrowLeft")

        await expect(at.page.get_by_label("Faults in force")).to_contain_text("None")


async def test_any_fault_can_be_described_in_full(chromium: str) -> None:
    """The form takes what no switch offers, and the list ends it."""
    async with desk(chromium) as at:
        await at.tab("Faults")
        await at.page.get_by_role("button", name="Another fault…").click()
        dialog = at.page.get_by_role("dialog")
        await dialog.get_by_label("What").select_option("status")
        await dialog.get_by_role("spinbutton", name="Status").fill("12")
        await at.answer("Put in force", At_most_so_often="1")

        in_force = at.page.get_by_label("Faults in force")
        await expect(in_force).to_contain_text("status 12")
        await at.write("once refused")
        await expect(at.bubbles).to_have_count(2)
        await expect(in_force).to_contain_text("struck 1 of")
        await in_force.get_by_role("button", name="End status").click()
        await expect(in_force).to_contain_text("None")


async def test_faults_that_others_set_are_announced(chromium: str) -> None:
    """The bar on top says so, and leads to them."""
    async with desk(chromium) as at:
        await expect(at.page.get_by_text("live")).to_be_visible()
        await at.viber.sim("faults", {"kind": "doubled"})
        await at.write("twice?")

        await at.page.get_by_role("button", name="1 fault in force").click()

        await expect(at.page.get_by_label("Faults in force")).to_contain_text("doubled")
