"""Routes of faults: put them in force, look at what they did, end them."""

from dataclasses import dataclass
from typing import Any

from fastapi import HTTPException, Response

from simulator.control.models import NewFault
from simulator.control.routes import Route
from simulator.faults import Fault, Faults
from simulator.views import fault_view
from simulator.world import World

Json = dict[str, Any]
ALL = "/sim/faults"
ONE = "/sim/faults/{fault_id}"


@dataclass(frozen=True, slots=True)
class Orders:
    """The orders to misbehave."""

    world: World
    faults: Faults

    def routes(self) -> list[Route]:
        """Return the table of routes."""
        return [
            ("POST", ALL, 201, self.add),
            ("GET", ALL, 200, self.list_all),
            ("DELETE", ALL, 204, self.remove_all),
            ("GET", ONE, 200, self.show),
            ("DELETE", ONE, 204, self.remove),
        ]

    async def add(self, new: NewFault) -> Json:
        """Put a fault in force; a receiver may be named or given by id."""
        return fault_view(self.put(new))

    async def list_all(self) -> list[Json]:
        """Return the faults in force and what they did."""
        return [fault_view(fault) for fault in self.faults.orders.values()]

    async def remove_all(self) -> Response:
        """End all faults."""
        self.faults.orders.clear()
        return Response(status_code=204)

    async def show(self, fault_id: int) -> Json:
        """Return one fault and what it did."""
        return fault_view(self._find(fault_id))

    async def remove(self, fault_id: int) -> Response:
        """End one fault."""
        del self.faults.orders[self._find(fault_id).id]
        return Response(status_code=204)

    def put(self, new: NewFault) -> Fault:
        """Put a fault in force."""
        receiver = new.receiver
        if receiver is not None:
            receiver = self.world.user(receiver, new.bot)[1].id
        return self.faults.add(new.fault(self.world.clock, receiver))

    def _find(self, fault_id: int) -> Fault:
        fault = self.faults.orders.get(fault_id)
        if fault is None:
            raise HTTPException(404, f"no fault {fault_id}")
        return fault
