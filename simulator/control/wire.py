"""Routes of the log, the state and the clock."""

from dataclasses import dataclass
from typing import Annotated, Any, Literal

from fastapi import HTTPException, Query, Response

from simulator.clock import WallClock
from simulator.composition import Simulator
from simulator.control.models import Shift
from simulator.control.routes import Route
from simulator.views import bot_view

Json = dict[str, Any]
MS = 1000


@dataclass(frozen=True, slots=True)
class Wire:
    """What can be seen of the whole."""

    simulator: Simulator

    def routes(self) -> list[Route]:
        """Return the table of routes."""
        return [
            ("GET", "/sim/log", 200, self.read_log),
            ("DELETE", "/sim/log", 204, self.clear_log),
            ("GET", "/sim/state", 200, self.state),
            ("POST", "/sim/clock", 200, self.move_clock),
        ]

    async def read_log(
        self,
        after: int = 0,
        kind: Literal["api", "callback"] | None = None,
        message_token: str | None = None,
        limit: Annotated[int, Query(ge=1)] = 1000,
    ) -> Json:
        """Return entries after a number, oldest first; ``last`` is where to go on.

        With a token, those about that message instead, failed attempts too.
        """
        log = self.simulator.log
        found = (
            log.after(after, kind, limit)
            if message_token is None
            else log.about(message_token)
        )
        entries = [entry.render() for entry in found]
        last = entries[-1]["seq"] if entries else after
        return {"entries": entries, "last": last, "newest": log.seq}

    async def clear_log(self) -> Response:
        """Forget all entries; their numbers go on."""
        self.simulator.log.clear()
        return Response(status_code=204)

    async def state(self) -> Json:
        """Return counts of all there is."""
        simulator, courier = self.simulator, self.simulator.courier
        return {
            "now": simulator.clock.now_ms(),
            "bots": [bot_view(bot) for bot in simulator.world.bots.values()],
            "log": {"newest": simulator.log.seq, "kept": len(simulator.log.entries)},
            "callbacks": {
                "queued": sum(len(lane) for lane in courier.lanes.values()),
                "retrying": courier.retrying,
                "given_up": courier.given_up,
            },
            "api": dict(simulator.endpoint.counts),
            "faults": len(simulator.faults.orders),
        }

    async def move_clock(self, shift: Shift) -> Json:
        """Move the clock on: to the next clock hour, or past a 12-hour window."""
        clock = self.simulator.clock
        if not isinstance(clock, WallClock):
            raise HTTPException(409, "this clock cannot be moved")
        clock.offset_ms += round(shift.advance_seconds * MS)
        return {"now": clock.now_ms()}
