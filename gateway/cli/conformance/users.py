"""Simulated users, for `viber-gateway conformance`: they write, press, and look."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from gateway.cli.local import BOT
from gateway.cli.web import ask

Json = Mapping[str, Any]


class Users:
    """All users of the bot under test.

    Args:
        simulator: Where the simulator is.
    """

    def __init__(self, simulator: str) -> None:
        self._sim = f"{simulator}/sim"

    async def add(self, *, subscribed: bool = True) -> str:
        """Make a user; return the id."""
        user = await ask(f"{self._sim}/users", {"bot": BOT, "subscribed": subscribed})
        return str(user["id"])

    async def act(self, user: str, verb: str, content: object) -> None:
        """Let a user do something: `open`, `subscribe`, `press`, `messages`."""
        await ask(f"{self._sim}/users/{quote(user, safe='')}/{verb}", content)

    async def write(self, user: str, text: str) -> None:
        """Let a user write."""
        await self.act(user, "messages", {"text": text})

    async def chat(self, user: str) -> list[Json]:
        """Return what the bot has shown to a user, oldest first."""
        url = f"{self._sim}/users/{quote(user, safe='')}/chat"
        return [bubble for bubble in await ask(url) if bubble["direction"] == "out"]

    async def texts(self, user: str) -> list[str]:
        """Return the texts among it; empty ones stand for what is none."""
        return [bubble["message"].get("text", "") for bubble in await self.chat(user)]

    async def refuse_next(self, user: str) -> None:
        """Let Viber refuse the next message to a user (status 3)."""
        refusal = {"kind": "status", "status": 3, "count": 1, "receiver": user}
        await ask(f"{self._sim}/faults", {**refusal, "bot": BOT})
