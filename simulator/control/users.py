"""Routes of users: make, change, list and remove them.

A user is named by id or, where only one has it, by name.  An id in a path may hold
``/``, escaped or not.
"""

from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import Any

from fastapi import Response

from simulator.accounts import Bot, User
from simulator.control.models import NewUser, NewUsers, UserChange
from simulator.control.routes import Route
from simulator.phone import Phones
from simulator.views import user_view
from simulator.world import World

Json = dict[str, Any]
NAMES = ("Oksana", "Marko", "Ivan", "Olena", "Petro", "Iryna", "Taras", "Sofia")


@dataclass(frozen=True, slots=True)
class Users:
    """What can be done to users."""

    world: World
    phones: Phones

    def routes(self) -> list[Route]:
        """Return the table; the open path of one user comes last."""
        return [
            ("POST", "/sim/users", 201, self.make_user),
            ("POST", "/sim/users/batch", 201, self.make_users),
            ("GET", "/sim/users", 200, self.list_users),
            ("GET", "/sim/users/{user:path}", 200, self.show_user),
            ("PATCH", "/sim/users/{user:path}", 200, self.change_user),
            ("DELETE", "/sim/users/{user:path}", 204, self.remove_user),
        ]

    async def make_user(self, new: NewUser) -> Json:
        """Make a user who has not met the bot yet; without a name, one is given."""
        return user_view(self.world.bot(new.bot), self.make(new)[0])

    async def make_users(self, new: NewUsers) -> dict[str, list[str]]:
        """Make many users, their names numbered; returns their ids."""
        return {"ids": [user.id for user in self.make(new)]}

    async def list_users(
        self,
        bot: str | None = None,
        search: str = "",
        offset: int = 0,
        limit: int = 1000,
    ) -> list[Json]:
        """Return the users of one bot, or of all, in the order they were made.

        ``search`` is a part of the name, in any case, or of the id.
        """
        bots = list(self.world.bots.values()) if bot is None else [self.world.bot(bot)]
        found = (
            (b, user)
            for b in bots
            for user in b.users.values()
            if search.lower() in user.name.lower() or search in user.id
        )
        page = islice(found, offset, offset + limit)
        return [user_view(b, user) for b, user in page]

    async def show_user(self, user: str, bot: str | None = None) -> Json:
        """Return one user."""
        return user_view(*self.world.user(user, bot))

    async def change_user(
        self, user: str, change: UserChange, bot: str | None = None
    ) -> Json:
        """Change a user; coming online brings what waited."""
        owner, found = self.world.user(user, bot)
        change.apply(found)
        if change.online is not None:
            self.phones.go_online(owner, found, online=change.online)
        self._tell(owner, found)
        return user_view(owner, found)

    async def remove_user(self, user: str, bot: str | None = None) -> Response:
        """Take a user off Viber: sends to the id are answered with 5."""
        owner, found = self.world.user(user, bot)
        del owner.users[found.id]
        self.phones.news.tell("user_removed", partial(user_view, owner, found))
        return Response(status_code=204)

    def make(self, new: NewUser | NewUsers) -> list[User]:
        """Make a user, or as many as are asked for."""
        bot = self.world.bot(new.bot)
        if isinstance(new, NewUser):
            return [self._make(bot, new, new.id, new.name)]
        name = new.name
        return [
            self._make(bot, new, None, None if name is None else f"{name} {number}")
            for number in range(1, new.count + 1)
        ]

    def _make(
        self, bot: Bot, new: UserChange, user_id: str | None, name: str | None
    ) -> User:
        number = len(bot.users)
        user = User(user_id or self.world.user_id(), "")
        user.last_online = self.world.clock.now_ms()
        user.phone = f"380{number:09d}"
        new.apply(user)
        user.name = name or _name(number)
        user.online = new.online is not False
        bot.users[user.id] = user
        self._tell(bot, user)
        return user

    def _tell(self, bot: Bot, user: User) -> None:
        self.phones.news.tell("user", partial(user_view, bot, user))


def _name(number: int) -> str:
    name = NAMES[number % len(NAMES)]
    return name if number < len(NAMES) else f"{name} {number}"
