"""
Rows of the ledger → spans and metrics, by OpenTelemetry's SDK, which sends them in its own threads.

The SDK reads its standard variables: OTEL_EXPORTER_OTLP_HEADERS, OTEL_RESOURCE_ATTRIBUTES, …
OTEL_TRACES_EXPORTER and OTEL_METRICS_EXPORTER are read here, as a program does that sets it up.
It is imported when the first row comes, and only where OTEL_EXPORTER_OTLP_ENDPOINT is set.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING

from django.conf import settings

from core import process_id
from core.program import VERSION
from ledger.telemetry import conventions
from ledger.telemetry.conventions import Server
from registry.state.service import service

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime
    from uuid import UUID

    from opentelemetry.context import Context
    from opentelemetry.metrics import Histogram
    from opentelemetry.sdk.metrics import MeterProvider
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.trace import Tracer

    from ledger.models import Call

logger = logging.getLogger(__name__)
SCOPE = "aimodels"
CLOSE_SECONDS = 2.0


def export(rows: Iterable[Call], traces: Mapping[UUID, str]) -> None:
    """Report calls. `traces` has the `traceparent` that callers sent, by the call. Never fails."""
    if not settings.OTEL_EXPORTER_OTLP_ENDPOINT:
        return
    for row in rows:
        try:
            exporter.add(row, traces.get(row.pk, ""))
        except Exception:
            logger.exception("A call was not reported to OpenTelemetry")


class Exporter:
    """The SDK, set up for this process. Its queues drop what a slow collector does not take."""

    def add(self, row: Call, traceparent: str) -> None:
        server = _server(row)
        if _is_wanted("TRACES"):
            self._add_span(row, server, traceparent)
        if _is_wanted("METRICS"):
            self._add_metrics(row, server)

    def _add_metrics(self, row: Call, server: Server) -> None:
        duration, tokens = self._instruments
        duration.record(row.took / 1000, conventions.of_duration(row, server))
        for count, attributes in conventions.of_tokens(row, server):
            tokens.record(count, attributes)

    def close(self, seconds: float = CLOSE_SECONDS) -> None:
        """Send what waits, within some seconds. The SDK's own way would wait for half a minute."""
        ends = [vars(self)[name].shutdown for name in ("tracers", "meters") if name in vars(self)]
        threads = [threading.Thread(target=end, daemon=True) for end in ends]
        for thread in threads:
            thread.start()
        end_at = time.monotonic() + seconds
        for thread in threads:
            thread.join(max(end_at - time.monotonic(), 0))

    def _add_span(self, row: Call, server: Server, traceparent: str) -> None:
        from opentelemetry.trace import SpanKind, Status, StatusCode

        span = self._tracer.start_span(
            conventions.span_name(row),
            context=_parent(traceparent),
            kind=SpanKind.CLIENT,
            attributes=conventions.of_span(row, server),
            start_time=_nanoseconds(row.at),
        )
        if conventions.error(row):
            span.set_status(Status(StatusCode.ERROR))
        span.end(_nanoseconds(row.at + timedelta(milliseconds=row.took)))

    @cached_property
    def _resource(self) -> Resource:
        from opentelemetry.sdk.resources import Resource

        own = {"service.version": VERSION, "service.instance.id": process_id.own()}
        resource = Resource.create(own, conventions.SCHEMA_URL)
        if str(resource.attributes["service.name"]).startswith("unknown_service"):
            resource = resource.merge(Resource({"service.name": SCOPE}))  # no variable says it
        return resource

    @cached_property
    def tracers(self) -> TracerProvider:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor

        tracers = TracerProvider(resource=self._resource, shutdown_on_exit=False)
        tracers.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
        return tracers

    @cached_property
    def meters(self) -> MeterProvider:
        from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
        from opentelemetry.sdk.metrics import MeterProvider
        from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader

        reader = PeriodicExportingMetricReader(OTLPMetricExporter())
        return MeterProvider([reader], resource=self._resource, shutdown_on_exit=False)

    @cached_property
    def _tracer(self) -> Tracer:
        return self.tracers.get_tracer(SCOPE, VERSION, schema_url=conventions.SCHEMA_URL)

    @cached_property
    def _instruments(self) -> tuple[Histogram, Histogram]:
        """The histograms of durations, and of tokens."""
        meter = self.meters.get_meter(SCOPE, VERSION, schema_url=conventions.SCHEMA_URL)
        return (
            meter.create_histogram(
                conventions.DURATION, "s", "GenAI operation duration.",
                explicit_bucket_boundaries_advisory=conventions.DURATION_BUCKETS,
            ),
            meter.create_histogram(
                conventions.TOKENS, "{token}", "Number of input and output tokens used.",
                explicit_bucket_boundaries_advisory=conventions.TOKEN_BUCKETS,
            ),
        )  # fmt: skip


def _is_wanted(signal: str) -> bool:
    """Is a signal reported? Some collectors take traces only, and refuse metrics."""
    return os.environ.get(f"OTEL_{signal}_EXPORTER", "").strip().lower() != "none"


def _server(row: Call) -> Server:
    """Return where the call went, as far as models.yaml still says it."""
    registry = service.current
    provider = registry.providers.get(row.provider)
    url = row.server if "://" in row.server else provider.endpoint.base_url if provider else ""
    return Server(url, registry.find(row.model) is not None)


def _parent(traceparent: str) -> Context | None:
    """Return the caller's context; None, if there is none, or it is not valid."""
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

    if not traceparent:
        return None
    return TraceContextTextMapPropagator().extract({"traceparent": traceparent})


def _nanoseconds(at: datetime) -> int:
    return round(at.timestamp() * 1_000_000) * 1000


exporter = Exporter()
