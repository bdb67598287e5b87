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
RULE = "\nlocal_only: {identifiers: [card, iban]}\n"


@pytest.fixture(scope="module")
def _ruled(portal_files: Portal, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    portal = copy_of(portal_files, tmp_path_factory.mktemp("ruled") / "portal", "uvicorn")
    portal.models.write_text(MODELS + RULE)
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
