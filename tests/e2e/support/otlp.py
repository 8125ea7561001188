"""OTLP over HTTP, as a collector of traces takes it.

As a program it listens on port 4318, and every span becomes a line of its output.  So
it runs as a pod in the gateway's image, which has OpenTelemetry's messages; of the
project it takes nothing along.
"""

import gzip
import json
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)
from opentelemetry.proto.trace.v1.trace_pb2 import Span


class Receiver(BaseHTTPRequestHandler):
    """Takes what one process sends at a time."""

    def do_POST(self) -> None:
        """Take each span."""
        content = self.rfile.read(int(self.headers["content-length"]))
        if self.headers["content-encoding"] == "gzip":
            content = gzip.decompress(content)
        for process in ExportTraceServiceRequest.FromString(content).resource_spans:
            for scope in process.scope_spans:
                for span in scope.spans:
                    self.take(span)
        self.send_response(200)
        self.send_header("content-type", "application/x-protobuf")
        self.end_headers()
        self.wfile.write(ExportTraceServiceResponse().SerializeToString())

    def take(self, span: Span) -> None:
        """Write a span's name and trace."""
        told = {"name": span.name, "trace": span.trace_id.hex()}
        sys.stdout.write(f"{json.dumps(told)}\n")

    def log_message(self, *_: object) -> None:
        """Say nothing of the request."""


if __name__ == "__main__":
    HTTPServer(("", 4318), Receiver).serve_forever()
