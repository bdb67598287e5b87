"""Asks for a model by its name, on every address; and what of the answers must be the same."""

from __future__ import annotations

import re
from typing import Any

import requests

from aimodels.routes import served
from tests.support.portal import Portal

MESSAGES = [{"role": "user", "content": "Hi"}]
DDL = "create table t (a int)"
BODIES: dict[str, dict[str, Any]] = {
    "chat/completion": {"messages": MESSAGES},
    "chat/completions": {"messages": MESSAGES, "stream": True},
    "/completions": {"prompt": "Hi"},
    "/embeddings": {"input": "Hi"},
    "/rerank": {"query": "a", "documents": ["b"]},
    "/images/generations": {"prompt": "a"},
    "/v1/messages": {"messages": MESSAGES, "max_tokens": 9},
    "/count_tokens": {"messages": MESSAGES},
    "/responses": {"input": "Hi"},
    "/api/chat": {"messages": MESSAGES},
    "/api/generate": {"prompt": "Hi"},
    "/api/embed": {"input": "Hi"},
    "/api/embeddings": {"prompt": "Hi"},
    "/api/show": {},
    "/ir/build": {"question": "How many?", "schema": DDL},
    "/v1/sql": {"mode": "model", "question": "How many?", "schema": DDL},
}
NOT_FOR_MODELS = {"/api/tags", "/api/ps", "/api/version", "/api/pull", "/api/push", "/api/create",
                  "/api/copy", "/api/delete", "/v1/ai/models", "/v1/ai/models/status", "/v1/models",
                  "/v1/ai/models/reload", "/v1/ai/models/dry-run", "/v1/ai/models/primary/reset",
                  "/v1/ai/budgets", "/v1/ai/receipts",
                  "/v1/sql/compare", "/v1/sql/confirm", "/v1/sql/confirmed", "/v1/sql/withdraw"}  # fmt: skip
OPERATORS = ("/v1/ai/models/primary",)
REFUSALS = (
    "is not listed",
    "There is no provider",
    "is not known",
    "not_found",
    "is for operators",
)
PATHS = sorted({*served()} - NOT_FOR_MODELS)


def body_of(path: str) -> dict[str, Any]:
    return next((body for end, body in BODIES.items() if path.endswith(end)), {})


def same(text: str, name: str) -> str:
    """Return the answer without its ID, its time, and the name that was asked for."""
    text = text.replace(name, "NAME").replace(name.partition(":")[0], "PROVIDER")
    return re.sub(r"[0-9a-f]{24,32}|[0-9a-f-]{36}", "ID", text)


def whole(answer: requests.Response, name: str) -> tuple[object, ...]:
    headers = {k.lower(): same(v, name) for k, v in answer.headers.items() if k.lower() != "date"}
    return answer.status_code, headers, same(answer.text, name)


def ask(portal: Portal, path: str, name: str, who: str = "ann") -> requests.Response:
    if path == "/mcp":
        arguments = {"capability": "chat", "model": name}
        params = {"name": "explain_resolution", "arguments": arguments}
        message = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}
        accept = {"Accept": "application/json, text/event-stream"}
        return portal.post(path, message, headers=accept, who=who)
    address = path.replace("{model}", name)
    if "/audio/" in path:
        parts = {"file": ("a.wav", b"RIFF0000WAVE"), "model": (None, name)}
        return portal.call("POST", address, files=parts, who=who)
    if path in OPERATORS:
        return portal.post(address, {"capability": "chat", "model": name}, who=who)
    return portal.post(address, {**body_of(path), "model": name}, who=who)
