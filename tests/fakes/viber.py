"""Viber's API as a script: what each call is answered, and what was called when."""

import asyncio
from collections import defaultdict, deque
from dataclasses import dataclass, field
from typing import Any

import msgspec

from gateway.core.answer import FailureKind, Reply, TransportFailure
from gateway.core.command import Command
from gateway.core.method import Method
from gateway.core.outcome import Outcome, classify
from tests.fakes.clock import FakeClock

Answer = Reply | TransportFailure


def says(status: object, *, retry_after: float | None = None, **members: Any) -> Reply:
    """Return an answer of Viber's."""
    body = {"status": status, "status_message": f"status {status}"} | members
    return Reply(200, msgspec.json.encode(body), retry_after)


def http(status: int, retry_after: float | None = None) -> Reply:
    """Return an answer of a proxy's."""
    return Reply(status, b"<html></html>", retry_after)


OK = says(0, message_token=6109932746692773188)
TIMEOUT = TransportFailure(FailureKind.TIMEOUT, "no answer")


@dataclass(frozen=True, slots=True)
class Sent:
    """One call: whose, and how many seconds after noon."""

    id: str
    at: float


@dataclass(slots=True)
class FakeViber:
    """Answers each command as its script says; without one it is accepted.

    Attributes:
        calls: Every call that was made, in order.
        probes: When a bot's account was asked for, in seconds after noon.
        most_under_way: How many calls were under way at once.
    """

    clock: FakeClock
    calls: list[Sent] = field(default_factory=list)
    probes: list[float] = field(default_factory=list)
    under_way: int = 0
    most_under_way: int = 0
    _scripts: defaultdict[str, deque[Answer | Exception]] = field(
        default_factory=lambda: defaultdict(deque)
    )
    _accounts: deque[Answer] = field(default_factory=deque)
    _open: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self._open.set()

    def script(self, command_id: str, *answers: Answer | Exception) -> None:
        """Answer a command so, then accept it."""
        self._scripts[command_id].extend(answers)

    def script_probes(self, *answers: Answer) -> None:
        """Answer the next probes so."""
        self._accounts.extend(answers)

    def hold(self) -> None:
        """Answer nobody until `release`."""
        self._open.clear()

    def release(self) -> None:
        """Answer everybody."""
        self._open.set()

    @property
    def order(self) -> list[str]:
        """The commands in the order in which they were called."""
        return [sent.id for sent in self.calls]

    def times(self, command_id: str) -> list[float]:
        """Tell when a command was called, in seconds after noon."""
        return [sent.at for sent in self.calls if sent.id == command_id]

    async def call(self, command: Command) -> Answer:
        """Take a call."""
        self.calls.append(Sent(command.id, self.clock.passed))
        self.under_way += 1
        self.most_under_way = max(self.most_under_way, self.under_way)
        try:
            await self._open.wait()
        finally:
            self.under_way -= 1
        script = self._scripts[command.id]
        answer = script.popleft() if script else OK
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def probe(self, _bot: str) -> Outcome:
        """Take a probe."""
        self.probes.append(self.clock.passed)
        account = says(0, webhook="https://gw.example/webhooks/shop")
        answer = self._accounts.popleft() if self._accounts else account
        return classify(Method.GET_ACCOUNT_INFO, answer, has_receiver=False)
