"""An OpenTelemetry collector: takes spans over OTLP/HTTP and keeps them in memory."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import ThreadingHTTPServer
from threading import Thread

from opentelemetry.proto.trace.v1.trace_pb2 import Span

from tests.e2e.support.otlp import Receiver


class Collector(ThreadingHTTPServer):
    """Listens on a free port."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Receiver)
        self.spans: list[Span] = []

    @property
    def settings(self) -> dict[str, str]:
        """What lets a process send its spans here, at once."""
        return {
            "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{self.server_port}",
            "OTEL_BSP_SCHEDULE_DELAY": "20",
        }

    def named(self, name: str) -> list[Span]:
        """Return the spans of a name, in the order in which they began."""
        found = [span for span in self.spans if span.name == name]
        return sorted(found, key=lambda span: span.start_time_unix_nano)


class _Receiver(Receiver):
    def take(self, span: Span) -> None:
        assert isinstance(self.server, Collector)
        self.server.spans.append(span)


@contextmanager
def collecting() -> Iterator[Collector]:
    """Run a collector."""
    with Collector() as collector:
        serving = Thread(target=collector.serve_forever)
        serving.start()
        try:
            yield collector
        finally:
            collector.shutdown()
            serving.join()


def attributes(span: Span) -> dict[str, str | int]:
    """Return a span's attributes; numbers are whole."""
    return {
        each.key: each.value.string_value or each.value.int_value
        for each in span.attributes
    }
