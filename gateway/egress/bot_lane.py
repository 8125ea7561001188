"""One bot's way to Viber: whether its commands may go now, and how fast.

Five things can hold a bot back, and only this bot: the brake (until a restart), the
circuit (Viber is out of reach), the halt (Viber refuses the bot), its credit (then
one command at a time) and its rate.  Circuit and halt are probed with
`get_account_info`, which costs nothing, until they open again.
"""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass
from enum import StrEnum
from math import inf

from gateway.core.allowance import Allowance
from gateway.core.backoff import Backoff
from gateway.core.brake import BOT_REASONS, Brake
from gateway.core.circuit import Circuit, Credit, Gate, Halt
from gateway.core.errors import Reason
from gateway.core.method import Method
from gateway.core.outcome import Outcome, Retry, Throttled
from gateway.egress.clock import Clock, wait
from gateway.egress.turnstile import Guest, Queue, Turn, Turnstile


@dataclass(frozen=True, slots=True)
class Rules:
    """What holds for every bot."""

    circuit_failures: int
    dlq_max_ratio: float
    dlq_max_consecutive: int
    backoff: Backoff


class Condition(StrEnum):
    """What holds a bot back, the gravest first; `OPEN` is nothing."""

    BRAKED = "braked"
    HALTED = "halted"
    UNREACHABLE = "unreachable"
    WITHOUT_CREDIT = "without_credit"
    OPEN = "open"


class BotLane:
    """The lane of one bot.

    Args:
        rate: The bot's calls per second, over all replicas.
        rules: What holds for every bot.
        turnstile: Gives out the in-flight slots.
        probe: Asks Viber for the bot's account.
        clock: Tells the time.
        observe: Hears when the condition has changed, and what Viber said last.

    Attributes:
        why: What changed its condition last.
        under_way: How many of its turns are under way.
    """

    def __init__(
        self,
        rate: float,
        rules: Rules,
        turnstile: Turnstile,
        probe: Callable[[], Awaitable[Outcome]],
        clock: Clock,
        observe: Callable[[Condition, str], None],
    ) -> None:
        self._observe = observe
        self._condition = Condition.OPEN
        self.why = ""
        self._turnstile = turnstile
        self._probe = probe
        self._clock = clock
        self._allowance = Allowance(rate, clock.monotonic())
        self.circuit = Circuit(rules.circuit_failures, rules.backoff)
        self.halt = Halt(rules.backoff)
        self.brake = Brake(BOT_REASONS, rules.dlq_max_ratio, rules.dlq_max_consecutive)
        self._credit = Credit()
        self._refused: dict[Hashable, asyncio.Future[None]] = {}
        self.under_way = 0
        self._sends = Queue(self._may_send)
        self._broadcasts = Queue(self._may_broadcast)
        self._shut = asyncio.Event()
        self._probe_now: asyncio.Future[None] | None = None

    @property
    def rate(self) -> float:
        """The bot's present limit in calls per second, over all replicas."""
        return self._allowance.rate(self._clock.monotonic())

    @property
    def permits(self) -> float:
        """How many permits this replica has left."""
        return self._allowance.permits

    @property
    def is_without_credit(self) -> bool:
        """Whether commands go one by one, for want of credit."""
        return self._credit.is_short

    @property
    def condition(self) -> Condition:
        """What holds the bot back now."""
        if self.brake.is_engaged:
            return Condition.BRAKED
        if not self.halt.is_closed:
            return Condition.HALTED
        if not self.circuit.is_closed:
            return Condition.UNREACHABLE
        return Condition.WITHOUT_CREDIT if self._credit.is_short else Condition.OPEN

    def set_rate(self, rate: float) -> None:
        """Change the bot's calls per second, over all replicas."""
        self._allowance.set_rate(rate, self._clock.monotonic())
        self._turnstile.advance()

    def set_share(self, owned: int, total: int) -> None:
        """Take the part of the rate that so many of all partitions are worth."""
        self._allowance.set_share(owned, total, self._clock.monotonic())
        self._turnstile.advance()

    def join(self, method: Method, guest: Guest) -> None:
        """Wait for a turn; who was let in ends it with `leave`."""
        is_broadcast = method is Method.BROADCAST_MESSAGE
        self._turnstile.join(self._broadcasts if is_broadcast else self._sends, guest)

    def withdraw(self, guest: Guest) -> None:
        """Let somebody wait no longer, if it does."""
        self._sends.withdraw(guest)
        self._broadcasts.withdraw(guest)

    def give_up(self, turn: Turn) -> None:
        """Take back what was asked for, whether it was given or not."""
        self.withdraw(turn)
        if turn.done() and not turn.cancelled():
            self.leave()
        turn.cancel()

    def may_start(self) -> bool:
        """Whether anything may be started at all, at this moment."""
        return self._turnstile.may_start()

    def leave(self) -> None:
        """End a turn."""
        self.under_way -= 1
        self._turnstile.leave()

    def _may_send(self) -> float:
        return self._let_in(self._allowance.take)

    def _may_broadcast(self) -> float:
        return self._let_in(self._allowance.take_broadcast)

    def _let_in(self, take: Callable[[float], float]) -> float:
        """Let a command in and return 0, or return the seconds until it is worth it."""
        is_open = self.circuit.is_closed and self.halt.is_closed
        is_busy = self._credit.is_short and self.under_way > 0
        if not is_open or is_busy or self.brake.is_engaged:
            return inf
        seconds = take(self._clock.monotonic())
        if not seconds:
            self.under_way += 1
        return seconds

    def record(self, work: Hashable, outcome: Outcome, sent_at: float) -> None:
        """Draw the conclusions from an attempt, and when it began (monotonic)."""
        now = self._clock.monotonic()
        self.circuit.record(outcome, sent_at, now)
        self.halt.record(outcome, sent_at, now)
        if isinstance(outcome, Throttled) or (
            isinstance(outcome, Retry) and outcome.slow_down
        ):
            self._allowance.slow_down(now)
        if self._credit.record(work, outcome):
            self._wake_refused()
        if not (self.circuit.is_closed and self.halt.is_closed):
            self._shut.set()
        self._tell(outcome.answer)

    def ended(self, reason: Reason | None) -> None:
        """Hear that a command has ended, and why its dead letter was written."""
        self.brake.record(reason)
        if reason is not None:
            self._tell(f"dead letter: {reason}")

    def _tell(self, why: object) -> None:
        """Tell of a changed condition, once."""
        condition = self.condition
        if condition is not self._condition:
            self._condition = condition
            self.why = str(why)
            self._observe(condition, self.why)

    def credit_back(self, work: Hashable) -> asyncio.Future[None]:
        """Return what is done once a command that was refused for money passes."""
        waker: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._refused[work] = waker
        return waker

    def forget(self, work: Hashable) -> None:
        """Expect nothing more of a command."""
        self._refused.pop(work, None)
        self._credit.forget(work)

    def _wake_refused(self) -> None:
        for waker in self._refused.values():
            if not waker.done():
                waker.set_result(None)
        self._refused.clear()

    def token_changed(self) -> None:
        """Probe at once: the new token may be the right one."""
        self.halt.hurry(self._clock.monotonic())
        if self._probe_now is not None and not self._probe_now.done():
            self._probe_now.set_result(None)

    async def watch(self) -> None:
        """Probe whenever the way is shut, until it opens again; never returns."""
        while True:
            await self._shut.wait()
            self._shut.clear()
            for gate in (self.circuit, self.halt):
                while not gate.is_closed:
                    await self._probe_once(gate)
            self._turnstile.advance()

    async def _probe_once(self, gate: Gate) -> None:
        """Wait until a probe is due, then make it."""
        seconds = gate.probe_in(self._clock.monotonic()) or 0.0
        if seconds:
            self._probe_now = asyncio.get_running_loop().create_future()
            await wait(self._clock, self._probe_now, seconds)
            return
        gate.begin_probe(self._clock.monotonic())
        outcome = await self._probe()
        now = self._clock.monotonic()
        gate.end_probe(outcome, now)
        self._tell(outcome.answer)
        if isinstance(outcome, Throttled):
            self._allowance.slow_down(now)
