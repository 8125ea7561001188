"""Tracing that is on: which spans there are, what they say, how they hang together."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF, ALWAYS_ON, Sampler
from opentelemetry.trace import SpanKind, StatusCode

from gateway.core.answer import FailureKind, Reply, TransportFailure
from gateway.core.command import Command, InvalidCommand
from gateway.core.errors import KafkaUnavailableError
from gateway.core.record import NewRecord
from gateway.ops.spans import Spans, exemplar
from tests.fakes.asgi import Exchange
from tests.fakes.commands import decoded, record
from tests.fakes.publish import FakePublish

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
CALLER = "00f067aa0ba902b7"
TRACEPARENT = f"00-{TRACE}-{CALLER}-01"
EVENT = NewRecord("viber.inbound", b"user", b"{}", (("ce_id", b"e-1"),))


@dataclass
class Trace:
    """Spans of one process, as they end."""

    sampler: Sampler = ALWAYS_ON
    exporter: InMemorySpanExporter = field(default_factory=InMemorySpanExporter)

    def __post_init__(self) -> None:
        self.provider = TracerProvider(self.sampler, shutdown_on_exit=False)
        self.provider.add_span_processor(SimpleSpanProcessor(self.exporter))
        self.spans = Spans(self.provider, "https://chatapi.viber.com/pa")

    @property
    def ended(self) -> tuple[ReadableSpan, ...]:
        """What has ended, in order."""
        return self.exporter.get_finished_spans()


@pytest.fixture
def trace() -> Iterator[Trace]:
    """Return a process with tracing."""
    trace = Trace()
    yield trace
    trace.spans.close()


@dataclass
class Subject:
    """What is delivered."""

    command: Command | InvalidCommand


def hangs_on(span: ReadableSpan, parent: ReadableSpan | None) -> bool:
    """Tell whether a span is a child of another; None: it began a trace."""
    if span.parent is None or parent is None:
        return span.parent is None and parent is None
    return bool(span.parent.span_id == parent.context.span_id)


def header(published: NewRecord, name: str) -> str:
    """Return a header's text."""
    return dict(published.headers)[name].decode()


async def answered(trace: Trace, exchange: Exchange, status: int = 200) -> None:
    """Let an app that writes an event answer a request."""
    publish = trace.spans.publishing(FakePublish())

    async def app(_scope: object, _receive: object, send: object) -> None:
        await publish(EVENT)
        assert callable(send)
        await send({"type": "http.response.start", "status": status, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    await exchange.run(trace.spans.serving(app))


async def test_a_callback_and_its_event_are_one_trace(trace: Trace) -> None:
    """A span for the request, and in it one for the record."""
    await answered(trace, Exchange("/webhooks/shop"))

    sending, serving = trace.ended
    assert hangs_on(serving, None)
    assert hangs_on(sending, serving)
    assert (serving.name, serving.kind) == ("POST /webhooks/{bot}", SpanKind.SERVER)
    assert dict(serving.attributes or {}) == {
        "http.request.method": "POST",
        "url.scheme": "https",
        "url.path": "/webhooks/shop",
        "http.route": "/webhooks/{bot}",
        "http.response.status_code": 200,
    }
    assert (sending.name, sending.kind) == ("send viber.inbound", SpanKind.PRODUCER)
    assert dict(sending.attributes or {}) == {
        "messaging.system": "kafka",
        "messaging.operation.type": "send",
        "messaging.operation.name": "send",
        "messaging.destination.name": "viber.inbound",
        "cloudevents.event_id": "e-1",
    }


async def test_a_trace_that_a_proxy_began_goes_on(trace: Trace) -> None:
    """By the header `traceparent` of the request."""
    await answered(
        trace, Exchange("/webhooks/shop", headers={"traceparent": TRACEPARENT})
    )

    serving = trace.ended[-1]
    assert f"{serving.context.trace_id:032x}" == TRACE
    assert serving.parent is not None
    assert f"{serving.parent.span_id:016x}" == CALLER


@pytest.mark.parametrize("given", ["", "00-0", "x" * 500, f"ff-{TRACE}-{CALLER}-01"])
async def test_a_traceparent_that_is_none_begins_a_trace(
    trace: Trace, given: str
) -> None:
    """Whatever a stranger writes there."""
    await answered(trace, Exchange("/webhooks/shop", headers={"traceparent": given}))

    assert hangs_on(trace.ended[-1], None)


@pytest.mark.parametrize(
    ("path", "method", "name"),
    [
        ("/webhooks/shop", "POST", "POST /webhooks/{bot}"),
        ("/webhooks/shop", "BREW", "HTTP /webhooks/{bot}"),
        ("/anything/at/all", "POST", "POST"),
    ],
)
async def test_names_of_requests_are_few(
    trace: Trace, path: str, method: str, name: str
) -> None:
    """As label values are."""
    await answered(trace, Exchange(path, method=method))

    assert trace.ended[-1].name == name


@pytest.mark.parametrize(("status", "code"), [(403, "UNSET"), (503, "ERROR")])
async def test_only_our_own_failure_is_an_error(
    trace: Trace, status: int, code: str
) -> None:
    """A stranger who is turned away is none (semantic conventions, HTTP server)."""
    await answered(trace, Exchange("/webhooks/shop"), status)

    assert trace.ended[-1].status.status_code is StatusCode[code]


async def test_a_record_names_the_span_that_wrote_it(trace: Trace) -> None:
    """For CloudEvents' readers, and for instrumentations of Kafka."""
    publish = FakePublish()

    await trace.spans.publishing(publish)(EVENT, 4.0)

    (sending,) = trace.ended
    (written,) = publish.records
    own = sending.context
    expected = f"00-{own.trace_id:032x}-{own.span_id:016x}-{own.trace_flags:02x}"
    assert header(written, "ce_traceparent") == expected
    assert header(written, "traceparent") == expected
    assert written.headers[0] == ("ce_id", b"e-1")
    assert publish.timeouts == [4.0]


async def test_a_dead_letter_keeps_its_headers(trace: Trace) -> None:
    """It must be what it was, so that it can be sent back."""
    publish = FakePublish()
    letter = EVENT._replace(topic="viber.dlq", headers=(("dlq_reason", b"expired"),))

    await trace.spans.publishing(publish)(letter)

    assert publish.records == [letter]


async def test_what_kafka_refuses_is_an_error(trace: Trace) -> None:
    """And is raised all the same."""
    publish = FakePublish()
    publish.is_refusing = True

    with pytest.raises(KafkaUnavailableError):
        await trace.spans.publishing(publish)(EVENT)

    assert trace.ended[0].status.status_code is StatusCode.ERROR


async def deliver(trace: Trace, command: Command, *replies: Reply) -> NewRecord:
    """Call Viber once for each reply, then write a result; return it."""
    script = iter(replies)
    publish = FakePublish()

    async def reply_of(_command: Command) -> Reply | TransportFailure:
        return next(script)

    call = trace.spans.calling(reply_of)

    async def work(subject: Subject) -> None:
        assert isinstance(subject.command, Command)
        for _ in replies:
            await call(subject.command)
        await trace.spans.publishing(publish)(EVENT._replace(topic="viber.results"))

    await trace.spans.delivering(work)(Subject(command))
    return publish.records[0]


OK = Reply(200, b'{"status":0}')


async def test_a_commands_trace_goes_on_to_viber_and_to_its_result(
    trace: Trace,
) -> None:
    """From the record's header over each attempt to the record that tells the end."""
    command = decoded(record(id="c-1", traceparent=TRACEPARENT))
    assert isinstance(command, Command)

    result = await deliver(trace, command, Reply(503, b""), OK)

    first, second, sending, processing = trace.ended
    assert f"{processing.context.trace_id:032x}" == TRACE
    assert all(hangs_on(span, processing) for span in (first, second, sending))
    assert header(result, "ce_traceparent").split("-")[1] == TRACE
    attributes = dict(processing.attributes or {})
    assert processing.kind is SpanKind.CONSUMER
    assert attributes["messaging.message.id"] == "c-1"
    assert (attributes["viber.bot"], attributes["viber.method"]) == (
        "shop",
        "send_message",
    )


async def test_attempts_are_numbered_from_the_second(trace: Trace) -> None:
    """`http.request.resend_count` says how many went before; the first has none."""
    command = decoded(record())
    assert isinstance(command, Command)

    await deliver(trace, command, Reply(503, b""), Reply(200, b'{"status":3}'), OK)
    await deliver(trace, command, OK)

    calls = [dict(s.attributes or {}) for s in trace.ended if s.kind is SpanKind.CLIENT]
    resends = [call.get("http.request.resend_count") for call in calls]
    assert resends == [None, 1, 2, None]
    assert calls[3] == {
        "http.request.method": "POST",
        "server.address": "chatapi.viber.com",
        "server.port": 443,
        "url.full": "https://chatapi.viber.com/pa/send_message",
        "url.template": "/pa/send_message",
        "http.response.status_code": 200,
        "viber.status": 0,
    }


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (OK, None),
        (Reply(200, b'{"status":12}'), "viber_12"),
        (Reply(503, b""), "503"),
        (Reply(200, b"<html>"), None),
        (TransportFailure(FailureKind.TIMEOUT, "slow"), "timeout"),
    ],
)
async def test_an_attempt_tells_why_it_failed(
    trace: Trace, reply: Reply | TransportFailure, error: str | None
) -> None:
    """HTTP 200 hides errors, so Viber's own status counts too."""
    command = decoded(record())
    assert isinstance(command, Command)

    async def reply_of(_command: Command) -> Reply | TransportFailure:
        return reply

    assert await trace.spans.calling(reply_of)(command) is reply

    (span,) = trace.ended
    assert (span.attributes or {}).get("error.type") == error
    assert span.status.status_code is (StatusCode.ERROR if error else StatusCode.UNSET)


async def test_a_span_holds_no_text_and_no_user(trace: Trace) -> None:
    """A collector is no place for personal data."""
    secret = "4453b6ac1s345678"
    command = decoded(record({"receiver": secret, "text": secret}, id="c-1"))
    assert isinstance(command, Command)

    await deliver(trace, command, Reply(200, f'{{"status":5,"x":"{secret}"}}'.encode()))

    assert all(secret not in span.to_json() for span in trace.ended)


async def test_a_kept_trace_is_named_as_an_exemplar() -> None:
    """One that is not sampled leads nowhere, and so does none at all."""
    for sampler, is_kept in ((ALWAYS_ON, True), (ALWAYS_OFF, False)):
        trace = Trace(sampler)
        named: list[bool] = []

        async def app(*_: object, found: list[bool] = named) -> None:
            found.append(exemplar() is not None)

        await trace.spans.serving(app)(
            {"method": "POST", "path": "/", "headers": []}, None, None
        )
        assert named == [is_kept]
    assert exemplar() is None
