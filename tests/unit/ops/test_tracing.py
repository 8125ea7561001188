"""Tracing on demand: what the environment says, and what off costs."""

import subprocess
import sys

import pytest

from gateway.core.errors import SettingsError
from gateway.ops.exporter import open_tracing, wanted_exporter
from gateway.ops.spans import Spans
from gateway.ops.tracing import Tracing
from tests.fakes.commands import decoded, record
from tests.fakes.publish import FakePublish

API = "https://chatapi.viber.com/pa"


@pytest.mark.parametrize(
    ("environ", "exporter"),
    [
        ({}, None),
        ({"OTEL_SERVICE_NAME": "shop"}, None),
        ({"OTEL_TRACES_EXPORTER": ""}, None),
        ({"OTEL_TRACES_EXPORTER": "none"}, None),
        ({"OTEL_TRACES_EXPORTER": "console"}, "console"),
        ({"OTEL_TRACES_EXPORTER": "otlp"}, "otlp"),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://collector:4318"}, "otlp"),
        ({"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://c:4318/v1/traces"}, "otlp"),
        (
            {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://c", "OTEL_TRACES_EXPORTER": "none"},
            None,
        ),
        ({"OTEL_TRACES_EXPORTER": "otlp", "OTEL_SDK_DISABLED": "True"}, None),
    ],
)
def test_tracing_is_on_when_an_exporter_or_a_collector_is_named(
    environ: dict[str, str], exporter: str | None
) -> None:
    """And nothing says that it is off."""
    assert wanted_exporter(environ) == exporter


def test_off_leaves_everything_as_it_is() -> None:
    """Nothing is wrapped, so nothing is paid."""
    tracing = open_tracing({}, API)
    publish = FakePublish()

    async def nothing(*_: object) -> None:
        """Stand for any of them."""

    assert type(tracing) is Tracing
    assert tracing.exemplar is None
    assert tracing.publishing(publish) is publish
    assert tracing.serving(nothing) is nothing
    assert tracing.delivering(nothing) is nothing


def test_off_does_not_even_import_the_sdk() -> None:
    """A process without tracing has it neither in memory nor at its start."""
    code = "import sys, gateway.service; print('opentelemetry.sdk' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )

    assert done.stdout == "False\n"


def test_on_makes_spans() -> None:
    """Where to, the SDK reads from the same environment."""
    tracing = open_tracing({"OTEL_TRACES_EXPORTER": "otlp"}, API)

    assert isinstance(tracing, Spans)
    tracing.close()


def test_an_exporter_that_is_not_there_is_a_fault() -> None:
    """One line that says what is allowed."""
    with pytest.raises(SettingsError, match=r"^OTEL_TRACES_EXPORTER: is 'zipkin'"):
        open_tracing({"OTEL_TRACES_EXPORTER": "zipkin"}, API)


def test_without_the_extra_it_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    """One line that says what to install."""
    monkeypatch.setitem(sys.modules, "gateway.ops.spans", None)

    with pytest.raises(SettingsError, match=r"viber-gateway\[tracing\]"):
        open_tracing({"OTEL_TRACES_EXPORTER": "otlp"}, API)


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, None),
        ({"traceparent": "plain"}, "plain"),
        ({"ce_type": "com.viber.command.post", "ce_traceparent": "binary"}, "binary"),
        ({"ce_type": "com.viber.command.post", "traceparent": "kafka"}, "kafka"),
    ],
)
def test_a_command_names_its_trace(headers: dict[str, str], expected: str) -> None:
    """In each form by the header that belongs to it; also where it is invalid."""
    assert decoded(record(**headers)).traceparent == expected


def test_a_structured_command_names_its_trace() -> None:
    """By CloudEvents' extension attribute, else by Kafka's header."""
    form = {"content-type": "application/cloudevents+json", "traceparent": "kafka"}
    event = {"specversion": "1.0", "type": "com.viber.command.post", "data": {}}

    inside = decoded(record(event | {"traceparent": "inside"}, **form))
    assert inside.traceparent == "inside"
    assert decoded(record(event, **form)).traceparent == "kafka"
