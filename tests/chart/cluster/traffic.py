"""Callbacks and commands that flow while something is done to the release.

Users write to the bot `shop`, and commands for the same users are produced, one of
each every few milliseconds.  Afterwards everything is accounted for.
"""

import threading
import uuid
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count, cycle
from typing import Any, Final

import msgspec

from tests.chart.cluster.neighbours import Neighbours
from tests.e2e.support.commands import message
from tests.e2e.support.viber import Viber
from tests.e2e.support.waiting import wait_for

BOT: Final = "shop"
_USERS: Final = 60
_PACE_SECONDS: Final = 0.05
_SETTLE_SECONDS: Final = 120.0


@dataclass(frozen=True, slots=True)
class Balance:
    """What became of all of it.

    Attributes:
        commands: How many were produced.
        lost_commands: Those without a result.
        repeated_commands: Those that Viber accepted more than once.
        late_commands: Those that Viber accepted after a later one for the same user.
        callbacks: How many there were.
        failed_callbacks: What came of attempts that were not answered with 200.
        lost_callbacks: How many were answered with 200 and are no event.
    """

    commands: int
    lost_commands: frozenset[str]
    repeated_commands: frozenset[str]
    late_commands: tuple[str, ...]
    callbacks: int
    failed_callbacks: tuple[str, ...]
    lost_callbacks: int


class Traffic:
    """One flow; begin it with `flowing`, and ask for the `balance` after it."""

    def __init__(self, around: Neighbours) -> None:
        self._viber = around.viber(BOT)
        self._topics = around.topics(BOT)
        self._name = uuid.uuid4().hex[:8]
        self._users = self._viber.add_users(_USERS)
        self._sent: dict[str, str] = {}  # id to user, in order
        self._enough = threading.Event()

    @contextmanager
    def flowing(self) -> Iterator[None]:
        """Let users and bots write while the body runs."""
        flows = (self._callbacks, self._commands)
        threads = [threading.Thread(target=flow) for flow in flows]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self._enough.set()
            for thread in threads:
                thread.join()

    def _callbacks(self) -> None:
        for user in cycle(self._users):
            self._viber.write(user, self._name)
            if self._enough.wait(_PACE_SECONDS):
                return

    def _commands(self) -> None:
        for number, user in zip(count(), cycle(self._users), strict=False):
            name = f"{self._name}-{number:06d}"
            self._topics.write([message(self._topics.outbound, BOT, user, name)])
            self._sent[name] = user
            if self._enough.wait(_PACE_SECONDS):
                return

    def wait_for_commands(self, more: int) -> None:
        """Wait until so many more commands have been accepted."""
        least = len(self._accepted()) + more
        wait_for("commands", self._accepted, lambda done: len(done) >= least, 60)

    def balance(self) -> Balance:
        """Wait until all has ended, and settle the account."""
        wait_for("results", self._unended, lambda left: not left, _SETTLE_SECONDS)
        wait_for("callbacks", self._unanswered, lambda n: not n, _SETTLE_SECONDS)
        accepted = self._accepted()
        attempts = self._attempts()
        events = {event.value for event in self._topics.events()}
        told = {a["body"].encode() for a in attempts if a["http_status"] == 200}
        return Balance(
            commands=len(self._sent),
            lost_commands=frozenset(self._sent.keys() - set(accepted)),
            repeated_commands=_repeated(accepted),
            late_commands=tuple(self._late(accepted)),
            callbacks=len({a["body"] for a in attempts}),
            failed_callbacks=tuple(
                f"{a['http_status'] or a['trouble']} after {a['duration_ms']} ms"
                for a in attempts
                if a["http_status"] != 200
            ),
            lost_callbacks=len(told - events),
        )

    def _accepted(self) -> list[str]:
        calls = (msgspec.json.decode(c["body"]) for c in _well(self._viber))
        return [call["text"] for call in calls if call["text"] in self._sent]

    def _unended(self) -> set[str]:
        results = self._topics.read(self._topics.results)
        return self._sent.keys() - {result.json["command_id"] for result in results}

    def _attempts(self) -> list[dict[str, Any]]:
        return [a for a in self._viber.callbacks() if self._name in a["body"]]

    def _unanswered(self) -> int:
        attempts = self._attempts()
        told = {a["body"] for a in attempts if a["http_status"] == 200}
        return len({a["body"] for a in attempts} - told)

    def _late(self, accepted: Iterable[str]) -> Iterator[str]:
        furthest: dict[str, str] = defaultdict(str)
        for name in dict.fromkeys(accepted):  # of repeats the first
            user = self._sent[name]
            if name < furthest[user]:
                yield name
            furthest[user] = max(name, furthest[user])


def _repeated(names: Iterable[str]) -> frozenset[str]:
    return frozenset(name for name, times in Counter(names).items() if times > 1)


def _well(viber: Viber) -> list[dict[str, Any]]:
    return [call for call in viber.calls() if call["accepted"]]
