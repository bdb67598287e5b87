"""The schemas of requests, of answers to questions about data, and of errors."""

from __future__ import annotations

from typing import Any

import msgspec

from aimodels.openapi.descriptions import described
from chat.requests import Chat, Completion, Embeddings, ImageGeneration, Rerank, Transcription
from core.errors import CODES
from doors.messages.request import CountRequest, MessagesRequest
from doors.ollama.chat import ChatRequest
from doors.ollama.generate import GenerateRequest
from doors.responses.request import ResponsesRequest
from workflow.answers import IRAnswer, SQLAnswer
from workflow.bodies import BuildIR, Compare, Confirm, ListConfirmed, Withdraw, WriteSQL
from workflow.readings.readings import Readings

REFS = "#/components/schemas/{name}"
SHAPES = (
    Chat, MessagesRequest, CountRequest, ResponsesRequest, Completion, Embeddings, Rerank,
    ImageGeneration, Transcription, BuildIR, WriteSQL, Compare, Confirm, ListConfirmed, Withdraw,
    ChatRequest, GenerateRequest, IRAnswer, SQLAnswer, Readings,
)  # fmt: skip
_NULLABLE = {"type": ["string", "null"]}
_TEXT = {"type": "string"}
_INSIDE: dict[str, Any] = {
    "message": _TEXT,
    "type": _TEXT,
    "code": {"type": "string", "enum": sorted(CODES)},
    "param": _NULLABLE,
    "request_id": _TEXT,
    "provider": {"type": "object"},
    "resolution": {"type": "object"},
}
_REQUIRED = ["message", "type", "code", "param", "request_id"]
_ERROR = {"type": "object", "required": _REQUIRED, "properties": _INSIDE}


def _object(required: list[str], **properties: Any) -> dict[str, Any]:
    return {"type": "object", "required": required, "properties": properties}


_TEXTS = {"anyOf": [_TEXT, {"type": "array", "items": _TEXT}]}
ERRORS = {
    "Error": _object(["error"], error=_ERROR),
    "MessagesError": _object(
        ["type", "error", "request_id"], type={"const": "error"}, error=_ERROR, request_id=_TEXT
    ),
    "OllamaError": _object(
        ["error", "type", "code", "param", "request_id"], **{**_INSIDE, "error": _TEXT}
    ),
    "McpError": _object(
        ["jsonrpc", "id", "error"],
        jsonrpc={"const": "2.0"},
        id={"type": "null"},
        error=_object(
            ["code", "message", "data"], code={"type": "integer"}, message=_TEXT, data=_ERROR
        ),
    ),
}
# Bodies that the portal reads field by field.
PLAIN = {
    "OllamaEmbed": _object(["input"], model=_TEXT, input=_TEXTS),
    "OllamaEmbeddings": _object(["prompt"], model=_TEXT, prompt=_TEXT),
    "OllamaModel": _object(["model"], model=_TEXT),
    "McpMessage": _object(
        ["jsonrpc", "method"],
        jsonrpc={"const": "2.0"},
        id={"anyOf": [_TEXT, {"type": "integer"}]},
        method=_TEXT,
        params={"type": "object"},
    ),
}


def components() -> dict[str, Any]:
    """Return all schemas by name."""
    _, schemas = msgspec.json.schema_components(list(SHAPES), ref_template=REFS)
    schemas["OllamaChat"], schemas["OllamaGenerate"] = (
        schemas.pop(shape.__name__) for shape in (ChatRequest, GenerateRequest)
    )
    everything = {**schemas, **PLAIN, **ERRORS}
    return {name: described(name, schema) for name, schema in everything.items()}


def ref(name: str) -> dict[str, str]:
    return {"$ref": REFS.format(name=name)}
