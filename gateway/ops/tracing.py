"""Tracing that is off: what it is given to wrap, it gives back.

The rooms know nothing of traces.  `roles` lets pass through here what leads from one
room to another; `spans` wraps it, when the environment asks for that, and only then
is OpenTelemetry imported (ADR 0014).
"""

from collections.abc import Callable, Coroutine, Mapping
from typing import Any, Protocol, TypeVar

from gateway.core.answer import Reply, TransportFailure
from gateway.core.command import Command, InvalidCommand
from gateway.core.errors import SettingsError
from gateway.core.record import NewRecord, Place

# What OpenTelemetry's own variables say; any of the first three asks for tracing.
EXPORTER = "OTEL_TRACES_EXPORTER"
ENDPOINTS = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
DISABLED = "OTEL_SDK_DISABLED"

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


def open_tracing(environ: Mapping[str, str], api_url: str) -> Tracing:
    """Return the tracing that the environment asks for.

    Args:
        environ: `OTEL_*` as OpenTelemetry defines them.
        api_url: Base of Viber's API, for the spans of calls.

    Raises:
        SettingsError: What it needs is not installed, or there is no such exporter.
    """
    exporter = wanted_exporter(environ)
    if exporter is None:
        return Tracing()
    try:
        from gateway.ops.spans import Spans, provider_of  # noqa: PLC0415  costs nobody else
    except ImportError:
        raise SettingsError(
            [f"{EXPORTER}: tracing needs the extra: pip install viber-gateway[tracing]"]
        ) from None
    return Spans(provider_of(exporter), api_url)


def wanted_exporter(environ: Mapping[str, str]) -> str | None:
    """Name the exporter of traces; None: tracing is off.

    Unlike an SDK that is always on, it is off unless an exporter or a collector is
    named.  Source: OpenTelemetry, "Environment Variable Specification".
    """
    if environ.get(DISABLED, "").strip().lower() == "true":
        return None
    is_asked = any(environ.get(name) for name in ENDPOINTS)
    exporter = environ.get(EXPORTER, "").strip() or ("otlp" if is_asked else "none")
    return None if exporter == "none" else exporter
