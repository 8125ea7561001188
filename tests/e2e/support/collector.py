"""An OpenTelemetry collector: takes spans over OTLP/HTTP and keeps them in memory."""

import gzip
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)
from opentelemetry.proto.trace.v1.trace_pb2 import Span


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


class _Receiver(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        content = self.rfile.read(int(self.headers["content-length"]))
        if self.headers["content-encoding"] == "gzip":
            content = gzip.decompress(content)
        for process in ExportTraceServiceRequest.FromString(content).resource_spans:
            for scope in process.scope_spans:
                self._collector.spans += scope.spans
        self.send_response(200)
        self.send_header("content-type", "application/x-protobuf")
        self.end_headers()
        self.wfile.write(ExportTraceServiceResponse().SerializeToString())

    @property
    def _collector(self) -> Collector:
        assert isinstance(self.server, Collector)
        return self.server

    def log_message(self, *_: object) -> None:
        """Say nothing."""


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
