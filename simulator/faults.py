"""Faults on demand: which request, callback or message goes wrong, and how.

A fault names what it is about (bot, method or event, receiver), how often it strikes
(probability, every Nth, at most so many) and when (a window after it was set).  All
chance comes from one seeded source.  What a fault does is carried out where the thing
happens: in ``api.misbehaviour``, ``callbacks.outbox`` and ``phone``.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from simulator.clock import Clock

MS = 1000


class Kind(StrEnum):
    """What goes wrong."""

    # The answer to an API call.
    STATUS = "status"
    HTTP = "http"
    DELAY = "delay"
    HANG = "hang"
    RESET_BEFORE = "reset_before"
    RESET_AFTER = "reset_after"
    ACCEPT_THEN_HTTP = "accept_then_http"
    TRUNCATED = "truncated"
    GARBAGE = "garbage"
    ANSWER_WITHOUT = "answer_without"
    # A callback on its way out.
    LATE = "late"
    DOUBLED = "doubled"
    REORDERED = "reordered"
    UNSIGNED = "unsigned"
    HEADER_ONLY = "header_only"
    QUERY_ONLY = "query_only"
    WRONG_KEY = "wrong_key"
    MISSING_MEMBERS = "missing_members"
    LOST = "lost"
    # A message that Viber accepted and the phone refuses.
    PHONE_REFUSES = "phone_refuses"


class Realm(StrEnum):
    """Where a kind of fault belongs."""

    API = "api"
    CALLBACK = "callback"
    PHONE = "phone"


ON_CALLBACKS = frozenset(
    {
        Kind.LATE,
        Kind.DOUBLED,
        Kind.REORDERED,
        Kind.UNSIGNED,
        Kind.HEADER_ONLY,
        Kind.QUERY_ONLY,
        Kind.WRONG_KEY,
        Kind.MISSING_MEMBERS,
        Kind.LOST,
    }
)
# The kinds that do what was asked before they spoil the answer.
ACCEPTING = frozenset(
    {
        Kind.DELAY,
        Kind.RESET_AFTER,
        Kind.ACCEPT_THEN_HTTP,
        Kind.TRUNCATED,
        Kind.ANSWER_WITHOUT,
    }
)


def realm_of(kind: Kind) -> Realm:
    """Tell where a kind of fault strikes."""
    if kind is Kind.PHONE_REFUSES:
        return Realm.PHONE
    return Realm.CALLBACK if kind in ON_CALLBACKS else Realm.API


@dataclass(frozen=True, slots=True)
class Delay:
    """How long: between two bounds, or around a mean (normal, cut off at 0); ms."""

    low: float = 0.0
    high: float = 0.0
    mean: float | None = None
    deviation: float = 0.0

    def draw(self, rng: random.Random) -> float:
        """Return a number of seconds."""
        if self.mean is None:
            return rng.uniform(self.low, self.high) / MS
        return max(0.0, rng.gauss(self.mean, self.deviation)) / MS


@dataclass(slots=True)
class Fault:
    """One order to misbehave; the numbers at the end count what it did.

    ``name`` is an API method or an event.  ``starts`` and ``ends`` are Unix ms.
    ``accept`` overrides whether the message is taken before the answer is spoilt.
    """

    kind: Kind
    bot: str | None = None
    name: str | None = None
    receiver: str | None = None
    probability: float = 1.0
    every: int = 1
    count: int | None = None
    starts: int = 0
    ends: int | None = None
    status: int = 1
    code: int = 503
    retry_after: str | None = None
    delay: Delay = field(default_factory=Delay)
    accept: bool | None = None
    members: tuple[str, ...] = ()
    id: int = 0
    matched: int = 0
    struck: int = 0

    @property
    def accepts(self) -> bool:
        """Whether the message is taken although the answer does not say so."""
        return self.kind in ACCEPTING if self.accept is None else self.accept


@dataclass(slots=True)
class Faults:
    """The faults in force."""

    clock: Clock
    rng: random.Random
    orders: dict[int, Fault] = field(default_factory=dict)
    last_id: int = 0

    def add(self, fault: Fault) -> Fault:
        """Put a fault in force and number it."""
        self.last_id += 1
        fault.id = self.last_id
        self.orders[fault.id] = fault
        return fault

    def strike(
        self, realm: Realm, bot: str, name: str, receivers: tuple[str, ...]
    ) -> Iterator[Fault]:
        """Yield the faults that hit this one, counting them as done."""
        if not self.orders:
            return
        now = self.clock.now_ms()
        for fault in list(self.orders.values()):
            if self._concerns(fault, realm, (bot, name, receivers), now):
                fault.matched += 1
                if fault.matched % fault.every == 0 and self._luck(fault):
                    fault.struck += 1
                    yield fault

    def _concerns(
        self,
        fault: Fault,
        realm: Realm,
        subject: tuple[str, str, tuple[str, ...]],
        now: int,
    ) -> bool:
        bot, name, receivers = subject
        return (
            realm_of(fault.kind) is realm
            and fault.bot in {None, bot}
            and fault.name in {None, name}
            and (fault.receiver is None or fault.receiver in receivers)
            and fault.starts <= now
            and (fault.ends is None or now < fault.ends)
            and (fault.count is None or fault.struck < fault.count)
        )

    def _luck(self, fault: Fault) -> bool:
        return fault.probability >= 1 or self.rng.random() < fault.probability
