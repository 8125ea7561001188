"""Callbacks from what happened to what is sent: filter, signature, faults.

``emit`` drops what the webhook's ``event_types`` leave out, signs the body with the
bot's token, lets the faults in force spoil, delay, double or lose it, and hands it to
the courier.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, Protocol

import msgspec

from simulator.accounts import Bot
from simulator.callbacks.callback import Callback, Reply
from simulator.clock import Timers
from simulator.faults import Fault, Faults, Kind, Realm
from simulator.rules.bodies import encode
from simulator.rules.signature import sign

HOLD_SECONDS = 2.0
RAW = "raw"  # what the log calls a callback whose bytes a test gave
Key = tuple[str, str | None]


class Send(Protocol):
    """Queues a callback, as the courier does."""

    def __call__(self, callback: Callback, /) -> None:
        """Queue it behind the user's others."""
        ...


@dataclass(slots=True, eq=False)
class Outbox:
    """Makes callbacks; ``held`` are those that a later one shall overtake."""

    send: Send
    faults: Faults
    timers: Timers
    held: dict[Key, list[Callback]] = field(default_factory=dict)

    def emit(
        self,
        bot: Bot,
        user_id: str | None,
        body: dict[str, Any],
        on_reply: Callable[[Reply], None] | None = None,
    ) -> None:
        """Send a callback, if the bot wants its kind."""
        if bot.wants(body["event"]):
            callback = Callback(bot, body["event"], user_id, on_reply=on_reply)
            self._route(callback, self.seal(callback, body))

    def emit_raw(self, bot: Bot, user_id: str | None, raw: bytes) -> None:
        """Sign and send any bytes, whatever the bot wants; no fault spoils them."""
        if bot.webhook:
            callback = Callback(bot, RAW, user_id)
            write(callback, raw)
            self._route(callback, [])

    def seal(self, callback: Callback, body: dict[str, Any]) -> list[Fault]:
        """Write the body and sign it, as the faults in force allow; return those."""
        write(callback, encode(body))
        receivers = () if callback.user_id is None else (callback.user_id,)
        faults = list(
            self.faults.strike(
                Realm.CALLBACK, callback.bot.name, callback.event, receivers
            )
        )
        for fault in faults:
            _change(callback, fault)
            callback.notes.append(fault.kind)
        return faults

    def _route(self, callback: Callback, faults: list[Fault]) -> None:
        kinds = {fault.kind for fault in faults}
        if Kind.LOST in kinds:
            return
        if Kind.REORDERED in kinds:
            self._hold(callback)
            return
        late = (fault.delay for fault in faults if fault.kind is Kind.LATE)
        wait = sum(delay.draw(self.faults.rng) for delay in late)
        self.timers.after(wait, partial(self._release, callback))
        if Kind.DOUBLED in kinds:
            twin = replace(callback, on_reply=None, notes=[*callback.notes, "twin"])
            self.timers.after(wait, partial(self._release, twin))

    def _hold(self, callback: Callback) -> None:
        key = (callback.bot.name, callback.user_id)
        self.held.setdefault(key, []).append(callback)
        self.timers.after(HOLD_SECONDS, partial(self._let_go, key))

    def _release(self, callback: Callback) -> None:
        self.send(callback)
        self._let_go((callback.bot.name, callback.user_id))

    def _let_go(self, key: Key) -> None:
        for callback in self.held.pop(key, ()):
            self.send(callback)


def write(callback: Callback, raw: bytes) -> None:
    """Give a callback its bytes and the signature over them."""
    callback.body = raw
    callback.header = callback.query = sign(callback.bot.token, raw)


def _change(callback: Callback, fault: Fault) -> None:
    match fault.kind:
        case Kind.UNSIGNED:
            callback.header = callback.query = None
        case Kind.HEADER_ONLY:
            callback.query = None
        case Kind.QUERY_ONLY:
            callback.header = None
        case Kind.WRONG_KEY:
            wrong = sign(f"not-{callback.bot.token}", callback.body)
            callback.header = callback.query = wrong
        case Kind.MISSING_MEMBERS:
            whole = msgspec.json.decode(callback.body)
            left = {n: v for n, v in whole.items() if n not in fault.members}
            write(callback, encode(left))
        case _:
            return
