"""Everything that exists, found by token, name or id; ids and tokens are made here.

One seeded random source, so the same commands make the same ids every time.  The
world reads the clock only to date tokens.
"""

import base64
import random
from dataclasses import dataclass, field

from simulator.accounts import Bot, Range, User
from simulator.clock import Clock
from simulator.rules.tokens import TokenMint

ID_BYTES = 16


class UnknownError(LookupError):
    """No bot or user answers to that name or id."""


class AmbiguousError(LookupError):
    """Several users answer to that name; the id, or the bot, would tell them apart."""


@dataclass(slots=True)
class World:
    """All bots and users of one simulator."""

    clock: Clock
    rng: random.Random
    bots: dict[str, Bot] = field(default_factory=dict)
    by_token: dict[str, Bot] = field(default_factory=dict)
    mint: TokenMint = field(default_factory=TokenMint)

    def token(self) -> int:
        """Return a new message token of this moment."""
        return self.mint.mint(self.clock.now_ms())

    def user_id(self) -> str:
        """Return a new user id: base64 of 16 bytes."""
        return base64.b64encode(self.rng.randbytes(ID_BYTES)).decode()

    def seconds(self, span: Range) -> float:
        """Draw from a range of seconds."""
        low, high = span
        return low if low == high else self.rng.uniform(low, high)

    def add_bot(self, name: str, token: str, title: str = "") -> Bot:
        """Open an account; one that has the name or token already is replaced."""
        number = 5_000_000_000_000_000_000 + len(self.bots) + 1
        bot = Bot(name, token, f"pa:{number}", title or name, admin=self.user_id())
        if old := self.bots.get(name):
            self.by_token.pop(old.token, None)
        self.bots[name] = bot
        self.by_token[token] = bot
        return bot

    def bot(self, name: str | None) -> Bot:
        """Return a bot by name; without one the first.

        Raises:
            UnknownError: there is none of that name.
        """
        if name is None and self.bots:
            return next(iter(self.bots.values()))
        try:
            return self.bots[name or ""]
        except KeyError:
            raise UnknownError(f"no bot named {name!r}") from None

    def user(self, key: str, bot_name: str | None = None) -> tuple[Bot, User]:
        """Return a user by id, or by name where only one has it, with the bot.

        Raises:
            UnknownError: there is no such user, or no such bot.
            AmbiguousError: the name, or the id under several bots, fits several.
        """
        bots = list(self.bots.values()) if bot_name is None else [self.bot(bot_name)]
        found = [(bot, bot.users[key]) for bot in bots if key in bot.users]
        if not found:
            found = [
                (bot, user)
                for bot in bots
                for user in bot.users.values()
                if user.name == key
            ]
        if not found:
            raise UnknownError(f"no user with the id or name {key!r}")
        if len(found) > 1:
            raise AmbiguousError(f"{len(found)} users answer to {key!r}")
        return found[0]
