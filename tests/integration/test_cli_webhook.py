"""`viber-gateway webhook` against the simulator, and a public URL that is ours."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.integration.command_line import Ended, viber_gateway
from tests.simulator.process import Hook, Running, hook, simulator

# Each command is a process of its own, and a test runs several.
pytestmark = pytest.mark.timeout(60)

BOTS = ("shop", "news")


@dataclass(frozen=True, slots=True)
class Setup:
    """Viber, a public URL with one hook for both bots, and the settings."""

    viber: Running
    public: Hook
    settings: dict[str, str]

    async def run(self, *arguments: str, **settings: str) -> Ended:
        """Run a command of the group."""
        together = self.settings | settings
        return await asyncio.to_thread(
            viber_gateway, "webhook", *arguments, settings=together
        )

    async def known(self, bot: str) -> Any:
        """Return what Viber knows of a bot."""
        return await self.viber.sim(f"bots/{bot}")

    def url(self, bot: str) -> str:
        """Return where callbacks of a bot go."""
        return f"{self.settings['VIBER_WEBHOOK_URL']}/webhooks/{bot}"


@pytest.fixture
async def setup(tmp_path: Path) -> AsyncIterator[Setup]:
    """Two bots, of which `shop` wants `delivered` only."""
    tables = []
    for name in BOTS:
        (tmp_path / name).write_text(f"token-of-{name}")
        tables.append(f"[bots.{name}]\ntoken_file = '{tmp_path / name}'\n")
    tables[0] += 'event_types = ["delivered"]\n'
    (tmp_path / "bots.toml").write_text("".join(tables))
    bots = [f"--bot={name}=token-of-{name}" for name in BOTS]
    async with simulator(*bots) as viber, hook() as public:
        settings = {
            "KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:1",  # these commands need none
            "VIBER_API_URL": f"{viber.base}/pa",
            "VIBER_AUTH_TOKEN": "",
            "VIBER_BOTS_FILE": str(tmp_path / "bots.toml"),
            "VIBER_WEBHOOK_URL": public.url.removesuffix("/hook"),
        }
        yield Setup(viber, public, settings)


async def test_set_tells_viber_the_path_and_events_of_each_bot(setup: Setup) -> None:
    """Viber knows them afterwards, and `show` shows them."""
    ended = await setup.run("set")
    shown = await setup.run("show", "--json")

    assert ended.code == 0, ended.err
    assert ended.out.splitlines() == [
        f"shop: set to {setup.url('shop')}; events: delivered",
        f"news: set to {setup.url('news')}; events: all",
    ]
    shop, news = [await setup.known(bot) for bot in BOTS]
    assert (shop["webhook"], news["webhook"]) == (setup.url("shop"), setup.url("news"))
    assert "seen" not in shop["event_types"]
    assert "seen" in news["event_types"]
    assert shop["send_name"] is shop["send_photo"] is True
    assert [(bot["bot"], bot["webhook"]) for bot in shown.json()] == [
        ("shop", setup.url("shop")),
        ("news", setup.url("news")),
    ]


async def test_one_bot_can_be_named_and_names_left_out(setup: Setup) -> None:
    """The other bot is left alone."""
    ended = await setup.run("set", "--bot", "shop", "--no-names")

    assert ended.code == 0
    assert (await setup.known("shop"))["send_name"] is False
    assert (await setup.known("news"))["webhook"] == ""


async def test_an_unknown_bot_is_wrong_usage(setup: Setup) -> None:
    """The known ones are told."""
    ended = await setup.run("show", "--bot", "shp")

    assert ended.code == 2
    assert "configured are: news, shop" in ended.err


async def test_wait_begins_when_the_public_url_answers_200(setup: Setup) -> None:
    """What answers before, in place of the gateway, is waited out."""
    setup.public.answer = b"HTTP/1.1 503 Not Yet\r\nContent-Length: 0\r\n\r\n"
    async with asyncio.TaskGroup() as tasks:
        setting = tasks.create_task(setup.run("set", "--bot", "shop", "--wait"))
        await setup.public.next()
        setup.public.answer = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"

    ended = setting.result()
    assert ended.code == 0, ended.err
    assert (await setup.known("shop"))["webhook"] == setup.url("shop")


async def test_wait_gives_up_in_time_and_says_why(setup: Setup) -> None:
    """Viber is not asked then; each bot's reason is told."""
    setup.public.answer = b"HTTP/1.1 404 Nobody\r\nContent-Length: 0\r\n\r\n"

    ended = await setup.run("set", "--wait", "--wait-seconds", "0")

    assert ended.code == 1
    assert ended.err.count("is not ready after 0 s: the URL answers 404") == 2
    assert (await setup.known("shop"))["webhook"] == ""


async def test_a_webhook_that_viber_cannot_verify_is_explained(setup: Setup) -> None:
    """Its Java text becomes a sentence."""
    setup.public.answer = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n"

    ended = await setup.run("set", "--bot", "shop")

    assert ended.code == 1
    (line,) = ended.err.splitlines()
    assert line.startswith("viber-gateway: bot shop: the URL answers 403: the gateway ")


async def test_a_wrong_token_is_wrong_settings_and_others_go_on(
    setup: Setup, tmp_path: Path
) -> None:
    """Exit code 2; the token is not shown; the other bot is set."""
    (tmp_path / "shop").write_text("not-the-token")

    ended = await setup.run("set", "--json")

    assert ended.code == 2
    assert ended.err == "viber-gateway: bot shop: Viber does not know this token\n"
    assert "not-the-token" not in ended.out
    assert [bot["exit_code"] for bot in ended.json()] == [2, 0]
    assert (await setup.known("news"))["webhook"] == setup.url("news")


async def test_remove_asks_first_and_then_does_it(setup: Setup) -> None:
    """Without a yes nothing happens."""
    await setup.run("set")

    asked = await setup.run("remove", "--bot", "shop")
    between = await setup.known("shop")
    removed = await setup.run("remove", "--bot", "shop", "--yes")

    assert asked.code == 1
    assert "Remove the webhook of shop?" in asked.err
    assert between["webhook"] == setup.url("shop")
    assert removed.code == 0
    assert (await setup.known("shop"))["webhook"] == ""


async def test_reconcile_sets_only_what_differs(setup: Setup) -> None:
    """A second run finds nothing to do; --dry-run never does anything."""
    old = setup.public.url
    await setup.viber.api("set_webhook", {"url": old}, "token-of-shop")
    await setup.run("set", "--bot", "news")

    dry = await setup.run("reconcile", "--dry-run", "--json")
    before = await setup.known("shop")
    done = await setup.run("reconcile")
    again = await setup.run("reconcile", "--json")

    assert [len(bot["differences"]) for bot in dry.json()] == [4, 0]
    assert before["webhook"] == old
    assert done.code == 0, done.err
    assert "seen comes; " in done.out
    assert (await setup.known("shop"))["webhook"] == setup.url("shop")
    assert [bot["differences"] for bot in again.json()] == [[], []]


async def test_a_missing_public_url_is_a_fault_of_the_settings(setup: Setup) -> None:
    """It is named, and Viber is not asked."""
    ended = await setup.run("set", VIBER_WEBHOOK_URL="")

    assert ended.code == 2
    assert ended.err.startswith("viber-gateway: VIBER_WEBHOOK_URL: is required")


async def test_viber_out_of_reach_is_told_apart_from_its_refusals(setup: Setup) -> None:
    """Exit code 1, one line per bot."""
    ended = await setup.run("show", VIBER_API_URL="http://127.0.0.1:1/pa")

    assert ended.code == 1
    assert ended.err.count("Viber is not reached: no connection") == 2
