"""The reference has all that the OpenAPI document has."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from aimodels.openapi.tags import ORDER
from aimodels.reference.curl import curl
from aimodels.reference.document import document, reference
from aimodels.reference.entities import Body, Field, Operation, Parameter
from aimodels.reference.operations import read

if TYPE_CHECKING:
    from collections.abc import Iterator


def operations() -> Iterator[Operation]:
    for group in reference().groups:
        yield from group.operations


def operation(**more: object) -> Operation:
    values = {"id": "x", "method": "POST", "path": "/v1/x", "summary": "", "description": "", "body": None,
              "parameters": (), "answers": (), "failures": (), "error": "", **more}  # fmt: skip
    return Operation(**values)  # type: ignore[arg-type]


def test_every_operation_is_in_a_group_in_the_order_of_the_tags() -> None:
    described = {
        (method.upper(), path)
        for path, methods in document()["paths"].items()
        for method in methods
    }
    assert {(each.method, each.path) for each in operations()} == described
    assert [group.name for group in reference().groups] == list(ORDER)


def test_bodies_have_examples_and_errors_are_described_once() -> None:
    assert all(each.body.example for each in operations() if each.body)
    assert all(each.failures and each.error for each in operations())
    errors = [body.type for body in reference().errors]
    assert sorted(errors) == ["Error", "McpError", "MessagesError", "OllamaError"]


def test_headers_that_may_hold_the_token_are_named() -> None:
    assert set(reference().keys) == {"x-api-key", "api-key"}


def test_a_small_document_is_read() -> None:
    place = {"in": "query", "name": "q", "required": True, "schema": {"type": "string"}}
    answers = {"204": {"description": "Done"}, "404": {"description": "gone", "content": {}}}
    get = {"operationId": "x", "parameters": [place], "responses": answers}
    found = read({"info": {"description": "An API."}, "paths": {"/x": {"get": get}}})
    (only,) = found.groups[0].operations
    assert (only.parameters[0].place, only.parameters[0].field.required) == ("query", True)
    assert [answer.status for answer in only.answers] == ["204"]
    assert (only.failures[0].description, only.error, found.errors) == ("gone", "", ())


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        (operation(), ["-X POST"]),
        (operation(method="GET", path="/v1/models/{model}"), ['curl "https://ai/v1/models/$MODEL"']),
        (operation(method="GET", path="/r", parameters=(Parameter("query", Field("", "id", "string", True)),)),
         ['curl "https://ai/r?id=$ID"']),
        (operation(body=Body("application/json", "", "", (), {"q": "it's"})), ["-d '{\"q\": \"it'"]),
        (operation(body=Body("multipart/form-data", "", "", (), {"file": ""})), ["-F file=@recording.wav"]),
        (operation(method="DELETE", body=Body("application/json", "", "", (), {})), ["-X DELETE", "-d '{}'"]),
    ],
)  # fmt: skip
def test_a_call_has_what_curl_needs(call: Operation, expected: list[str]) -> None:
    text = curl(call, "https://ai")
    assert '-H "Authorization: Bearer $TOKEN"' in text
    assert all(part in text for part in expected), text


def test_a_long_body_has_a_line_for_each_field() -> None:
    body = Body("application/json", "", "", (), {"a": "x" * 60, "b": "y" * 60})
    assert len(curl(operation(body=body), "").splitlines()) == 7
