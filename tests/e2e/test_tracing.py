"""One trace shows a whole conversation: callback, bot, command, call of Viber."""

from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise

import pytest
from opentelemetry.proto.trace.v1.trace_pb2 import Span
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from tests.e2e.support.collector import Collector, attributes, collecting
from tests.e2e.support.commands import headers, text
from tests.e2e.support.gateway import Gateway, Gateways
from tests.e2e.support.records import Draft, Written
from tests.e2e.support.topics import Topics
from tests.e2e.support.viber import Viber
from tests.e2e.support.waiting import wait_for
from tests.e2e.support.web import request

pytestmark = pytest.mark.timeout(60)

W3C = TraceContextTextMapPropagator()


@pytest.fixture
def collector() -> Iterator[Collector]:
    """Return a running collector."""
    with collecting() as collector:
        yield collector


class TracingBot:
    """A bot that takes the trace of an event over into its command."""

    def __init__(self, topics: Topics, viber: Viber) -> None:
        self._topics = topics
        self._viber = viber
        provider = TracerProvider(shutdown_on_exit=False)
        self._tracer = provider.get_tracer("bot")

    def answer(self, event: Written, words: str) -> ReadableSpan:
        """Answer whoever wrote; return the bot's own span."""
        parent = W3C.extract({"traceparent": event.header("ce_traceparent")})
        with self._tracer.start_as_current_span("bot", parent) as span:
            carrier: dict[str, str] = {}
            W3C.inject(carrier)
            user, topic = event.header("ce_subject"), self._topics.outbound
            said = headers(self._viber.bot, "send_message", "c-1")
            said["ce_traceparent"] = carrier["traceparent"]
            self._topics.write([Draft(topic, text(user, words), user, said)])
        assert isinstance(span, ReadableSpan)
        return span


def openmetrics(gateway: Gateway) -> str:
    """Return what a scraper gets that asks for OpenMetrics."""
    accept = {"accept": "application/openmetrics-text; version=1.0.0"}
    url = f"{gateway.url('management')}/metrics"
    return request("GET", url, headers=accept).body.decode()


def only(collector: Collector, name: str) -> Span:
    """Wait for the one span of a name."""
    (span,) = wait_for(f"span {name}", lambda: collector.named(name))
    return span


def first(collector: Collector, name: str, is_it: Callable[[Span], bool]) -> Span:
    """Wait for a span of a name, among others of that name."""
    found = wait_for(f"span {name}", lambda: [*filter(is_it, collector.named(name))])
    return found[0]


def is_in_order(spans: Iterable[Span]) -> bool:
    """Tell whether each span began no later than the next."""
    starts = (span.start_time_unix_nano for span in spans)
    return all(a <= b for a, b in pairwise(starts))


def callback_spans(
    collector: Collector, topics: Topics, own: ReadableSpan
) -> tuple[Span, Span]:
    """Wait for the spans of the callback that a bot answers, and of its event."""
    serving = first(
        collector,
        "POST /webhooks/{bot}",
        lambda span: span.trace_id == own.context.trace_id.to_bytes(16),
    )
    sending = first(
        collector,
        f"send {topics.inbound}",
        lambda span: span.parent_span_id == serving.span_id,
    )
    return serving, sending


def test_one_trace_shows_the_whole_way(
    gateways: Gateways, viber: Viber, topics: Topics, collector: Collector
) -> None:
    """Two processes and a bot; each step hangs on the one before, retries included."""
    receiver = gateways.start("receiver", collector.settings)
    gateways.start("sender", collector.settings)
    viber.set_webhook(receiver.webhook(viber))
    (user,) = viber.add_users(1)
    viber.misbehave("http", method="send_message", code=503, count=1)

    viber.write(user, "a secret question")
    (event,) = wait_for("the event", topics.events)
    own = TracingBot(topics, viber).answer(event, "a secret answer")
    topics.wait_until_ended(1)

    serving, sending = callback_spans(collector, topics, own)
    processing = only(collector, f"process {topics.outbound}")
    calls = collector.named("POST /pa/send_message")
    result = only(collector, f"send {topics.results}")

    assert own.parent is not None
    assert own.parent.span_id.to_bytes(8) == sending.span_id
    assert processing.parent_span_id == own.context.span_id.to_bytes(8)
    assert [call.parent_span_id for call in calls] == [processing.span_id] * 2
    assert result.parent_span_id == processing.span_id
    way = [serving, sending, processing, *calls, result]
    assert {span.trace_id for span in way} == {serving.trace_id}
    assert is_in_order(way)
    resends = [attributes(call).get("http.request.resend_count") for call in calls]
    assert resends == [None, 1]
    (told,) = topics.read(topics.results)
    assert told.header("ce_traceparent").split("-")[1] == serving.trace_id.hex()
    assert serving.trace_id.hex() in openmetrics(receiver)
    said = str(collector.spans)
    assert all(secret not in said for secret in ("secret", user, viber.token))


@pytest.mark.real_kafka  # the bot's group is the same in every test
@pytest.mark.usefixtures("echo_bot")
def test_the_echo_bot_takes_the_trace_over(
    gateways: Gateways, viber: Viber, collector: Collector
) -> None:
    """So whoever tries tracing sees from the callback to the answer at once."""
    gateway = gateways.start("all", collector.settings)
    viber.set_webhook(gateway.webhook(viber))
    (user,) = viber.add_users(1)

    viber.write(user, "hello")

    call = only(collector, "POST /pa/send_message")
    wait_for(
        "the callback's span",
        lambda: (
            call.trace_id
            in {span.trace_id for span in collector.named("POST /webhooks/{bot}")}
        ),
    )


def test_without_a_collector_nothing_is_added(
    gateways: Gateways, viber: Viber, topics: Topics
) -> None:
    """Records have no header that nobody asked for."""
    receiver = gateways.start("receiver")
    viber.set_webhook(receiver.webhook(viber))
    (user,) = viber.add_users(1)

    viber.write(user, "hello")

    (event,) = wait_for("the event", topics.events)
    assert not {name for name in event.headers if "trace" in name}


def test_a_collector_that_is_away_disturbs_nothing(
    gateways: Gateways, viber: Viber, topics: Topics
) -> None:
    """Callbacks are answered, and the process ends in time and well."""
    away = {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:9"}
    receiver = gateways.start("receiver", away)
    viber.set_webhook(receiver.webhook(viber))
    (user,) = viber.add_users(1)

    viber.write(user, "hello")

    wait_for("the event", topics.events)
    assert receiver.stop() == 0
