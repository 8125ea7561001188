"""The official SDKs of Viber, and a community one, as clients of the simulator.

They are old and clash with what the project needs, so each is installed once into a
cache folder of its own.  Where that cannot be done, its test is skipped and says why.
"""

import asyncio
import os
import shutil
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.simulator.process import DEADLINE_SECONDS, Running, simulator

FOLDER = Path(__file__).parent / "sdks"
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
INSTALL_SECONDS = 240
KINDS = ["text", "picture", "video", "file", "contact", "location", "url", "sticker"]
MESSAGES: list[dict[str, Any]] = [
    {"type": "text", "text": "Привіт 😀"},
    {"type": "picture"},
    {"type": "video"},
    {"type": "file"},
    {"type": "sticker", "sticker_id": 153500},
    {"type": "contact", "contact": {"name": "Ivan", "phone_number": "+380000000001"}},
    {"type": "location", "location": {"lat": 50.4501, "lon": 30.5234}},
    {"type": "url", "media": "https://example.org/"},
]

Json = dict[str, Any]
Command = list[str]


@dataclass(frozen=True, slots=True)
class Sdk:
    """An SDK: the package at its version, how to install and how to run it."""

    package: str
    version: str
    script: str
    install: Callable[["Sdk", Path], list[Command]]
    run: Callable[[Path], Command]
    sends: int = 10
    # The Node SDK reads the tokens in answers as doubles, which ruins their end.
    read_token: Callable[[str], float] = int

    @property
    def home(self) -> Path:
        """Where it is installed."""
        return CACHE / "viber-gateway-tests" / f"{self.package}-{self.version}"


def _pip(sdk: Sdk, home: Path) -> list[Command]:
    return [
        [sys.executable, "-m", "venv", str(home)],
        [
            str(home / "bin" / "pip"),
            "install",
            "-q",
            "--disable-pip-version-check",
            f"{sdk.package}=={sdk.version}",
        ],
    ]


def _npm(sdk: Sdk, home: Path) -> list[Command]:
    package = f"{sdk.package}@{sdk.version}"
    return [["npm", "install", "--silent", "--prefix", str(home), package]]


def _python(home: Path) -> Command:
    return [str(home / "bin" / "python")]


def _node(home: Path) -> Command:
    return ["env", f"NODE_PATH={home / 'node_modules'}", "node"]


SDKS = [
    Sdk("viberbot", "1.0.12", "viberbot_bot.py", _pip, _python),
    Sdk("aioviberbot", "0.7.0", "aioviberbot_bot.py", _pip, _python, sends=11),
    Sdk("viber-bot", "1.0.18", "viber_bot.js", _npm, _node, read_token=float),
]


async def _succeeds(command: Command) -> bool:
    if shutil.which(command[0]) is None:
        return False
    process = await asyncio.create_subprocess_exec(
        *command, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL
    )
    async with asyncio.timeout(INSTALL_SECONDS):
        return await process.wait() == 0


async def installed(sdk: Sdk) -> Path:
    """Return the SDK's home, after installing it there if need be."""
    done = sdk.home / "installed"
    if not done.exists():
        shutil.rmtree(sdk.home, ignore_errors=True)
        sdk.home.mkdir(parents=True)
        for command in sdk.install(sdk, sdk.home):
            if not await _succeeds(command):
                pytest.skip(f"{sdk.package} cannot be had: {command[0]} failed")
        done.touch()
    return sdk.home


@dataclass(slots=True)
class Bot:
    """A bot under way; ``lines`` are those it printed that nobody asked for yet."""

    process: asyncio.subprocess.Process
    lines: list[Json] = field(default_factory=list)

    async def told(self, name: str, value: str | None = None) -> Json:
        """Return the first line that has this member, with this value if any."""
        while True:
            for line in self.lines:
                if name in line and (value is None or line[name] == value):
                    self.lines.remove(line)
                    return line
            self.lines.append(await self._next_line())

    async def _next_line(self) -> Json:
        assert self.process.stdout is not None
        async with asyncio.timeout(DEADLINE_SECONDS):
            line = await self.process.stdout.readline()
        assert line, "the bot ended"
        decoded: Json = msgspec.json.decode(line)
        assert "failed" not in decoded, decoded
        return decoded


@asynccontextmanager
async def bot(sdk: Sdk, running: Running, token: str) -> AsyncIterator[Bot]:
    """Run a bot on the SDK until the end of the block."""
    command = sdk.run(await installed(sdk))
    process = await asyncio.create_subprocess_exec(
        *command,
        str(FOLDER / sdk.script),
        f"{running.base}/pa",
        token,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        yield Bot(process)
    finally:
        assert process.stdin is not None
        process.stdin.close()
        await process.wait()


@pytest.mark.timeout(2 * INSTALL_SECONDS)
@pytest.mark.parametrize("sdk", SDKS, ids=lambda sdk: sdk.package)
async def test_an_sdk_finds_everything_as_it_expects(sdk: Sdk) -> None:
    """It sets its webhook, parses every callback, sends every type, asks everything."""
    await installed(sdk)
    async with (
        simulator("--bot", "main=t-sdk") as running,
        bot(sdk, running, "t-sdk") as client,
    ):
        assert "conversation_started" in (await client.told("ready"))["ready"]
        await running.sim("users", {"name": "Anna", "api_version": 8})

        await running.sim("users/Anna/open", {"context": "flyer"})
        await client.told("callback", "conversation_started")
        await running.sim("users/Anna/subscribe", {})
        await client.told("callback", "subscribed")
        for message in MESSAGES:
            await running.sim("messages", {"user": "Anna", "message": message})
            await client.told("callback", "message")
        await running.sim("messages", {"user": "Anna", "text": "everything"})
        sent = await client.told("sent")
        for _ in range(sdk.sends):
            await client.told("callback", "delivered")
        await running.sim("users/Anna/seen", {})
        await client.told("callback", "seen")
        await running.sim("users/Anna/unsubscribe", {})
        await client.told("callback", "unsubscribed")

        user = await running.sim("users/Anna")
        chat = await running.sim("chat?user=Anna")
        log = await running.sim("log?kind=callback")

    shown = [bubble for bubble in chat if bubble["direction"] == "out"]
    assert len(sent["sent"]) == sdk.sends
    assert [bubble["message"].get("type") for bubble in shown][:8] == KINDS
    assert {bubble["status"] for bubble in shown} == {"seen"}
    tokens = [bubble["message_token"] for bubble in shown]
    assert list(map(sdk.read_token, sent["sent"])) == list(map(sdk.read_token, tokens))
    assert (sent["details"], sent["online"], sent["account"]) == (user["id"], 0, 0)
    assert {entry["http_status"] for entry in log["entries"]} == {200}
