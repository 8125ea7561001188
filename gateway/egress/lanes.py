"""The lanes of all bots, and what stops them all.

Two things stop every bot: the brake over internal errors, which are likely our own
fault, and doubt whether the partitions are still ours.

Resource handling: an `async with` owns the tasks that probe.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from functools import partial
from math import inf
from typing import Self

from gateway.core.brake import PROCESS_REASONS, Brake
from gateway.core.errors import Reason
from gateway.core.outcome import Outcome
from gateway.egress.bot_lane import BotLane, Condition, Rules
from gateway.egress.clock import Clock
from gateway.egress.turnstile import Turnstile


class Lanes:
    """Makes a bot's lane when it is first asked for.

    Args:
        slots: How many attempts may be under way at once, over all bots.
        rate_of: Tells a bot's calls per second.
        rules: What holds for every bot.
        probe: Asks Viber for a bot's account.
        clock: Tells the time.
        observe: Hears of each bot's changed condition, and what Viber said last.
    """

    def __init__(
        self,
        slots: int,
        rate_of: Callable[[str], float],
        rules: Rules,
        probe: Callable[[str], Awaitable[Outcome]],
        clock: Clock,
        observe: Callable[[str, Condition, str], None],
    ) -> None:
        self._observe = observe
        self._rate_of = rate_of
        self._rules = rules
        self._probe = probe
        self._clock = clock
        self._turnstile = Turnstile(slots, self._may_start, clock)
        self._lanes: dict[str, BotLane] = {}
        self._shares: dict[str | None, tuple[int, int]] = {}
        self._brake = Brake(
            PROCESS_REASONS, rules.dlq_max_ratio, rules.dlq_max_consecutive
        )
        self._ours_until = -inf
        self._tasks = asyncio.TaskGroup()
        self._watches: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> Self:
        await self._tasks.__aenter__()
        return self

    async def __aexit__(self, *error: object) -> None:
        for watch in self._watches:
            watch.cancel()
        await self._tasks.__aexit__(None, None, None)

    def of(self, bot: str) -> BotLane:
        """Return the lane of a bot."""
        if bot not in self._lanes:
            lane = self._lanes[bot] = BotLane(
                self._rate_of(bot),
                self._rules,
                self._turnstile,
                partial(self._probe, bot),
                self._clock,
                partial(self._observe, bot),
            )
            owned, total = self._shares.get(bot) or self._shares.get(None) or (0, 0)
            lane.set_share(owned, total)
            self._watches.append(self._tasks.create_task(lane.watch()))
        return self._lanes[bot]

    def may_send(self, bot: str) -> bool:
        """Whether nothing but its rate holds a bot back."""
        return self._may_start() and self.of(bot).condition is Condition.OPEN

    def set_share(self, bot: str | None, owned: int, total: int) -> None:
        """Own so many of all partitions of a bot's topic; None: of everybody's."""
        self._shares[bot] = (owned, total)
        for name, lane in self._lanes.items():
            if bot in {None, name}:
                lane.set_share(owned, total)

    def rates_changed(self) -> None:
        """Ask anew for each bot's calls per second."""
        for bot, lane in self._lanes.items():
            lane.set_rate(self._rate_of(bot))

    def ended(self, bot: str, reason: Reason | None) -> None:
        """Hear that a command has ended, and why its dead letter was written."""
        self.of(bot).ended(reason)
        self._brake.record(reason)

    def confirm(self, seconds: float) -> None:
        """Know that our partitions are ours for so long, unless it is confirmed again.

        A process that stood still for longer starts nothing until then.
        """
        was_certain = self._may_start()
        self._ours_until = self._clock.monotonic() + seconds
        if not was_certain:
            self._turnstile.advance()

    def __iter__(self) -> Iterator[tuple[str, BotLane]]:
        return iter(self._lanes.items())

    @property
    def is_braked(self) -> bool:
        """Whether a brake stops a bot, or the process."""
        return self._brake.is_engaged or any(
            lane.brake.is_engaged for lane in self._lanes.values()
        )

    def _may_start(self) -> bool:
        is_ours = self._clock.monotonic() <= self._ours_until
        return is_ours and not self._brake.is_engaged
