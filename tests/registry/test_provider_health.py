"""Health of providers whose list of models is odd, or whose address is wrong."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from typing import Any

import pytest

from registry.config.load import load_config
from registry.health import health
from registry.snapshot import build
from tests.support.fake_provider import FakeProvider
from tests.support.provider_messages import http

LIST = {"object": "list", "data": [{"id": "m"}]}
NO_ROUTE = http(404, {"error": {"message": "Not Found"}})
NO_MODEL = http(400, {"error": {"message": "you must provide a model parameter"}})
BAD_KEY = http(401, {"error": {"message": "bad key"}})
PAGE = http(200, b"<!DOCTYPE html><title>x</title>", "text/html")
SIGN_IN = http(401, b"<html>Sign in</html>", "text/html")
NO_INPUT = http(422, {"error": "`inputs` cannot be empty", "error_type": "Empty"})
# name → what GET /models answers, then the POSTs in order, the health, a part of its detail
SHAPES: dict[str, tuple[bytes, list[bytes], str, str]] = {
    "OpenAI": (http(200, LIST), [], "healthy", ""),
    "Together and GitHub Models: a bare list": (http(200, [{"id": "m"}]), [], "healthy", ""),
    "LM Studio with nothing loaded": (http(200, {"data": []}), [], "healthy", ""),
    "OpenRouter: a megabyte": (http(200, {"data": [{"id": f"m{i}", "x": "x" * 900} for i in range(1100)]}), [], "healthy", ""),
    "gateways that compress": (http(200, gzip.compress(json.dumps(LIST).encode()), Content_Encoding="gzip"), [], "healthy", ""),
    "Perplexity and Azure's deployments: no list": (NO_ROUTE, [NO_MODEL], "healthy", "does not list"),
    "OpenAI's restricted keys: no right to the list": (http(403, {"error": {"message": "Missing scopes: api.model.read"}}), [NO_MODEL], "healthy", "does not list"),
    "Google's endpoint at Vertex: no such method": (http(405, b""), [NO_MODEL], "healthy", "does not list"),
    "text-embeddings-inference: only embeddings": (http(404, b""), [http(404, b""), NO_INPUT], "healthy", "does not list"),
    "text-embeddings-inference, a newer one": (http(404, b""), [http(404, b""), http(413, {"message": "`input` cannot be empty", "type": "Empty"})], "healthy", "does not list"),
    "gateways: models by name": (http(200, {"data": {"m": {"id": 1}}}), [], "healthy", ""),
    "small servers: names": (http(200, {"models": ["m"]}), [], "healthy", ""),
    "Workers AI: a list of another form": (http(200, {"success": True, "result": [{"id": "x", "name": "m"}]}), [NO_MODEL], "healthy", "does not list"),
    "another form, with a wrong key": (http(200, {"result": []}), [BAD_KEY], "auth_failed", "key"),
    "servers without that route": (http(501, b"not implemented", "text/plain"), [NO_MODEL], "healthy", "does not list"),
    "Perplexity with a wrong key": (NO_ROUTE, [BAD_KEY], "auth_failed", "key"),
    "Cohere and Jina: only a ranking": (NO_ROUTE, [NO_ROUTE, NO_ROUTE, http(400, {"message": "query is empty"})], "healthy", "does not list"),
    "a wrong address": (NO_ROUTE, [NO_ROUTE, NO_ROUTE, NO_ROUTE], "degraded", "/v1"),
    "a wrong address with a page for all": (PAGE, [PAGE], "degraded", ""),
    "LM Studio at a wrong address": (http(200, {"error": "Unexpected endpoint or method. (GET /models)"}), [], "degraded", "Unexpected endpoint"),
    "a wrong key": (BAD_KEY, [], "auth_failed", ""),
    "a wrong key, as a 400 in a list": (http(400, [{"error": {"code": 400, "message": "API key not valid.", "status": "INVALID_ARGUMENT"}}]), [], "auth_failed", ""),
    "a proxy that wants a sign-in": (SIGN_IN, [], "auth_failed", ""),
    "no credits": (http(402, {"error": {"message": "Insufficient credits"}}), [], "degraded", "Insufficient credits"),
    "a tunnel that is down": (http(530, b"error code: 1033", "text/plain"), [], "degraded", "1033"),
}  # fmt: skip


@pytest.fixture
def server() -> Iterator[FakeProvider]:
    """A provider that no running portal probes: its scripts are for the test alone."""
    provider = FakeProvider()
    yield provider
    provider.close()


def provider_of(server: FakeProvider, more: str) -> Any:
    text = f"models: {{far: {{{more}, registry: {{m: {{capabilities: [chat]}}}}}}}}"
    return build(load_config(text.encode(), {})).providers["far"]


@pytest.mark.parametrize("name", SHAPES)
def test_health_of_an_odd_server(server: FakeProvider, name: str) -> None:
    answer, posts, status, detail = SHAPES[name]
    server.answers["/api/models"] = (answer,)
    server.scripts_probes = True
    for post in posts:
        server.script(post)
    probe = health.probe(provider_of(server, f"api: openai, endpoint: '{server.url}/api'"))
    assert probe.status == status, probe.detail
    assert detail in probe.detail
    assert not server.scripts, "each request was made"


OLLAMA: dict[str, tuple[bytes, bytes, str]] = {
    "Ollama": (http(200, {"version": "0.31.1"}), http(200, {"models": [{"model": "m"}]}), "healthy"),
    "nothing pulled: null": (http(200, {"version": "0.5.7"}), http(200, {"models": None}), "healthy"),
    "models of its cloud": (http(200, {"version": "0.31.0-rc1"}), http(200, {"models": [{"name": "m:120b-cloud", "model": "m:120b-cloud", "remote_host": "https://far.example", "size": 384}]}), "healthy"),
    "emulations without a version": (http(404, b"404 page not found", "text/plain"), http(200, {"models": []}), "degraded"),
    "a proxy that wants a sign-in": (SIGN_IN, SIGN_IN, "auth_failed"),
    "a web server that says one thing": (http(200, b"Ollama is running", "text/plain"), http(200, b"Ollama is running", "text/plain"), "degraded"),
}  # fmt: skip


@pytest.mark.parametrize("name", OLLAMA)
def test_health_of_an_odd_ollama(server: FakeProvider, name: str) -> None:
    version, tags, status = OLLAMA[name]
    server.answers |= {"/api/version": (version,), "/api/tags": (tags,)}
    probe = health.probe(provider_of(server, f"api: ollama, host: '{server.url}'"))
    assert probe.status == status, probe.detail


ANTHROPIC: dict[str, tuple[bytes, list[bytes], str, str]] = {
    "its list": (http(200, {"data": [{"type": "model", "id": "m"}], "has_more": False}), [], "healthy", ""),
    "a wrong key": (http(401, {"type": "error", "error": {"type": "authentication_error", "message": "invalid x-api-key"}}), [], "auth_failed", ""),
    "servers of its format without a list": (
        NO_ROUTE, [http(400, {"type": "error", "error": {"type": "invalid_request_error", "message": "model: Field required"}})],
        "healthy", "does not list"),
}  # fmt: skip


@pytest.mark.parametrize("name", ANTHROPIC)
def test_a_provider_of_anthropics_format_is_probed(server: FakeProvider, name: str) -> None:
    listed, posts, status, detail = ANTHROPIC[name]
    server.answers["/v1/models"] = listed
    server.scripts_probes = True
    for response in posts:
        server.script(response)
    probe = health.probe(
        provider_of(server, f"api: anthropic, api_key: k, endpoint: '{server.url}'")
    )
    assert probe.status == status
    assert detail in probe.detail
    assert {request.headers["x-api-key"] for request in server.requests} == {"k"}
    assert {request.path for request in server.requests} <= {"/v1/models", "/v1/messages"}
    types = [request.headers.get("content-type") for request in server.requests]
    assert types == [None, *["application/json" for _ in posts]]
