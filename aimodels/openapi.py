"""
Adds the plain ASGI routes, and the errors of every route, to the OpenAPI document of DRF.
"""

from __future__ import annotations

from typing import Any

import msgspec
from django.conf import settings
from drf_spectacular.extensions import OpenApiAuthenticationExtension

from chat.requests import Chat, Completion, Embeddings, ImageGeneration, Rerank, Transcription
from core.errors import CODES
from doors.messages.request import CountRequest, MessagesRequest
from doors.responses.request import ResponsesRequest
from workflow.bodies import BuildIR, WriteSQL

REFS = "#/components/schemas/{name}"
SECURITY: list[dict[str, list[str]]] = [{"bearer": []}, {"session": []}]
STREAM = {"schema": {"type": "string", "description": "Server-sent events, then data: [DONE]."}}
ROUTES = {
    "/v1/ai/chat/completion": (
        "chat",
        "Chat",
        "Ask a chat model. The response says which model answered, and why.",
    ),
    "/v1/chat/completions": ("openai_chat", "Chat", "Ask a chat model, on OpenAI's path."),
    "/v1/responses": (
        "responses",
        "ResponsesRequest",
        "Ask a chat model, in OpenAI's Responses API.",
    ),
    "/v1/messages": (
        "messages",
        "MessagesRequest",
        "Ask a chat model, in Anthropic's Messages API.",
    ),
    "/v1/completions": ("completions", "Completion", "Continue a text, without a chat template."),
    "/v1/messages/count_tokens": (
        "count_tokens",
        "CountRequest",
        "Count the tokens of a Messages request, or estimate them: X-Token-Count says which.",
    ),
    "/v1/embeddings": ("embeddings", "Embeddings", "Return the embeddings of texts."),
    "/v1/rerank": ("rerank", "Rerank", "Order documents by their relevance to a query."),
    "/v1/images/generations": ("images", "ImageGeneration", "Generate images from a prompt."),
    "/v1/audio/transcriptions": ("transcriptions", "Transcription", "Transcribe audio."),
    "/v1/audio/translations": (
        "translations",
        "Transcription",
        "Translate audio into English text.",
    ),
    "/v1/ir/build": ("build_ir", "BuildIR", "Turn a question into a query expression."),
    "/v1/sql": ("write_sql", "WriteSQL", "Turn a question or a query expression into SQL."),
}
STREAMED = ("Chat", "MessagesRequest", "ResponsesRequest", "Completion", "ImageGeneration",
            "Transcription")  # fmt: skip
FORMS = ("Transcription",)  # the others are JSON
_TABLE = "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT);"
EXAMPLES: dict[str, dict[str, Any]] = {
    "Chat": {"messages": [{"role": "user", "content": "Say hello."}], "max_tokens": 20},
    "ResponsesRequest": {"input": "Say hello.", "max_output_tokens": 20},
    "MessagesRequest": {
        "messages": [{"role": "user", "content": "Say hello."}],
        "max_tokens": 20,
    },
    "Completion": {"prompt": "Once upon a time", "max_tokens": 20},
    "CountRequest": {"messages": [{"role": "user", "content": "Say hello."}]},
    "Embeddings": {"input": ["a text", "another"]},
    "Rerank": {"query": "What is a door?", "documents": ["An API.", "A bird."], "top_n": 1},
    "ImageGeneration": {"prompt": "A blue door.", "size": "1024x1024"},
    "Transcription": {"file": "", "language": "en"},
    "BuildIR": {"question": "How many users are there?", "schema": _TABLE, "dialect": "sqlite"},
    "WriteSQL": {
        "ir": {
            "query": {"from": {"table": "users"}, "select": [{"expr": {"agg": "count"}, "as": "n"}]}
        },
        "schema": _TABLE,
        "dialect": "postgres",
    },
}
# The error statuses of each kind of route.
READS = (400, 401, 403, 404, 405, 429, 500, 503)
WRITES = (*READS, 409, 412, 413, 415, 422)
CALLS = (*WRITES, 502, 503, 504)


class PortalScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """Describes `PortalAuthentication` to drf-spectacular."""

    target_class = "core.http.drf.PortalAuthentication"
    name = ["bearer", "session"]

    def get_security_definition(self, auto_schema: Any) -> list[dict[str, Any]]:
        cookie = {"type": "apiKey", "in": "cookie", "name": settings.SESSION_COOKIE_NAME}
        return [{"type": "http", "scheme": "bearer"}, cookie]


def add_asgi_routes(result: Any, generator: Any, request: Any, public: bool) -> Any:
    """Return `result` with the ASGI routes and the errors: a hook of drf-spectacular."""
    _, components = msgspec.json.schema_components(
        [
            Chat,
            MessagesRequest,
            CountRequest,
            ResponsesRequest,
            Completion,
            Embeddings,
            Rerank,
            ImageGeneration,
            Transcription,
            BuildIR,
            WriteSQL,
        ],
        ref_template=REFS,
    )
    result["components"]["schemas"] |= {**components, "Error": ERROR}
    for operations in result["paths"].values():
        for method, operation in operations.items():
            operation["summary"] = operation.pop("description", "")
            operation["security"] = SECURITY  # the one or the other, not both
            _add_errors(operation, READS if method == "get" else WRITES)
    for path, (name, body, summary) in ROUTES.items():
        result["paths"][path] = {"post": _operation(name, body, summary)}
    return result


def _operation(name: str, body: str, summary: str) -> dict[str, Any]:
    answer: dict[str, Any] = {"application/json": {"schema": {"type": "object"}}}
    if body in FORMS:
        answer["text/plain"] = {"schema": {"type": "string"}}
    if body in STREAMED:
        answer["text/event-stream"] = STREAM
    operation: dict[str, Any] = {
        "operationId": name,
        "summary": summary,
        "tags": ["v1"],
        "security": SECURITY,
        "requestBody": {
            "required": True,
            "content": {
                "multipart/form-data" if body in FORMS else "application/json": {
                    "schema": {"$ref": REFS.format(name=body)},
                    "example": EXAMPLES[body],
                }
            },
        },
        "responses": {"200": {"description": "The answer", "content": answer}},
    }
    _add_errors(operation, CALLS)
    return operation


def _add_errors(operation: dict[str, Any], statuses: tuple[int, ...]) -> None:
    content = {"application/json": {"schema": {"$ref": REFS.format(name="Error")}}}
    for status in statuses:
        codes = ", ".join(code for code, kind in CODES.items() if kind.status == status)
        operation["responses"].setdefault(str(status), {"description": codes, "content": content})


_NULLABLE = {"type": ["string", "null"]}
ERROR = {
    "type": "object",
    "required": ["error"],
    "properties": {
        "error": {
            "type": "object",
            "required": ["message", "type", "code", "param", "request_id"],
            "properties": {
                "message": {"type": "string"},
                "type": {"type": "string"},
                "code": {"type": "string", "enum": sorted(CODES)},
                "param": _NULLABLE,
                "request_id": {"type": "string"},
                "provider": {"type": "object"},
                "resolution": {"type": "object"},
            },
        }
    },
}
