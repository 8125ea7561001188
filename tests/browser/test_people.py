"""The users on the left: added, found, changed, gone."""

from playwright.async_api import expect

from tests.browser.desk import desk


async def test_a_user_is_added_with_a_phone_of_their_own(chromium: str) -> None:
    """Name, language and version of the device are as given; the chat opens."""
    async with desk(chromium) as at:
        await at.page.get_by_role("button", name="Add", exact=True).click()
        await at.answer(
            "Add", Name="Marko", Language="sr", API_version_of_the_device="8"
        )

        users = at.page.get_by_role("navigation", name="Users")
        await expect(users.get_by_role("listitem")).to_have_count(2)
        await expect(users.locator("[aria-current=true]")).to_contain_text("Marko")
        await expect(at.page.get_by_role("main", name="Phone of Marko")).to_be_visible()
        found = await at.viber.sim("users/Marko")
        assert (found["language"], found["api_version"]) == ("sr", 8)


async def test_a_device_too_old_for_a_message_refuses_it(chromium: str) -> None:
    """The version set on the page is what Viber answers 13 by."""
    async with desk(chromium) as at:
        await at.page.get_by_label("Change Anna").click()
        await at.answer("Save", API_version_of_the_device="2")
        await at.write("hello")  # its keyboard needs version 3

        wire = at.page.get_by_role("tabpanel")
        await expect(wire.get_by_text("13 ")).not_to_have_count(0)


async def test_others_users_appear_and_go_by_themselves(chromium: str) -> None:
    """What scripts do to users shows without a reload."""
    async with desk(chromium) as at:
        users = at.page.get_by_role("navigation", name="Users")
        await expect(users.get_by_role("listitem")).to_have_count(1)
        await at.viber.sim("users", {"name": "Petro"})
        await expect(users).to_contain_text("Petro")

        await at.page.get_by_label("Change Anna").click()
        await at.answer("Remove the user")

        await expect(users).not_to_contain_text("Anna")
        await expect(at.page.get_by_role("main", name="Phone of Petro")).to_be_visible()


async def test_one_of_thousands_is_found_by_name(chromium: str) -> None:
    """Not all are listed, but all can be found."""
    async with desk(chromium, ()) as at:
        await at.viber.sim("users/batch", {"name": "Guest", "count": 3000})
        await at.page.reload()
        users = at.page.get_by_role("navigation", name="Users")
        await expect(users).to_contain_text("of 3000")

        await at.page.get_by_label("Search users").fill("guest 2999")

        await expect(users.get_by_role("listitem")).to_have_count(2)
        await users.get_by_role("button", name="Guest 2999").click()
        await at.write("me too")
        await expect(at.bubbles.last).to_contain_text("You wrote: me too")


async def test_each_user_has_a_chat(chromium: str) -> None:
    """Going from one to another, and a reload, mix nothing up."""
    async with desk(chromium, ("Anna", "Marko")) as at:
        await at.write("from Anna")
        await expect(at.bubbles).to_have_count(2)

        await at.page.get_by_role("button", name="Marko").first.click()
        await expect(at.page.get_by_role("main", name="Phone of Marko")).to_be_visible()
        await at.write("from Marko")
        await expect(at.bubbles.first).to_contain_text("from Marko")

        await at.page.reload()
        await expect(at.bubbles.first).to_contain_text("from Marko")
        await at.page.get_by_role("button", name="Anna").first.click()
        await expect(at.bubbles.first).to_contain_text("from Anna")
