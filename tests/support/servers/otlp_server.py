"""A collector: it decodes what it gets over OTLP/HTTP by OpenTelemetry's own protobuf."""

from __future__ import annotations

import gzip
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from google.protobuf.json_format import MessageToDict
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceRequest,
)
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

KINDS: dict[str, Any] = {
    "/v1/traces": ExportTraceServiceRequest,
    "/v1/metrics": ExportMetricsServiceRequest,
}


@dataclass
class OtlpServer:
    """`traces` and `metrics` have what came, as the JSON of protobuf; `raw` all bytes."""

    url: str = ""
    status: int = 200
    raw: bytes = b""
    traces: list[dict[str, Any]] = field(default_factory=list)
    metrics: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)

    @property
    def spans(self) -> list[dict[str, Any]]:
        return [
            {**span, "attributes": values(span["attributes"])}
            for request in self.traces
            for resource in request["resourceSpans"]
            for scope in resource["scopeSpans"]
            for span in scope["spans"]
        ]

    @property
    def points(self) -> dict[str, list[dict[str, Any]]]:
        """The points of the last export of metrics, by metric."""
        return {
            metric["name"]: [
                {**point, "attributes": values(point["attributes"])}
                for point in metric["histogram"]["dataPoints"]
            ]
            for resource in self.metrics[-1]["resourceMetrics"]
            for scope in resource["scopeMetrics"]
            for metric in scope["metrics"]
        }

    def wait(self, condition: Callable[[], object], seconds: float = 20) -> None:
        end = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < end, (self.traces, self.metrics)
            time.sleep(0.05)


def values(attributes: list[dict[str, Any]]) -> dict[str, Any]:
    """Return attributes as a dictionary."""
    found = {}
    for each in attributes:
        ((kind, value),) = each["value"].items()
        found[each["key"]] = int(value) if kind == "intValue" else value
    return found


@contextmanager
def otlp_server() -> Iterator[OtlpServer]:
    collector = OtlpServer()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if self.headers.get("Content-Encoding") == "gzip":
                body = gzip.decompress(body)
            message = KINDS[self.path]()
            message.ParseFromString(body)
            kept = collector.traces if self.path == "/v1/traces" else collector.metrics
            kept.append(MessageToDict(message))
            collector.raw += body
            collector.headers.append(dict(self.headers))
            self.send_response(collector.status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    collector.url = f"http://127.0.0.1:{server.server_port}"
    Thread(target=server.serve_forever, daemon=True).start()
    yield collector
    server.shutdown()
    server.server_close()
