"""The in-flight slots, handed out to the bots in turn.

Who wants a turn waits in its bot's queue.  It gets a slot when one is free and its bot
may send: so waiting for a permit takes no slot, and a bot that may not send, or has
much to send, costs the others nothing.

Rule: `advance` is synchronous and decides everything; it is called whenever a slot
comes free, a bot may send again, or somebody joins.
"""

import asyncio
from collections import OrderedDict, deque
from collections.abc import Callable
from math import inf
from typing import Protocol

from gateway.egress.clock import Clock, Timer


class Guest(Protocol):
    """Who wants a turn."""

    @property
    def is_gone(self) -> bool:
        """Whether it has given up, and is about to withdraw."""

    def let_in(self) -> None:
        """Begin the turn."""


class Turn(asyncio.Future[None]):
    """A turn to wait for: done once it is there; who gives up cancels it."""

    @property
    def is_gone(self) -> bool:
        """Whether it was cancelled."""
        return self.done()

    def let_in(self) -> None:
        """Be there."""
        self.set_result(None)


class Queue:
    """Who waits, first in, first out.

    Args:
        may_go: Takes a permit and returns 0, or takes none and returns the seconds
            until it is worth asking again; infinity: until `advance` is called.
    """

    def __init__(self, may_go: Callable[[], float]) -> None:
        self.may_go = may_go
        self.guests: OrderedDict[Guest, None] = OrderedDict()

    @property
    def is_waiting(self) -> bool:
        """Whether somebody still wants a turn."""
        while self.guests:
            if not next(iter(self.guests)).is_gone:
                return True
            self.guests.popitem(last=False)
        return False

    def withdraw(self, guest: Guest) -> None:
        """Let somebody wait no longer, if it does."""
        self.guests.pop(guest, None)


class Turnstile:
    """Gives out the slots.

    Args:
        slots: How many turns may be under way at once.
        may_start: Whether anything may be started at all; when that changes, call
            `advance`.
        clock: Tells when to look again.
    """

    def __init__(self, slots: int, may_start: Callable[[], bool], clock: Clock) -> None:
        self._free = slots
        self.may_start = may_start
        self._clock = clock
        self._queues: deque[Queue] = deque()
        self._timer: Timer | None = None

    def join(self, queue: Queue, guest: Guest) -> None:
        """Wait in a queue; who was let in ends its turn with `leave`."""
        queue.guests[guest] = None
        if queue not in self._queues:
            self._queues.append(queue)
        self.advance()

    def leave(self) -> None:
        """End a turn."""
        self._free += 1
        self.advance()

    def advance(self) -> None:
        """Let in who may go now, each bot in its turn; look again when others may."""
        soonest, refused = inf, 0
        may_start = self.may_start()
        while may_start and self._free and refused < len(self._queues):
            queue = self._queues.popleft()
            if not queue.is_waiting:
                continue
            self._queues.append(queue)
            seconds = queue.may_go()
            if seconds > 0:
                soonest = min(soonest, seconds)
                refused += 1
                continue
            refused = 0
            self._free -= 1
            guest, _ = queue.guests.popitem(last=False)
            guest.let_in()
        self._look_again(soonest)

    def _look_again(self, seconds: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if seconds < inf:
            self._timer = self._clock.call_later(seconds, self.advance)

    def __repr__(self) -> str:
        waiting = sum(len(queue.guests) for queue in self._queues)
        return f"<Turnstile {self._free} free, {waiting} waiting>"
