"""A collector gets spans and metrics of the calls, once, and no request waits for it."""

from __future__ import annotations

import base64
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from ledger.copying import Copier
from ledger.telemetry import export
from ledger.telemetry.export import Exporter
from registry.metering.tokens import Tokens
from tests.ledger.journals import NOON, append, begun, ended, write
from tests.support.fake_provider import FakeProvider
from tests.support.paths import ROOT
from tests.support.portal import Portal
from tests.support.ports import free_port
from tests.support.servers.otlp_server import OtlpServer, otlp_server, values

TRACE = "0af7651916cd43dd8448eb211c80319c"
PARENT = "b7ad6b7169203331"
TRACEPARENT = f"00-{TRACE}-{PARENT}-01"


@pytest.fixture
def collector() -> Iterator[OtlpServer]:
    with otlp_server() as server:
        yield server


@pytest.fixture
def exporter(
    collector: OtlpServer, settings, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Exporter]:
    settings.OTEL_EXPORTER_OTLP_ENDPOINT = collector.url
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", collector.url)
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_HEADERS", "x-key=abc")
    own = Exporter()
    monkeypatch.setattr(export, "exporter", own)
    yield own
    own.tracers.shutdown()
    own.meters.shutdown()


def flush(exporter: Exporter) -> None:
    exporter.tracers.force_flush()
    exporter.meters.force_flush()


@pytest.mark.django_db(transaction=True)
def test_a_call_is_a_span_and_is_counted(
    tmp_path: Path, collector: OtlpServer, exporter: Exporter
) -> None:
    call = begun(trace=TRACEPARENT)
    write(tmp_path, call, ended(call, tokens=Tokens(1000, 200)))
    Copier(tmp_path).copy()
    flush(exporter)
    (span,) = collector.spans
    assert (span["name"], span["kind"]) == ("chat slate", "SPAN_KIND_CLIENT")
    assert span["startTimeUnixNano"] == str(NOON * 1000)
    assert int(span["endTimeUnixNano"]) - int(span["startTimeUnixNano"]) == 1_000_000_000
    assert span["attributes"]["gen_ai.usage.input_tokens"] == 1000
    (tokens, more), (duration,) = (
        collector.points["gen_ai.client.token.usage"],
        collector.points["gen_ai.client.operation.duration"],
    )
    assert {p["attributes"]["gen_ai.token.type"]: p["sum"] for p in (tokens, more)} == {
        "input": 1000.0, "output": 200.0,
    }  # fmt: skip
    assert duration["sum"] == 1.0
    assert duration["explicitBounds"][:3] == [0.01, 0.02, 0.04]
    assert tokens["explicitBounds"][-1] == 67108864
    resource = collector.traces[0]["resourceSpans"][0]
    assert resource["schemaUrl"] == "https://opentelemetry.io/schemas/1.41.1"
    assert values(resource["resource"]["attributes"])["service.name"] == "aimodels"
    assert collector.headers[0]["x-key"] == "abc"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("header", [TRACEPARENT, "", "nonsense", "00-" + "0" * 32 + "-x-01"])
def test_a_span_belongs_to_the_callers_trace_if_that_is_valid(
    header: str, tmp_path: Path, collector: OtlpServer, exporter: Exporter
) -> None:
    call = begun(trace=header)
    write(tmp_path, call, ended(call))
    Copier(tmp_path).copy()
    flush(exporter)
    (span,) = collector.spans
    ids = (
        base64.b64decode(span["traceId"]).hex(),
        base64.b64decode(span.get("parentSpanId", "")).hex(),
    )
    assert (ids == (TRACE, PARENT)) == (header == TRACEPARENT)


@pytest.mark.django_db(transaction=True)
def test_an_error_is_one_in_the_span(
    tmp_path: Path, collector: OtlpServer, exporter: Exporter
) -> None:
    call = begun()
    write(tmp_path, call, ended(call, "failed", Tokens(), code="provider_timeout"))
    Copier(tmp_path).copy()
    flush(exporter)
    (span,) = collector.spans
    assert span["status"]["code"] == "STATUS_CODE_ERROR"
    assert span["attributes"]["error.type"] == "provider_timeout"


@pytest.mark.django_db(transaction=True)
def test_a_copy_that_is_repeated_reports_nothing_twice(
    tmp_path: Path, collector: OtlpServer, exporter: Exporter
) -> None:
    call, other = begun(), begun()
    journal = write(tmp_path, call, ended(call))
    Copier(tmp_path).copy()
    append(journal, other, ended(other))
    Copier(tmp_path).copy()  # another process, which reads the journal from its begin
    flush(exporter)
    assert len(collector.spans) == 2


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("off", ["TRACES", "METRICS"])
def test_a_signal_can_be_left_out(
    off: str,
    tmp_path: Path,
    collector: OtlpServer,
    exporter: Exporter,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Some collectors take traces only."""
    monkeypatch.setenv(f"OTEL_{off}_EXPORTER", "none")
    call = begun()
    write(tmp_path, call, ended(call))
    Copier(tmp_path).copy()
    flush(exporter)
    assert bool(collector.spans) == (off == "METRICS")
    assert bool(collector.metrics) == (off == "TRACES")


def test_a_portal_reports_calls_and_no_text_and_no_person(
    own_portal: Portal, collector: OtlpServer, fake: FakeProvider
) -> None:
    variables = {
        "OTEL_EXPORTER_OTLP_ENDPOINT": collector.url,
        "OTEL_SERVICE_NAME": "our-portal", "OTEL_METRIC_EXPORT_INTERVAL": "500", "OTEL_BSP_SCHEDULE_DELAY": "200",
    }  # fmt: skip
    own_portal.variables |= variables
    with own_portal.serving() as portal:
        headers = {"traceparent": TRACEPARENT, "X-Request-ID": "label-of-the-caller"}
        assert portal.chat("a canary in a mine", headers=headers).status_code == 200
        collector.wait(lambda: collector.spans and collector.metrics)
    (span,) = collector.spans
    assert span["name"] == "chat talker"
    assert span["attributes"]["server.port"] == fake.port
    resource = collector.traces[0]["resourceSpans"][0]["resource"]
    assert values(resource["attributes"])["service.name"] == "our-portal"
    for secret in ("canary", "ann", "label-of-the-caller", *portal.tokens.values()):
        assert secret.encode() not in collector.raw


@pytest.mark.parametrize("status", [503, 0], ids=["unwilling", "absent"])
def test_a_collector_that_is_away_disturbs_nothing(
    own_portal: Portal, collector: OtlpServer, status: int
) -> None:
    collector.status = status
    url = collector.url if status else f"http://127.0.0.1:{free_port()}"
    own_portal.variables |= {"OTEL_EXPORTER_OTLP_ENDPOINT": url, "OTEL_BSP_SCHEDULE_DELAY": "100"}
    own_portal.start()
    assert own_portal.chat().status_code == 200
    time.sleep(2)
    assert own_portal.chat().status_code == 200
    began = time.monotonic()
    assert own_portal.stop() == 0
    assert time.monotonic() - began < 10


ABSENT = """
import sys
class Absent:
    def find_spec(self, name, path=None, target=None):
        if name == "opentelemetry.exporter":
            raise ModuleNotFoundError(name)
sys.meta_path.insert(0, Absent())
"""


def test_a_start_without_the_package_names_the_extra(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(ABSENT)
    done = subprocess.run(
        [sys.executable, "manage.py", "models", "schema"], cwd=ROOT, capture_output=True, text=True,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "aimodels.settings", "SECRET_KEY": "x" * 50, "PYTHONPATH": str(tmp_path),
             "OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:1"},
        check=False, timeout=120,
    )  # fmt: skip
    assert done.returncode != 0
    assert "pip install 'aimodels[otel]'" in done.stderr
