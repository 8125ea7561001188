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
        event = body["event"]
        if not bot.wants(event):
            return
        raw = encode(body)
        callback = Callback(bot, event, user_id, raw, sign(bot.token, raw), on_reply)
        receivers = () if user_id is None else (user_id,)
        self._spoil(
            callback,
            list(self.faults.strike(Realm.CALLBACK, bot.name, event, receivers)),
        )

    def _spoil(self, callback: Callback, faults: list[Fault]) -> None:
        wait = 0.0
        kinds = {fault.kind for fault in faults}
        callback.notes.extend(fault.kind for fault in faults)
        for fault in faults:
            _change(callback, fault)
            if fault.kind is Kind.LATE:
                wait += fault.delay.draw(self.faults.rng)
        if Kind.LOST in kinds:
            return
        if Kind.REORDERED in kinds:
            self._hold(callback)
            return
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


def _change(callback: Callback, fault: Fault) -> None:
    match fault.kind:
        case Kind.UNSIGNED:
            callback.signature = None
        case Kind.WRONG_KEY:
            callback.signature = sign(f"not-{callback.bot.token}", callback.body)
        case Kind.MISSING_MEMBERS:
            whole = msgspec.json.decode(callback.body)
            left = {n: v for n, v in whole.items() if n not in fault.members}
            callback.body = encode(left)
            callback.signature = sign(callback.bot.token, callback.body)
        case _:
            return
