"""Identifiers in requests raise the mark "stays in the house", where models.yaml says so."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.conftest import copy_of
from tests.doors.test_local_only import DOORS, MODELS
from tests.support.fake_provider import FakeProvider
from tests.support.portal import Portal
from tests.support.socket_client import SocketClient

CARD = "4111 1111 1111 1111"
NATIVE = """
  relayed:
    api: openai
    endpoint: http://127.0.0.1:${FAKE_PORT}/v1
    apis: [responses]
    registry:
      m: {capabilities: [chat]}
  spoken:
    api: anthropic
    endpoint: http://127.0.0.1:${FAKE_PORT}/v1
    api_key: k
    registry:
      m: {capabilities: [chat]}
"""
RULE = "\nlocal_only: {identifiers: [card, iban]}\n"


@pytest.fixture(scope="module")
def _ruled(portal_files: Portal, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    portal = copy_of(portal_files, tmp_path_factory.mktemp("ruled") / "portal", "uvicorn")
    portal.models.write_text(MODELS + NATIVE + RULE)
    portal.start()
    yield portal
    portal.stop()
    log = portal.log.read_text()
    assert "Traceback" not in log
    assert CARD not in log


@pytest.fixture
def ruled(_ruled: Portal, fake: FakeProvider) -> Portal:
    return _ruled


def holding(value: Any) -> Any:
    """Return a body with a card's number in what its caller wrote."""
    if isinstance(value, dict):
        return {k: v if k in ("model", "role", "schema") else holding(v) for k, v in value.items()}
    if isinstance(value, list):
        return [holding(one) for one in value]
    return f"{value} {CARD}" if value in ("Hi", "Ho", "How many?") else value


@pytest.mark.parametrize("path", DOORS)
def test_each_api_refuses_it_and_names_kind_and_remedy(
    ruled: Portal, fake: FakeProvider, path: str
) -> None:
    body = {"model": "cloud:b", **holding(DOORS[path])}
    answer = ruled.post(path, body)
    assert answer.status_code == 403, answer.text
    assert (
        "This holds a payment card's number; leave that out, or ask a local model." in answer.text
    )
    assert "not cleared" in answer.text
    assert CARD not in answer.text
    assert not fake.posts


@pytest.mark.parametrize(
    "path", ["/v1/chat/completions", "/v1/responses", "/v1/messages", "/api/chat"]
)
def test_a_local_model_gets_it_and_the_answer_says_so(
    ruled: Portal, fake: FakeProvider, path: str
) -> None:
    body = {**holding(DOORS[path]), "model": "house:h", "stream": False}
    answer = ruled.post(path, body)
    assert answer.status_code == 200, answer.text
    assert answer.headers["X-Identifiers"] == "card"
    assert answer.json()["resolution"]["identifiers"] == ["card"]
    assert [post.body["model"] for post in fake.posts] == ["h"]
    plain = ruled.post(path, {**DOORS[path], "model": "house:h", "stream": False})
    assert "X-Identifiers" not in plain.headers


def test_a_default_that_is_not_cleared_has_its_cleared_fallback(
    ruled: Portal, fake: FakeProvider
) -> None:
    body = {**holding(DOORS["/v1/sql"]), "model": None}
    resolution = ruled.post("/v1/sql", body).json()["resolution"]
    assert (resolution["id"], resolution["identifiers"]) == ("house:h", ["card"])


RESULT = {"type": "web_search_result", "title": CARD, "url": "u", "encrypted_content": "e"}
ONLY_NATIVE: dict[str, tuple[str, dict[str, Any]]] = {
    "a shell's output": ("/v1/responses", {"model": "relayed:m", "input": [
        {"role": "user", "content": "Hi"},
        {"type": "local_shell_call_output", "call_id": "c", "output": CARD},
    ]}),
    "a search's result": ("/v1/messages", {"model": "spoken:m", "max_tokens": 9, "messages": [
        {"role": "user", "content": "Hi"},
        {"role": "assistant", "content": [
            {"type": "web_search_tool_result", "tool_use_id": "t", "content": [RESULT]},
            {"type": "text", "text": "Ho"},
        ]},
        {"role": "user", "content": "Hi"},
    ]}),
}  # fmt: skip


@pytest.mark.parametrize("case", ONLY_NATIVE)
def test_what_only_a_server_of_the_api_reads_is_searched(
    ruled: Portal, fake: FakeProvider, case: str
) -> None:
    path, body = ONLY_NATIVE[case]
    answer = ruled.post(path, body)
    assert not fake.posts
    assert answer.status_code == 403, answer.text
    assert "a payment card's number" in answer.text


def test_a_schema_is_searched_on_the_page_too(ruled: Portal, fake: FakeProvider) -> None:
    schema = f"CREATE TABLE t (a TEXT CHECK (a IN ('{CARD}', 'b')))"
    body = {"question": "How many?", "schema": schema, "dialect": "sqlite", "chat": "cloud:a"}
    answer = ruled.post("/workflow/ask", body)
    assert not fake.posts
    assert "a payment card's number" in answer.text


@pytest.mark.parametrize("path", ["/v1/chat/completions", "/v1/embeddings"])
def test_a_large_request_is_searched_too(ruled: Portal, fake: FakeProvider, path: str) -> None:
    text = f"{'word ' * 200_000}{CARD}"
    body = {"messages": [{"role": "user", "content": text}]} if "chat" in path else {"input": text}
    assert ruled.post(path, {**body, "model": "cloud:a"}).status_code in (403, 422)
    assert not fake.posts


def test_without_the_rule_nothing_is_searched(portal: Portal, fake: FakeProvider) -> None:
    answer = portal.chat(CARD, path="/v1/chat/completions")
    assert answer.status_code == 200
    assert "X-Identifiers" not in answer.headers


@pytest.mark.parametrize("path", ["/ws/chat/", "/ws/raw/"])
def test_sockets_refuse_it_too(ruled: Portal, fake: FakeProvider, path: str) -> None:
    with SocketClient(ruled, path) as client:
        error = client.ask(CARD, model="cloud:a")[-1]["error"]
    assert error["code"] == "permission_denied"
    assert "a payment card's number" in error["message"]
    assert not fake.posts


def test_a_conversation_keeps_the_mark(ruled: Portal, fake: FakeProvider) -> None:
    with SocketClient(ruled) as client:
        start = next(f for f in client.ask(CARD, model="house:h") if f["type"] == "start")
        assert start["resolution"]["identifiers"] == ["card"]
        error = client.ask("Hi", model="cloud:a", conversation=start["conversation"])[-1]["error"]
    assert "stays in the house" in error["message"]
    assert [post.body["model"] for post in fake.posts] == ["h"]


def test_what_was_said_before_counts(ruled: Portal, fake: FakeProvider) -> None:
    history = [{"role": "user", "content": CARD}, {"role": "assistant", "content": "So?"}]
    with SocketClient(ruled) as client:
        error = client.ask("Hi", model="cloud:a", temporary=True, history=history)[-1]["error"]
    assert "a payment card's number" in error["message"]
