"""
Adds the plain ASGI routes, and the errors of every route, to the OpenAPI document of DRF.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from drf_spectacular.extensions import OpenApiAuthenticationExtension

from aimodels.openapi.examples import EXAMPLES
from aimodels.openapi.routes import FORMS, LINES, ROUTES, STREAMED, Row
from aimodels.openapi.shapes import components, ref
from aimodels.openapi.tags import ORDER, tag_of
from core.errors import CODES
from doors.routing import form_of

KEYS = {"anthropic_key": "x-api-key", "azure_key": "api-key"}  # headers that may hold the token
SECURITY: list[dict[str, list[str]]] = [{name: []} for name in ("bearer", "session", *KEYS)]
EVENTS = {"schema": {"type": "string", "description": "Server-sent events."}}
LINE = {"schema": {"type": "string", "description": "A line of JSON for each piece."}}
ERRORS = {"MessagesForm": "MessagesError", "OllamaForm": "OllamaError", "McpForm": "McpError"}
MODEL = {
    "name": "model", "in": "path", "required": True, "schema": {"type": "string"},
    "description": "The ID of a model, or its name as a deployment.",
}  # fmt: skip
# Of a request's body.
ANSWERS = {"BuildIR": "IRAnswer", "WriteSQL": "SQLAnswer", "Compare": "Readings"}
# The error statuses of each kind of route.
READS = (400, 401, 403, 404, 405, 429, 500, 503)
WRITES = (*READS, 409, 412, 413, 415, 422)
CALLS = (*WRITES, 502, 503, 504)


class PortalScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """Describes `PortalAuthentication` to drf-spectacular."""

    target_class = "core.http.drf.PortalAuthentication"
    name = ["bearer", "session", *KEYS]

    def get_security_definition(self, auto_schema: Any) -> list[dict[str, Any]]:
        cookie = {"type": "apiKey", "in": "cookie", "name": settings.SESSION_COOKIE_NAME}
        keys = [{"type": "apiKey", "in": "header", "name": header} for header in KEYS.values()]
        return [{"type": "http", "scheme": "bearer"}, cookie, *keys]


def add_asgi_routes(result: Any, generator: Any, request: Any, public: bool) -> Any:
    """Return `result` with the ASGI routes and the errors: a hook of drf-spectacular."""
    result["tags"] = [{"name": name} for name in ORDER]
    result["components"]["schemas"] |= components()
    for path, operations in result["paths"].items():
        for method, operation in operations.items():
            operation["summary"] = operation.pop("description", "")
            operation["security"] = SECURITY  # one of them, not all
            operation["tags"] = [tag_of(path)]
            _add_example(operation)
            _add_errors(operation, READS if method == "get" else WRITES, path)
    for path, row in ROUTES.items():
        result["paths"][path] = {row.method: _operation(path, row)}
    return result


def _operation(path: str, row: Row) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": row.operation,
        "summary": row.summary,
        "tags": [tag_of(path)],
        "security": SECURITY,
        "responses": {"200": {"description": "The answer", "content": _answers(row.body)}},
    }
    if "{model}" in path:
        operation["parameters"] = [MODEL]
    if row.body:
        media_type = "multipart/form-data" if row.body in FORMS else "application/json"
        content = {media_type: {"schema": ref(row.body), "example": EXAMPLES[row.body]}}
        operation["requestBody"] = {"required": True, "content": content}
    _add_errors(operation, CALLS, path)
    return operation


def _answers(body: str) -> dict[str, Any]:
    schema = ref(ANSWERS[body]) if body in ANSWERS else {"type": "object"}
    answers: dict[str, Any] = {"application/json": {"schema": schema}}
    if body in FORMS:
        answers["text/plain"] = {"schema": {"type": "string"}}
    if body in STREAMED:
        answers["text/event-stream"] = EVENTS
    if body in LINES:
        answers["application/x-ndjson"] = LINE
    return answers


def _add_example(operation: dict[str, Any]) -> None:
    for content in operation.get("requestBody", {}).get("content", {}).values():
        content["example"] = EXAMPLES[content["schema"]["$ref"].rpartition("/")[2]]


def _add_errors(operation: dict[str, Any], statuses: tuple[int, ...], path: str) -> None:
    schema = ref(ERRORS.get(type(form_of(path)).__name__, "Error"))
    for status in statuses:
        codes = ", ".join(code for code, kind in CODES.items() if kind.status == status)
        answer = {"description": codes, "content": {"application/json": {"schema": schema}}}
        operation["responses"].setdefault(str(status), answer)
