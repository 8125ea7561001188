"""Tracing that is off: what it is given to wrap, it gives back.

The rooms know nothing of traces.  `roles` lets pass through here what leads from one
room to another; `spans` wraps it, when the environment asks for that (ADR 0014).
"""

from collections.abc import Callable, Coroutine, Mapping
from typing import Any, Protocol, TypeVar

from gateway.core.answer import Reply, TransportFailure
from gateway.core.command import Command, InvalidCommand
from gateway.core.record import NewRecord, Place

EXPORTER = "OTEL_TRACES_EXPORTER"  # OpenTelemetry's own variable

Serve = Callable[[Any, Any, Any], Coroutine[Any, Any, None]]
Call = Callable[[Command], Coroutine[Any, Any, Reply | TransportFailure]]


class Publish(Protocol):
    """Writes a record and returns once Kafka has acknowledged it."""

    async def __call__(
        self, record: NewRecord, timeout: float | None = None, /
    ) -> Place:
        """Write a record, or raise a PublishError."""


class Subject(Protocol):
    """What is delivered."""

    @property
    def command(self) -> Command | InvalidCommand:
        """The command that it is about."""


Delivered = TypeVar("Delivered", bound=Subject)
Deliver = Callable[[Delivered], Coroutine[Any, Any, None]]


class Tracing:
    """Leaves everything as it is.

    Attributes:
        exemplar: Names the present trace for a metric; None: there never is one.
    """

    exemplar: Callable[[], Mapping[str, str] | None] | None = None

    def serving(self, app: Serve) -> Serve:
        """Return the ASGI app of the public port."""
        return app

    def publishing(self, publish: Publish) -> Publish:
        """Return what writes events and results."""
        return publish

    def delivering(self, deliver: Deliver[Delivered]) -> Deliver[Delivered]:
        """Return what brings a command to its end."""
        return deliver

    def calling(self, call: Call) -> Call:
        """Return what makes one attempt."""
        return call

    def close(self) -> None:
        """End; nothing else runs any more."""
