"""The in-flight slots, handed out to the bots in turn.

A command asks in its bot's queue.  It gets a slot when one is free and its bot may
send: so waiting for a permit takes no slot, and a bot that may not send, or has much
to send, costs the others nothing.

Rule: `advance` is synchronous and decides everything; it is called whenever a slot
comes free, a bot may send again, or somebody asks.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from math import inf

from gateway.egress.clock import Clock, Timer

Turn = asyncio.Future[None]


class Queue:
    """Turns that were asked for, first in, first out.

    Args:
        may_go: Takes a permit and returns 0, or takes none and returns the seconds
            until it is worth asking again; infinity: until `advance` is called.
    """

    def __init__(self, may_go: Callable[[], float]) -> None:
        self.may_go = may_go
        self.turns: deque[Turn] = deque()

    @property
    def is_waiting(self) -> bool:
        """Whether somebody still wants a turn."""
        while self.turns and self.turns[0].done():  # given up
            del self.turns[0]
        return bool(self.turns)


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
        self._asking: deque[Queue] = deque()
        self._timer: Timer | None = None

    def ask(self, queue: Queue) -> Turn:
        """Ask for a turn: the future is done once it is there.

        Who was given one ends it with `leave`; who gives up cancels the future.
        """
        turn: Turn = asyncio.get_running_loop().create_future()
        queue.turns.append(turn)
        if queue not in self._asking:
            self._asking.append(queue)
        self.advance()
        return turn

    def leave(self) -> None:
        """End a turn."""
        self._free += 1
        self.advance()

    def advance(self) -> None:
        """Let in who may go now, each bot in its turn; look again when others may."""
        soonest, refused = inf, 0
        may_start = self.may_start()
        while may_start and self._free and refused < len(self._asking):
            queue = self._asking.popleft()
            if not queue.is_waiting:
                continue
            self._asking.append(queue)
            seconds = queue.may_go()
            if seconds > 0:
                soonest = min(soonest, seconds)
                refused += 1
                continue
            refused = 0
            self._free -= 1
            queue.turns.popleft().set_result(None)
        self._look_again(soonest)

    def _look_again(self, seconds: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if seconds < inf:
            self._timer = self._clock.call_later(seconds, self.advance)

    def __repr__(self) -> str:
        waiting = sum(len(queue.turns) for queue in self._asking)
        return f"<Turnstile {self._free} free, {waiting} waiting>"
