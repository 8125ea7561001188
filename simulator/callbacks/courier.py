"""Brings callbacks to webhooks: in order per user, with Viber's retries.

Each user has a lane.  A lane sends one callback at a time, so first attempts keep the
order of occurrence; different users' lanes go in parallel, up to a bound.  A callback
that fails leaves its lane and comes back alone after 10, 60, 300, 600, 900 ... s, so
it delays nothing behind it: Viber promises no order.

Rule: a lane is in ``lanes`` exactly while it waits for a worker or a worker has it.
"""

import asyncio
from collections import deque
from dataclasses import dataclass, field
from typing import Protocol

from simulator.callbacks.callback import Callback, Reply
from simulator.clock import Clock, Timers
from simulator.rules.limits import RETRY_SECONDS
from simulator.wirelog import CallbackEntry, WireLog

WORKERS = 64
Lane = deque[Callback]
LaneKey = tuple[str, str]


class Post(Protocol):
    """Posts a body to a webhook; no error escapes, it is told in the reply."""

    async def __call__(
        self, url: str, body: bytes, header: str | None, query: str | None
    ) -> Reply:
        """Return how the webhook answered within Viber's time limit."""
        ...


@dataclass(slots=True, eq=False)
class Courier:
    """Sends callbacks; ``run`` does the work, the rest only queues it.

    ``time_scale`` shortens the waits before retries: 0.01 makes 10 s a tenth.
    """

    post: Post
    log: WireLog
    clock: Clock
    timers: Timers
    time_scale: float = 1.0
    lanes: dict[LaneKey, Lane] = field(default_factory=dict)
    ready: asyncio.Queue[tuple[LaneKey | None, Lane]] = field(
        default_factory=asyncio.Queue
    )
    retrying: int = 0
    given_up: int = 0

    def send(self, callback: Callback) -> None:
        """Queue a callback behind those of the same user."""
        key = (callback.bot.name, callback.user_id or "")
        lane = self.lanes.get(key)
        if lane is None:
            self.lanes[key] = lane = deque()
            self.ready.put_nowait((key, lane))
        lane.append(callback)

    async def run(self) -> None:
        """Work until cancelled."""
        async with asyncio.TaskGroup() as group:
            for _ in range(WORKERS):
                group.create_task(self._work())

    async def settle(self) -> None:
        """Return once all that is due has been sent; ``run`` must be at work."""
        await self.ready.join()

    async def attempt(self, callback: Callback) -> Reply:
        """Post a callback once and log it."""
        callback.attempts += 1
        url = callback.bot.webhook if callback.url is None else callback.url
        started = self.clock.now_ms()
        reply = await self.post(url, callback.body, callback.header, callback.query)
        self.log.add(
            CallbackEntry(
                at=started,
                bot=callback.bot.name,
                event=callback.event,
                user=callback.user_id,
                attempt=callback.attempts,
                url=url,
                body=callback.body,
                header=callback.header,
                query=callback.query,
                http_status=reply.status,
                trouble=reply.trouble,
                answer=reply.body,
                duration_ms=self.clock.now_ms() - started,
                notes=tuple(callback.notes),
            )
        )
        return reply

    async def _work(self) -> None:
        while True:
            key, lane = await self.ready.get()
            callback = lane.popleft()
            if callback.bot.webhook:  # else it was removed meanwhile
                self._settle(callback, await self.attempt(callback))
            if lane:
                self.ready.put_nowait((key, lane))
            elif key is not None:
                del self.lanes[key]
            self.ready.task_done()

    def _settle(self, callback: Callback, reply: Reply) -> None:
        if not reply.is_ok and callback.attempts <= len(RETRY_SECONDS):
            self.retrying += 1
            wait = RETRY_SECONDS[callback.attempts - 1] * self.time_scale
            self.timers.after(wait, lambda: self._again(callback))
            return
        if not reply.is_ok:
            self.given_up += 1
        if callback.on_reply is not None:
            callback.on_reply(reply)

    def _again(self, callback: Callback) -> None:
        self.retrying -= 1
        self.ready.put_nowait((None, deque([callback])))
