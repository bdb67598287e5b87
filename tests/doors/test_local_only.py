"""What stays in the house, in every API and on sockets: only local providers get it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.conftest import copy_of
from tests.support.fake_provider import FakeProvider
from tests.support.portal import Portal
from tests.support.socket_client import SocketClient

MODELS = """
models:
  fallbacks: {sql: ["house:h"], chat: ["cloud:b"]}
  defaults: {chat: "cloud:a", sql: "cloud:a", embeddings: "cloud:v"}
  cloud:
    api: openai
    endpoint: http://127.0.0.1:${FAKE_PORT}/v1
    registry:
      a: {capabilities: [chat, sql], title: The cloud}
      b: {capabilities: [chat, sql]}
      v: {capabilities: [embeddings]}
      rank: {capabilities: [rerank]}
  house:
    api: openai
    endpoint: http://127.0.0.1:${FAKE_PORT}/v1
    local: true
    registry:
      h: {capabilities: [chat, sql], title: The house}
      v: {capabilities: [embeddings]}
"""
HI = [{"role": "user", "content": "Hi"}]
SCHEMA = "CREATE TABLE t (a int)"
DOORS: dict[str, dict[str, Any]] = {
    "/v1/ai/chat/completion": {"messages": HI},
    "/v1/chat/completions": {"messages": HI},
    "/v1/completions": {"prompt": "Hi"},
    "/v1/responses": {"input": "Hi"},
    "/v1/messages": {"messages": HI, "max_tokens": 9},
    "/v1/messages/count_tokens": {"messages": HI},
    "/api/chat": {"messages": HI},
    "/api/generate": {"prompt": "Hi"},
    "/v1/embeddings": {"input": "Hi", "model": "cloud:v"},
    "/api/embed": {"input": "Hi", "model": "cloud:v"},
    "/v1/rerank": {"query": "Hi", "documents": ["Ho"], "model": "cloud:rank"},
    "/v1/ir/build": {"question": "How many?", "schema": SCHEMA},
    "/v1/sql": {"question": "How many?", "schema": SCHEMA, "mode": "model", "model": "cloud:a"},
}
FALLING_BACK = ("/v1/chat/completions", "/v1/responses", "/v1/messages", "/api/chat")


@pytest.fixture(scope="module")
def _house(portal_files: Portal, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    portal = copy_of(portal_files, tmp_path_factory.mktemp("house") / "portal", "uvicorn")
    portal.models.write_text(MODELS)
    made = portal.manage("create_token", "ann", "--local-only").stdout.split()[-1]
    portal.tokens = {**portal.tokens, "local": made}
    portal.start()
    yield portal
    portal.stop()


@pytest.fixture
def portal(_house: Portal, fake: FakeProvider) -> Portal:
    return _house


def asked(fake: FakeProvider) -> set[str]:
    return {post.body["model"] for post in fake.posts}


@pytest.mark.parametrize("path", DOORS)
def test_a_tokens_mark_holds_in_every_api(portal: Portal, fake: FakeProvider, path: str) -> None:
    for more in ({}, {"model": "cloud:b"}, {"model": "cloud:unlisted"}):
        answer = portal.post(path, {**DOORS[path], **more}, who="local")
        assert answer.status_code in (403, 422), answer.text  # 422: it cannot embed or rerank
    assert "not cleared" in portal.post(path, DOORS[path], who="local").text
    if path in FALLING_BACK:
        body = {**DOORS[path], "model": "cloud:a", "fallback": True}
        assert portal.post(path, body, who="local").status_code == 403
    assert not fake.posts


@pytest.mark.parametrize("path", ["/v1/chat/completions", "/v1/responses", "/api/chat"])
def test_a_local_model_gets_it(portal: Portal, fake: FakeProvider, path: str) -> None:
    answer = portal.post(path, {**DOORS[path], "model": "house:h", "stream": False}, who="local")
    assert answer.status_code == 200, answer.text
    assert asked(fake) == {"h"}


def test_the_error_counts_what_is_not_cleared_and_names_what_is(portal: Portal) -> None:
    error = portal.post("/v1/chat/completions", {"messages": HI}, who="local").json()["error"]
    assert error["code"] == "permission_denied"
    assert error["message"] == (
        "This stays in the house, and 'cloud:a' is not cleared for that. "
        "2 models are not cleared. Choose one of house:h."
    )


def test_a_default_that_is_not_cleared_has_its_cleared_fallback(
    portal: Portal, fake: FakeProvider
) -> None:
    body = {**DOORS["/v1/sql"], "model": None}
    answer = portal.post("/v1/sql", body, who="local").json()["resolution"]
    assert (answer["id"], answer["because"]) == ("house:h", "not_local")
    assert asked(fake) == {"h"}
    assert portal.post("/v1/sql", body).json()["resolution"]["id"] == "cloud:a"


def test_a_conversation_keeps_its_mark(portal: Portal, fake: FakeProvider) -> None:
    with SocketClient(portal) as ann:
        refused = ann.ask("A secret", local_only=True)[-1]
        assert refused["error"]["code"] == "permission_denied"
        begun = ann.ask("A secret", local_only=True, model="house:h")
        conversation = begun[0]["conversation"]
        for more in ({}, {"model": "cloud:a"}, {"local_only": False}, {"fallback": True}):
            frames = ann.ask("And?", conversation=conversation, **more)
            assert frames[-1]["error"]["code"] == "permission_denied"
        assert ann.ask("And?", conversation=conversation, model="house:h")[-1]["type"] == "done"
    assert asked(fake) == {"h"}


def test_a_raw_socket_has_the_mark_for_one_question(portal: Portal, fake: FakeProvider) -> None:
    with SocketClient(portal, path="/ws/raw/") as ann:
        assert ann.ask("A secret", local_only=True)[-1]["type"] == "error"
        assert ann.ask("No secret")[-1]["type"] == "done"
    assert asked(fake) == {"a"}
