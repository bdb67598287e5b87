"""On every address, a restricted name has the answer of an invented one, byte for byte."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from aimodels.routes import SERVED
from tests.conftest import copy_of
from tests.support.fake_provider import FakeProvider
from tests.support.portal import Portal
from tests.support.servers import databases
from tests.support.socket_client import SocketClient

# A restricted name, and one of the same length that does not exist.
PAIRS = [("strict:hidden", "strict:absent"), ("club:secret", "clun:secret"),
         ("club:whatever", "clun:whatever"), ("club:secret:latest", "clun:secret:latest")]  # fmt: skip
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
                  "/v1/ai/models/reload", "/v1/ai/models/dry-run", "/v1/ai/models/primary/reset"}  # fmt: skip
OPERATORS = ("/v1/ai/models/primary",)
REFUSALS = (
    "is not listed",
    "There is no provider",
    "is not known",
    "not_found",
    "is for operators",
)


@pytest.fixture(scope="module", params=databases.SERVERS)
def restricted(
    request: pytest.FixtureRequest, portal_files: Portal, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Portal]:
    portal = copy_of(portal_files, tmp_path_factory.mktemp("restricted"), request.param)
    every = "[chat, sql, embeddings, rerank, transcription, image_generation]"
    text = portal.models.read_text()
    hidden = f"{{hidden: {{capabilities: {every}, allow: [insiders]}}, listed:"
    portal.models.write_text(text.replace("{listed:", hidden))
    portal.start()
    yield portal
    portal.stop()


def body_of(path: str) -> dict[str, Any]:
    return next((body for end, body in BODIES.items() if path.endswith(end)), {})


def same(text: str, name: str) -> str:
    """Return the answer without its ID, its time, and the name that was asked for."""
    text = text.replace(name, "NAME").replace(name.partition(":")[0], "PROVIDER")
    return re.sub(r"[0-9a-f]{24,32}|[0-9a-f-]{36}", "ID", text)


def whole(answer: requests.Response, name: str) -> tuple[object, ...]:
    headers = {k.lower(): same(v, name) for k, v in answer.headers.items() if k.lower() != "date"}
    return answer.status_code, headers, same(answer.text, name)


def ask(portal: Portal, path: str, name: str) -> requests.Response:
    if path == "/mcp":
        arguments = {"capability": "chat", "model": name}
        params = {"name": "explain_resolution", "arguments": arguments}
        message = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}
        accept = {"Accept": "application/json, text/event-stream"}
        return portal.post(path, message, headers=accept)
    address = path.replace("{model}", name)
    if "/audio/" in path:
        parts = {"file": ("a.wav", b"RIFF0000WAVE"), "model": (None, name)}
        return portal.call("POST", address, files=parts)
    if path in OPERATORS:
        return portal.post(address, {"capability": "chat", "model": name})
    return portal.post(address, {**body_of(path), "model": name})


@pytest.mark.parametrize("path", sorted({*SERVED} - NOT_FOR_MODELS))
def test_a_restricted_name_is_answered_as_an_invented_one(
    restricted: Portal, fake: FakeProvider, path: str
) -> None:
    for hidden, invented in PAIRS:
        answer = ask(restricted, path, hidden)
        assert whole(answer, hidden) == whole(ask(restricted, path, invented), invented)
        if path not in OPERATORS:
            assert any(words in answer.text for words in REFUSALS), answer.text
    assert fake.posts == []


@pytest.mark.parametrize(("hidden", "invented"), PAIRS)
def test_a_model_of_others_cannot_be_retrieved(
    restricted: Portal, hidden: str, invented: str
) -> None:
    answers = [restricted.get(f"/v1/models/{name}") for name in (hidden, invented)]
    assert whole(answers[0], hidden) == whole(answers[1], invented)


@pytest.mark.parametrize("mode", ["/ws/chat/", "/ws/raw/"])
@pytest.mark.parametrize(("hidden", "invented"), PAIRS)
def test_sockets_answer_the_same(restricted: Portal, mode: str, hidden: str, invented: str) -> None:
    texts = []
    for name in (hidden, invented):
        with SocketClient(restricted, mode) as client:
            frames = client.ask(model=name)
            texts.append(same(str(frames[-1]), name))
    assert texts[0] == texts[1]
    assert any(words in texts[0] for words in REFUSALS)


@pytest.mark.parametrize(
    "path",
    ["/v1/ai/models", "/v1/ai/models?capability=sql", "/v1/models", "/v1/ai/models/status",
     "/api/tags", "/metrics", "/healthz", "/readyz", "/v1/schema", "/models", "/chat/", "/",
     "/models/options/chat", "/models/options/chat?able", "/workflow/"],
)  # fmt: skip
def test_nothing_names_what_is_for_others(restricted: Portal, path: str) -> None:
    session = restricted.sign_in("ann")
    texts = [restricted.get(path).text, session.get(restricted.url + path, timeout=10).text]
    for text in texts:
        assert "strict:hidden" not in text
        assert "club" not in text
