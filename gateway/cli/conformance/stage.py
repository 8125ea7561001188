"""Where a bot is put to the test: users, topics, perhaps its process, and patience.

A check asks for something and waits until it holds; `NotHeldError` says what was seen
instead.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from gateway.cli.conformance.bot import BotProcess
from gateway.cli.conformance.topics import Traffic, Words
from gateway.cli.conformance.users import Json, Users
from gateway.cli.groups import Groups
from gateway.core.errors import GatewayError

LOOK_AGAIN_SECONDS = 0.1
T = TypeVar("T")


class NotHeldError(GatewayError):
    """The bot did not do what it should; the text says what it did."""


class NotTriedError(GatewayError):
    """It cannot be seen what the bot does; the text says what is missing."""


@dataclass(frozen=True, slots=True)
class Stage:
    """All that a check needs.

    Attributes:
        bot: Its process; None where somebody else runs it.
        patience: How long an answer may take, in seconds.
    """

    users: Users
    traffic: Traffic
    groups: Groups
    bot: BotProcess | None
    patience: float

    async def until(
        self,
        what: str,
        question: Callable[[], Awaitable[T]],
        is_enough: Callable[[T], Any] = bool,
    ) -> T:
        """Ask until the answer is enough, and return it.

        Raises:
            NotHeldError: It has not become so in time.
            BotEndedError: The bot has ended.
        """
        try:
            async with asyncio.timeout(self.patience):
                while not is_enough(answer := await question()):
                    if self.bot is not None:
                        self.bot.check()
                    await asyncio.sleep(LOOK_AGAIN_SECONDS)
                return answer
        except TimeoutError:
            raise NotHeldError(f"no {what} within {self.patience:g} s") from None

    async def shown(self, user: str, count: int = 1) -> list[Json]:
        """Wait until the bot has shown so much to a user, and return it.

        Raises:
            NotHeldError: It has not; what Viber refused is told.
        """
        try:
            return await self.until(
                "answer", lambda: self.users.chat(user), lambda c: len(c) >= count
            )
        except NotHeldError as late:
            refused = await self.traffic.refusals(user)
            raise NotHeldError("; ".join([str(late), *refused])) from None

    async def write_all(self, users: Sequence[str], count: int) -> list[Words]:
        """Let users write at once, each `count` texts in order; return all texts."""
        texts = [f"text {number}" for number in range(count)]

        async def write(user: str) -> None:
            for text in texts:
                await self.users.write(user, text)

        async with asyncio.TaskGroup() as group:
            for user in users:
                group.create_task(write(user))
        return [Words(user, text) for user in users for text in texts]
