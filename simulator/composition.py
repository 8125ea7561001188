"""COMPOSITION ROOT: every part of the simulator, put together.

``Simulator.app`` is the ASGI application and ``Simulator.run`` the work behind it
(callbacks on their way out); the server and the tests need nothing else.
"""

import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from simulator.accounts import Bot
from simulator.api.asking import Asking
from simulator.api.endpoint import PREFIX, Endpoint, Method
from simulator.api.sending import Sending
from simulator.api.webhooks import Webhooks
from simulator.callbacks.courier import Courier, Post
from simulator.callbacks.outbox import Outbox
from simulator.clock import Clock, Timers
from simulator.control.orders import Orders
from simulator.control.users import Users
from simulator.director import Director
from simulator.faults import Faults
from simulator.news import News
from simulator.people import People
from simulator.phone import Phones
from simulator.scenario import Scenario
from simulator.wirelog import Entry, WireLog
from simulator.world import World

DEFAULT_TOKEN = "0fixture0token00-0fixture0token01-0fixture0token02"  # noqa: S105 - invented
LOG_LIMIT = 100_000

Asgi = Callable[[Any, Any, Any], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line decides.

    ``time_scale`` shortens Viber's waits before retries; ``lean`` keeps no log and no
    chats; ``allow_http`` takes webhooks without TLS from everywhere;
    ``gateway_management`` is where the chat page asks a gateway how it is.
    """

    bots: tuple[tuple[str, str], ...] = (("main", DEFAULT_TOKEN),)
    seed: int = 1
    time_scale: float = 1.0
    log_limit: int = LOG_LIMIT
    lean: bool = False
    allow_http: bool = False
    base_url: str = "http://127.0.0.1:8081"
    gateway_management: str = ""


@dataclass(slots=True, eq=False)
class Simulator:
    """One Viber."""

    options: Options
    clock: Clock
    timers: Timers
    post: Post
    world: World = field(init=False)
    log: WireLog = field(init=False)
    faults: Faults = field(init=False)
    courier: Courier = field(init=False)
    people: People = field(init=False)
    news: News = field(default_factory=News)
    webhook_set: list[Callable[[Bot], None]] = field(default_factory=list)
    endpoint: Endpoint = field(init=False)

    def __post_init__(self) -> None:
        options, rng = self.options, random.Random(self.options.seed)  # noqa: S311 - a game
        self.world = World(self.clock, rng)
        self.log = WireLog(
            0 if options.lean else options.log_limit, on_add=self._logged
        )
        self.faults = Faults(self.clock, rng)
        self.courier = Courier(
            self.post, self.log, self.clock, self.timers, options.time_scale
        )
        outbox = Outbox(self.courier.send, self.faults, self.timers)
        phones = Phones(self.world, outbox, self.timers, self.news, options.lean)
        self.people = People(self.world, phones, options.base_url)
        self.endpoint = self._endpoint(phones)
        for name, token in options.bots:
            self.world.add_bot(name, token)

    def _endpoint(self, phones: Phones) -> Endpoint:
        sending = Sending(self.world, phones)
        asking = Asking(self.world)
        webhooks = Webhooks(
            self.world,
            self.courier,
            phones.outbox,
            self._webhook_set,
            self.options.allow_http,
        )
        methods: dict[str, Method] = {
            "set_webhook": webhooks.set_webhook,
            "send_message": sending.send_message,
            "broadcast_message": sending.broadcast_message,
            "post": sending.post,
            "get_account_info": asking.get_account_info,
            "get_user_details": asking.get_user_details,
            "get_online": asking.get_online,
        }
        return Endpoint(self.world, methods, self.log, self.faults, self.timers)

    def play(self, scenario: Scenario) -> None:
        """Cast a scenario; it begins with the first webhook."""
        director = Director(
            scenario,
            self.world,
            Users(self.world, self.people.phones),
            self.people,
            Orders(self.world, self.faults),
        )
        director.cast()
        self.webhook_set.append(director.start)

    def _logged(self, entry: Entry) -> None:
        self.news.tell("log", entry.render)

    def _webhook_set(self, bot: Bot) -> None:
        for listener in self.webhook_set:
            listener(bot)


def application(endpoint: Endpoint, control: Asgi) -> Asgi:
    """Return the ASGI application: ``/pa/`` to the endpoint, all else to control."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http" and scope["path"].startswith(PREFIX):
            await endpoint(scope, receive, send)
        else:
            await control(scope, receive, send)

    return app
