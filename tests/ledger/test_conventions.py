"""Each row of the ledger becomes attributes by the pinned conventions."""

from __future__ import annotations

import pytest
from opentelemetry.semconv import schemas
from opentelemetry.semconv._incubating.attributes import gen_ai_attributes
from opentelemetry.semconv._incubating.metrics import gen_ai_metrics

from ledger.models import Call
from ledger.telemetry import conventions
from ledger.telemetry.conventions import Server, of_duration, of_span, of_tokens, span_name

HERE = Server("https://llm.example.org/v1", listed=True)


def row(**more: object) -> Call:
    fields = {"capability": "chat", "provider": "rock", "model": "rock:slate:2", "resolved_by": "default",
              "revision": "r1", "outcome": "ok", "door": "/v1/chat/completions", "input": 1000, "output": 200,
              "person": 7, "token": "abcd", "groups": "lab", "request": "q-1"}  # fmt: skip
    return Call(**(fields | more))


def test_a_call_has_the_attributes_of_the_conventions() -> None:
    call = row(cached=400, reasoning=50, reported="slate-2.1")
    assert span_name(call) == "chat slate:2"
    assert of_span(call, HERE) == {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "rock",
        "gen_ai.request.model": "slate:2",
        "gen_ai.response.model": "slate-2.1",
        "gen_ai.usage.input_tokens": 1000,
        "gen_ai.usage.output_tokens": 200,
        "gen_ai.usage.cache_read.input_tokens": 400,
        "gen_ai.usage.reasoning.output_tokens": 50,
        "server.address": "llm.example.org",
        "server.port": 443,
        "aimodels.id": str(call.pk),
        "aimodels.capability": "chat",
        "aimodels.provider": "rock",
        "aimodels.outcome": "ok",
        "aimodels.resolved_by": "default",
        "aimodels.revision": "r1",
    }


def test_names_are_those_of_the_pinned_version() -> None:
    assert conventions.SCHEMA_URL in {schema.value for schema in schemas.Schemas}
    known = {value for value in vars(gen_ai_attributes).values() if isinstance(value, str)}
    call = row(cached=1, written=1, reasoning=1, reported="x", outcome="failed", code="overloaded")
    names = {*of_span(call, HERE), *of_tokens(call, HERE)[0][1]}
    assert {name for name in names if name.startswith("gen_ai.")} - known == set()
    assert conventions.DURATION == gen_ai_metrics.GEN_AI_CLIENT_OPERATION_DURATION
    assert conventions.TOKENS == gen_ai_metrics.GEN_AI_CLIENT_TOKEN_USAGE


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({}, "chat"),
        ({"capability": "sql"}, "chat"),
        ({"capability": "title"}, "chat"),
        ({"door": "/v1/completions"}, "text_completion"),
        ({"capability": "embeddings"}, "embeddings"),
        ({"capability": "rerank"}, "rerank"),
    ],
)
def test_a_capability_is_an_operation(fields: dict[str, str], name: str) -> None:
    assert of_span(row(**fields), HERE)["gen_ai.operation.name"] == name


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://api.openai.com/v1", "openai"),
        ("https://api.anthropic.com", "anthropic"),
        ("https://our.openai.azure.com/openai/v1", "azure.ai.openai"),
        ("http://gpu-1:8000/v1", "rock"),
        ("", "rock"),
    ],
)
def test_a_provider_has_the_name_of_the_conventions_or_its_own(url: str, name: str) -> None:
    assert of_span(row(), Server(url))["gen_ai.provider.name"] == name


@pytest.mark.parametrize(
    ("outcome", "code", "kind"),
    [
        ("failed", "provider_timeout", "provider_timeout"),
        ("lost", "", "lost"),
        ("stopped", "", None),
        ("left", "", None),
    ],
)
def test_an_error_has_its_code(outcome: str, code: str, kind: str | None) -> None:
    call = row(outcome=outcome, code=code)
    assert of_span(call, HERE).get("error.type") == kind
    assert of_duration(call, HERE).get("error.type") == kind


def test_estimates_are_no_usage() -> None:
    call = row(outcome="left", estimated="left")
    assert not any("usage" in name for name in of_span(call, HERE))
    assert of_span(call, HERE)["aimodels.estimated"] == "left"
    assert of_tokens(call, HERE) == []


def test_metrics_name_no_model_that_the_file_does_not_list() -> None:
    unlisted = HERE._replace(listed=False)
    assert of_duration(row(), unlisted)["gen_ai.request.model"] == "_OTHER"
    assert of_duration(row(), HERE)["gen_ai.request.model"] == "slate:2"


def test_people_are_in_nothing() -> None:
    texts = [str(part) for part in of_span(row(), HERE).values()]
    assert not {"7", "abcd", "lab", "q-1"} & set(texts)
