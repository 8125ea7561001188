"""A collector of traces as a pod: every span that comes becomes a line of its log.

It runs in the gateway's image, which has OpenTelemetry's messages, and takes nothing
else of the project along: OTLP over HTTP, port 4318.
"""

import gzip
import json
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)


class Receiver(BaseHTTPRequestHandler):
    """Takes what one process sends at a time."""

    def do_POST(self) -> None:
        """Write each span's name and trace."""
        content = self.rfile.read(int(self.headers["content-length"]))
        if self.headers["content-encoding"] == "gzip":
            content = gzip.decompress(content)
        for process in ExportTraceServiceRequest.FromString(content).resource_spans:
            for scope in process.scope_spans:
                for span in scope.spans:
                    told = {"name": span.name, "trace": span.trace_id.hex()}
                    sys.stdout.write(f"{json.dumps(told)}\n")
        self.send_response(200)
        self.send_header("content-type", "application/x-protobuf")
        self.end_headers()
        self.wfile.write(ExportTraceServiceResponse().SerializeToString())

    def log_message(self, *_: object) -> None:
        """Say nothing of the request."""


if __name__ == "__main__":
    HTTPServer(("", 4318), Receiver).serve_forever()
