"""Tracing that is on: one trace from Viber's callback to the call that answers it.

A record carries its context in the headers `ce_traceparent` and `traceparent`: of the
span that wrote it.  Spans hold ids of events and commands, and never a user's id, a
text or a token.  Names: OpenTelemetry, "Semantic conventions" for HTTP, messaging and
CloudEvents; W3C, "Trace Context".
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from importlib.metadata import entry_points, version
from itertools import count
from threading import Thread
from typing import Any
from urllib.parse import urlsplit

from opentelemetry.context import Context, attach, detach, get_value, set_value
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import (
    Span,
    SpanKind,
    StatusCode,
    format_span_id,
    format_trace_id,
    get_current_span,
)
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from gateway.core.answer import Reply, TransportFailure, read_answer
from gateway.core.command import Command
from gateway.core.errors import SettingsError
from gateway.core.record import Header, NewRecord, Place
from gateway.ops.labels import POST, ROUTE
from gateway.ops.tracing import (
    EXPORTER,
    Call,
    Deliver,
    Delivered,
    Publish,
    Serve,
    Tracing,
)

TRACEPARENT = "traceparent"
BURIED = "dlq_reason"  # a dead letter has it
CLOSE_SECONDS = 2.0
WEBHOOKS = ROUTE.partition("{")[0]
KAFKA = {"messaging.system": "kafka"}
ATTEMPTS = "viber.attempts"  # in the context: counts the calls of one command

_w3c = TraceContextTextMapPropagator()


def provider_of(exporter: str) -> TracerProvider:
    """Build what collects spans and sends them off.

    Everything else about it is OpenTelemetry's and comes from its variables: where
    to, the sampler, the batches, the resource's attributes.

    Raises:
        SettingsError: There is no such exporter.
    """
    name = "otlp_proto_http" if exporter == "otlp" else exporter
    found = entry_points(group="opentelemetry_traces_exporter", name=name)
    if not found:
        known = sorted(entry_points(group="opentelemetry_traces_exporter").names)
        raise SettingsError(
            [f"{EXPORTER}: is {exporter!r}, allowed are otlp, none, {', '.join(known)}"]
        )
    named = Resource({"service.name": "viber-gateway"}).merge(Resource.create())
    (entry,) = found
    provider = TracerProvider(resource=named, shutdown_on_exit=False)
    provider.add_span_processor(BatchSpanProcessor(entry.load()()))
    return provider


class Spans(Tracing):
    """Makes a span of each step.

    Args:
        provider: Collects them.
        api_url: Base of Viber's API.
    """

    def __init__(self, provider: TracerProvider, api_url: str) -> None:
        self._provider = provider
        self._tracer = provider.get_tracer("viber-gateway", version("viber-gateway"))
        self._api_url = api_url.rstrip("/")
        self._api = urlsplit(self._api_url)
        self.exemplar = exemplar

    def serving(self, app: Serve) -> Serve:
        """Return the app, with a span around each request."""

        async def serve(scope: Any, receive: Any, send: Any) -> None:
            with self._request(scope) as span:

                async def note(message: Mapping[str, Any]) -> None:
                    if message["type"] == "http.response.start":
                        _note_status(span, message["status"], 500)
                    await send(message)

                await app(scope, receive, note)

        return serve

    def _request(self, scope: Any) -> AbstractContextManager[Span]:
        given = {name.decode("latin-1"): value for name, value in scope["headers"]}
        attributes = {
            "http.request.method": scope["method"],
            "url.scheme": scope.get("scheme", "http"),
            "url.path": scope["path"],
        }
        name = scope["method"] if scope["method"] == POST else "HTTP"
        if scope["path"].startswith(WEBHOOKS):
            attributes["http.route"] = ROUTE
            name = f"{name} {ROUTE}"
        return self._tracer.start_as_current_span(
            name,
            _context(given.get(TRACEPARENT)),
            SpanKind.SERVER,
            attributes,
        )

    def publishing(self, publish: Publish) -> Publish:
        """Return the writer, with a span around each record, which then names it."""

        async def traced(record: NewRecord, timeout: float | None = None, /) -> Place:
            with self._tracer.start_as_current_span(
                f"send {record.topic}",
                kind=SpanKind.PRODUCER,
                attributes={
                    **KAFKA,
                    "messaging.operation.type": "send",
                    "messaging.operation.name": "send",
                    "messaging.destination.name": record.topic,
                    **_event_attributes(record.headers),
                },
            ):
                return await publish(_carrying(record), timeout)

        return traced

    def delivering(self, deliver: Deliver[Delivered]) -> Deliver[Delivered]:
        """Return the delivery, with a span around all of a command's life."""

        async def traced(subject: Delivered) -> None:
            with self._processing(subject):
                await deliver(subject)

        return traced

    @contextmanager
    def _processing(self, subject: Delivered) -> Iterator[None]:
        command = subject.command
        record = command.record
        with self._tracer.start_as_current_span(
            f"process {record.topic}",
            _context(command.traceparent),
            SpanKind.CONSUMER,
            {
                **KAFKA,
                "messaging.operation.type": "process",
                "messaging.operation.name": "process",
                "messaging.destination.name": record.topic,
                "messaging.destination.partition.id": str(record.partition),
                "messaging.kafka.offset": record.offset,
                "messaging.message.id": command.id,
                "viber.bot": command.bot or "",
                "viber.method": command.method or "",
            },
        ):
            token = attach(set_value(ATTEMPTS, count()))
            try:
                yield
            finally:
                detach(token)

    def calling(self, call: Call) -> Call:
        """Return the call of Viber, with a span around each attempt."""

        async def traced(command: Command) -> Reply | TransportFailure:
            with self._attempt(command) as span:
                reply = await call(command)
                _note_reply(span, reply)
                return reply

        return traced

    def _attempt(self, command: Command) -> AbstractContextManager[Span]:
        template = f"{self._api.path}/{command.method}"
        attributes: dict[str, str | int] = {
            "http.request.method": POST,
            "server.address": self._api.hostname or "",
            "server.port": self._api.port
            or (80 if self._api.scheme == "http" else 443),
            "url.full": f"{self._api_url}/{command.method}",
            "url.template": template,
        }
        calls = get_value(ATTEMPTS)
        if isinstance(calls, count) and (resends := next(calls)):
            attributes["http.request.resend_count"] = resends
        return self._tracer.start_as_current_span(
            f"{POST} {template}", kind=SpanKind.CLIENT, attributes=attributes
        )

    def close(self) -> None:
        """Send what waits, for a moment at most: a collector may be away."""
        closing = Thread(target=self._provider.shutdown, daemon=True)
        closing.start()
        closing.join(CLOSE_SECONDS)


def exemplar() -> Mapping[str, str] | None:
    """Name the present trace, if it is kept (OpenMetrics 1.0, Exemplars)."""
    now = get_current_span().get_span_context()
    if not now.trace_flags.sampled:
        return None
    return {
        "trace_id": format_trace_id(now.trace_id),
        "span_id": format_span_id(now.span_id),
    }


def _context(traceparent: str | bytes | None) -> Context:
    """Return the context that a header names; a new one where it names none."""
    if isinstance(traceparent, bytes):
        traceparent = traceparent.decode("latin-1")
    return _w3c.extract({TRACEPARENT: traceparent or ""}, Context())


def _carrying(record: NewRecord) -> NewRecord:
    """Add the present context; a dead letter keeps the headers that it had."""
    if any(name == BURIED for name, _ in record.headers):
        return record
    carrier: dict[str, str] = {}
    _w3c.inject(carrier)
    value = carrier[TRACEPARENT].encode()
    added = ((f"ce_{TRACEPARENT}", value), (TRACEPARENT, value))
    return record._replace(headers=(*record.headers, *added))


def _event_attributes(headers: Iterable[Header]) -> dict[str, str]:
    found = dict(headers)
    names = {"ce_id": "cloudevents.event_id", "ce_type": "cloudevents.event_type"}
    return {
        attribute: found[name].decode(errors="replace")
        for name, attribute in names.items()
        if found.get(name)
    }


def _note_status(span: Span, status: int, first_error: int) -> None:
    span.set_attribute("http.response.status_code", status)
    if status >= first_error:
        _note_error(span, str(status))


def _note_error(span: Span, kind: str) -> None:
    span.set_attribute("error.type", kind)
    span.set_status(StatusCode.ERROR)


def _note_reply(span: Span, reply: Reply | TransportFailure) -> None:
    """Note what HTTP and Viber said: HTTP 200 hides errors."""
    if isinstance(reply, TransportFailure):
        _note_error(span, reply.kind)
        return
    _note_status(span, reply.http_status, 400)
    status = read_answer(reply, is_query=False).status
    if status is not None:
        span.set_attribute("viber.status", status)
        if status:
            _note_error(span, f"viber_{status}")
