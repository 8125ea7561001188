"""Plays a scenario: makes who is in it, and lets them act when it is time.

The faults' windows, like the steps, count from the first webhook.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import partial

from simulator.accounts import Bot, User
from simulator.control.orders import Orders
from simulator.control.users import Users
from simulator.people import People, find_button
from simulator.rules.buttons import Presser
from simulator.scenario import Scenario, ScenarioError, Step
from simulator.world import UnknownError, World


def _write(people: People, bot: Bot, user: User, step: Step, number: int) -> None:
    people.write(bot, user, step.writing(number).content)


def _open(people: People, bot: Bot, user: User, step: Step, _number: int) -> None:
    people.open(bot, user, None if step.open is None else step.open.context)


def _subscribe(people: People, bot: Bot, user: User, _step: Step, _number: int) -> None:
    people.subscribe(bot, user)


def _leave(people: People, bot: Bot, user: User, _step: Step, _number: int) -> None:
    people.unsubscribe(bot, user)


def _see(people: People, bot: Bot, user: User, _step: Step, _number: int) -> None:
    people.phones.see(bot, user)


def _press(people: People, bot: Bot, user: User, step: Step, _number: int) -> None:
    button = find_button(user, step.press or 0)
    people.press(bot, user, button, Presser(user.name, user.phone))


def _switch(people: People, bot: Bot, user: User, step: Step, _number: int) -> None:
    people.phones.go_online(bot, user, online=bool(step.online))


Action = Callable[[People, Bot, User, Step, int], None]
ACTIONS: Mapping[str, Action] = {
    "text": _write,
    "message": _write,
    "open": _open,
    "subscribe": _subscribe,
    "unsubscribe": _leave,
    "seen": _see,
    "press": _press,
    "online": _switch,
}


@dataclass(slots=True, eq=False)
class Director:
    """Plays one scenario, once."""

    scenario: Scenario
    world: World
    users: Users
    people: People
    orders: Orders
    started: bool = False
    missed: int = 0

    def cast(self) -> None:
        """Make the bots and users; what is there already stays.

        Raises:
            ScenarioError: a user or bot is named that is not there.
        """
        for new in self.scenario.bots:
            new.apply(self.world.add_bot(new.name, new.token))
        try:
            for group in self.scenario.users:
                self.users.make(group)
            for step in self.scenario.steps:
                self._who(step)
            for fault in self.scenario.faults:
                if fault.receiver is not None:
                    self.world.user(fault.receiver, fault.bot)
        except LookupError as error:
            raise ScenarioError(str(error)) from None

    def start(self, _bot: Bot) -> None:
        """Begin, unless it began before: a bot has its webhook."""
        if self.started:
            return
        self.started = True
        for fault in self.scenario.faults:
            self.orders.put(fault)
        for step in self.scenario.steps:
            self._later(step.at, step, 1)

    def _later(self, seconds: float, step: Step, number: int) -> None:
        self.people.phones.timers.after(seconds, partial(self._play, step, number))

    def _play(self, step: Step, number: int) -> None:
        try:
            self._act(step, number)
        except UnknownError:
            self.missed += 1  # a button that the bot has not sent (yet)
        if number < step.times:
            self._later(step.every or 0, step, number + 1)

    def _act(self, step: Step, number: int) -> None:
        bot, user = self._who(step)
        ACTIONS[step.act](self.people, bot, user, step, number)

    def _who(self, step: Step) -> tuple[Bot, User]:
        bot = self.world.bot(step.bot)
        if not any(mark in step.user for mark in "*?["):
            return self.world.user(step.user, step.bot)
        fitting = [u for u in bot.users.values() if fnmatchcase(u.name, step.user)]
        if not fitting:
            raise UnknownError(f"no user fits {step.user!r}")
        return bot, self.world.rng.choice(fitting)
