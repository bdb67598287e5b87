"""The OpenAPI document tells the truth: schemathesis tries it, on the running portal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import jsonschema
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings

from aimodels.routes import served
from tests.support.portal import Portal


@pytest.fixture
def document(portal: Portal) -> Any:
    return portal.get("/v1/schema").json()


def test_both_kinds_of_route_are_in_it(document: Any) -> None:
    assert {*served()} <= document["paths"].keys()
    assert {"/v1/ai/models", "/v1/ai/models/primary", "/v1/ai/chat/completion", "/v1/chat/completions",
            "/v1/embeddings", "/v1/models/{model}"} <= document["paths"].keys()  # fmt: skip


SCHEMES = ("bearer", "session", "anthropic_key", "azure_key")


def error_schema(document: Any, path: str, method: str) -> Any:
    """Return the schema of the errors of an operation, without references."""
    answer = document["paths"][path][method.lower()]["responses"]["401"]
    name = answer["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
    return document["components"]["schemas"][name]


OPERATIONS = [
    ("GET", "/v1/ai/budgets"), ("GET", "/v1/ai/receipts"), ("GET", "/v1/ai/receipts/{receipt}"),
    ("GET", "/v1/ai/models"), ("GET", "/v1/ai/models/status"),
    ("POST", "/v1/ai/models/primary"),
    ("POST", "/v1/ai/models/primary/reset"), ("POST", "/v1/ai/models/reload"),
    ("POST", "/v1/ai/models/dry-run"),
    ("GET", "/v1/models"), ("GET", "/v1/models/{model}"), ("POST", "/v1/ai/chat/completion"),
    ("POST", "/v1/chat/completions"), ("POST", "/v1/messages"), ("POST", "/v1/messages/count_tokens"),
    ("POST", "/v1/rerank"), ("POST", "/v1/images/generations"),
    ("POST", "/v1/audio/transcriptions"), ("POST", "/v1/audio/translations"),
    ("POST", "/v1/responses"), ("POST", "/v1/embeddings"), ("POST", "/v1/completions"),
    ("POST", "/v1/ir/build"), ("POST", "/v1/sql"), ("POST", "/v1/sql/compare"), ("GET", "/v1/ir/schema"),
    ("POST", "/v1/sql/confirm"), ("POST", "/v1/sql/confirmed"), ("POST", "/v1/sql/withdraw"),
]  # fmt: skip


def test_the_list_below_is_whole(document: Any) -> None:
    found = {
        (method.upper(), path) for path, methods in document["paths"].items() for method in methods
    }
    assert {(method, path) for method, path in found if path.startswith("/v1/")} - {
        ("GET", "/v1/schema")
    } == set(OPERATIONS)


@pytest.mark.parametrize("portal", ["uvicorn"], indirect=True)
@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_no_request_finds_a_500_or_an_undocumented_status(
    portal: Portal, document: Any, method: str, path: str
) -> None:
    operation = schemathesis.openapi.from_dict(document)[path][method.lower()]
    documented = {int(status) for status in document["paths"][path][method.lower()]["responses"]}
    headers = {"Authorization": f"Bearer {portal.tokens['olga']}"}
    seen: list[int] = []

    @settings(
        max_examples=40, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True
    )
    @given(case=operation.as_strategy())
    def attempt(case: Any) -> None:
        answer = case.call(base_url=portal.url, headers=headers)
        seen.append(answer.status_code)
        assert answer.status_code in documented - {500}, (case, answer.content)
        if answer.status_code >= 400:
            jsonschema.validate(answer.json(), error_schema(document, path, method))

    attempt()
    assert len(seen) >= (10 if method == "POST" else 1)


def test_lists_of_models_are_described_as_the_objects_that_they_are(document: Any) -> None:
    for path in ("/v1/ai/models", "/v1/models"):
        answer = document["paths"][path]["get"]["responses"]["200"]
        assert "$ref" in answer["content"]["application/json"]["schema"]


def test_every_operation_says_what_it_does_and_who_may(document: Any) -> None:
    for methods in document["paths"].values():
        for operation in methods.values():
            assert operation["summary"]
            assert "he same" not in operation["summary"], "pages show each operation alone"
            assert operation["security"] == [{name: []} for name in SCHEMES]
    assert set(document["components"]["securitySchemes"]) == set(SCHEMES)


def undescribed(name: str, schema: Any) -> Iterator[str]:
    """Yield the fields of a schema, and of what is in it, that no one describes."""
    for field, part in schema.get("properties", {}).items():
        if not part.get("description", "").strip():
            yield f"{name}.{field}"
        yield from undescribed(f"{name}.{field}", part)
    for inside in ("items", "additionalProperties"):
        if isinstance(schema.get(inside), dict):
            yield from undescribed(f"{name}[]", schema[inside])
    for part in (part for kind in ("anyOf", "oneOf", "allOf") for part in schema.get(kind, ())):
        yield from undescribed(name, part)


def test_every_field_and_parameter_is_described(document: Any) -> None:
    schemas = document["components"]["schemas"]
    assert [one for name in schemas for one in undescribed(name, schemas[name])] == []
    operations = [one for methods in document["paths"].values() for one in methods.values()]
    parameters = [
        (one["operationId"], each) for one in operations for each in one.get("parameters", ())
    ]
    assert [(name, each["name"]) for name, each in parameters if not each.get("description")] == []


def test_an_error_of_each_api_has_its_schema(portal: Portal, document: Any) -> None:
    for path, methods in document["paths"].items():
        for method in methods:
            address = path.replace("{model}", "m").replace("{receipt}", str(UUID(int=0)))
            answer = portal.call(method, address, who="no-such-token")
            assert answer.status_code == 401, path
            jsonschema.validate(answer.json(), error_schema(document, path, method))
