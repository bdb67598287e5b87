"""What a token's scopes open, and what they do not."""

from __future__ import annotations

from typing import Any

import pytest
from websockets.exceptions import InvalidStatus

from aimodels.dispatch import SOCKETS
from aimodels.routes import ROUTES
from core.auth.scopes import USE, needed
from doors import azure
from tests.support.portal import Portal
from tests.support.socket_client import SocketClient

MESSAGES = [{"role": "user", "content": "Hi"}]
CALLS: dict[str, tuple[str, dict[str, Any]]] = {
    "chat": ("/v1/chat/completions", {"messages": MESSAGES}),
    "sql": ("/v1/sql", {"question": "How many?", "schema": "create table t (a int)"}),
    "embeddings": ("/v1/embeddings", {"input": "Hi"}),
}


def test_each_route_needs_what_it_does() -> None:
    scopes = {path: needed(path) for path in (*ROUTES, *azure.ROUTES, *SOCKETS)}
    assert {path for path, scope in scopes.items() if scope == "sql"} == {
        path for path in ROUTES if path.startswith(("/v1/sql", "/v1/ir", "/workflow"))
    }
    assert {path for path, scope in scopes.items() if scope == "embeddings"} == {
        "/v1/embeddings", "/api/embed", "/api/embeddings", "/v1/rerank", "/v2/rerank",
        "/openai/deployments/{model}/embeddings",
    }  # fmt: skip
    assert {path for path, scope in scopes.items() if not scope} == {
        "/mcp", "/api/tags", "/api/show", "/api/ps", "/api/version", "/ws/events/",
    }  # fmt: skip


def test_a_slash_at_the_end_changes_nothing() -> None:
    paths = ("/v1/embeddings", "/v1/sql", "/v1/messages", "/mcp")
    assert [needed(f"{path}/") for path in paths] == [needed(path) for path in paths]


def test_a_token_does_only_what_it_is_for(portal: Portal) -> None:
    for scope in USE:
        token = portal.manage("create_token", "ann", "--only", scope).stdout.split()[-1]
        for other, (path, body) in CALLS.items():
            answer = portal.post(path, body, who=token)
            refused = answer.status_code == 403 and f"the scope {other}." in answer.text
            assert refused is (other != scope), (scope, path, answer.text)


def test_a_token_for_embeddings_opens_no_chat(portal: Portal) -> None:
    token = portal.manage("create_token", "ann", "--only", "embeddings").stdout.split()[-1]
    with SocketClient(portal, "/ws/events/", who=token):
        pass
    with pytest.raises(InvalidStatus), SocketClient(portal, who=token):
        pass


def test_use_is_all_three(portal: Portal) -> None:
    for path, body in CALLS.values():
        assert "the scope" not in portal.post(path, body).text
