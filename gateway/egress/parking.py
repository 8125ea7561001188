"""Commands whose user gets no more messages, until the user writes.

Viber allows 100 messages an hour to a user who does not answer, counted per clock
hour (status 12): so a parked command waits for the user's next message, which the
inbound topic brings, or for the next hour.  Somebody watches that topic while, and
only while, something is parked.
Source: developers.viber.com, "REST Bot API", Error Codes, 12.
"""

import asyncio
from collections import defaultdict
from typing import NamedTuple

from gateway.core.command import Command
from gateway.core.event import TYPE_PREFIX
from gateway.core.record import Record
from gateway.egress.clock import Clock

HOUR_SECONDS = 3600
# The hours of two clocks do not begin at the same moment.
AFTER_THE_HOUR_SECONDS = 2.0
# The inbound topic is read from a little before: what a user wrote while the attempt
# was under way counts, too.
HEARD_BEFORE_SECONDS = 15.0
MESSAGE = (TYPE_PREFIX + "message").encode()


class Place(NamedTuple):
    """Where a command is parked: with its bot's user."""

    bot: str
    user: str


class Parking:
    """Who waits for which user.

    Args:
        clock: Tells when the next hour begins.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._parked: dict[Place, set[asyncio.Future[None]]] = defaultdict(set)
        self.is_occupied = asyncio.Event()

    def __len__(self) -> int:
        return sum(len(wakers) for wakers in self._parked.values())

    def park(self, command: Command) -> asyncio.Future[None]:
        """Return what is done once the command's user has written."""
        waker: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        place = Place(command.bot, command.receiver or "")
        self._parked[place].add(waker)
        self.is_occupied.set()
        waker.add_done_callback(lambda done: self._leave(place, done))
        return waker

    def seconds_to_next_hour(self) -> float:
        """Return how long until Viber counts anew."""
        left = HOUR_SECONDS - self._clock.wall() % HOUR_SECONDS
        return left + AFTER_THE_HOUR_SECONDS

    def hear(self, event: Record) -> None:
        """Hear of an event: who waits for its user goes on, if they have written."""
        headers = dict(event.headers)
        if headers.get("ce_type") == MESSAGE and event.key is not None:
            bot = (headers.get("ce_bot") or b"").decode(errors="replace")
            self._wake(bot, event.key.decode(errors="replace"))

    def _wake(self, bot: str, user: str) -> None:
        for waker in tuple(self._parked.get(Place(bot, user), ())):
            if not waker.done():
                waker.set_result(None)

    def _leave(self, place: Place, waker: asyncio.Future[None]) -> None:
        self._parked[place].discard(waker)
        if not self._parked[place]:
            del self._parked[place]
        if not self._parked:
            self.is_occupied.clear()
