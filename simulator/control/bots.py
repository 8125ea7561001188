"""Routes of bots: open, change, look."""

from dataclasses import dataclass
from typing import Any

from simulator.control.models import BotChange, NewBot
from simulator.control.routes import Route
from simulator.views import bot_view, message_view
from simulator.world import World

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Bots:
    """What can be done to bots."""

    world: World

    def routes(self) -> list[Route]:
        """Return the table of routes."""
        return [
            ("GET", "/sim/bots", 200, self.list_bots),
            ("POST", "/sim/bots", 201, self.open_bot),
            ("GET", "/sim/bots/{name}", 200, self.show_bot),
            ("PATCH", "/sim/bots/{name}", 200, self.change_bot),
            ("GET", "/sim/bots/{name}/posts", 200, self.list_posts),
        ]

    async def list_bots(self) -> list[Json]:
        """Return all bots."""
        return [bot_view(bot) for bot in self.world.bots.values()]

    async def open_bot(self, new: NewBot) -> Json:
        """Open a bot; one of that name is replaced, with its users."""
        bot = self.world.add_bot(new.name, new.token)
        new.apply(bot)
        return bot_view(bot)

    async def show_bot(self, name: str) -> Json:
        """Return one bot."""
        return bot_view(self.world.bot(name))

    async def change_bot(self, name: str, change: BotChange) -> Json:
        """Block, suspend or delete a bot, grant it things, give it money."""
        bot = self.world.bot(name)
        change.apply(bot)
        return bot_view(bot)

    async def list_posts(self, name: str) -> list[Json]:
        """Return what the bot posted to its channel."""
        return [message_view(post) for post in self.world.bot(name).posts]
