"""What programs meet beside the routes: paths, OPTIONS, CORS, wrong addresses, the list of models."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.conftest import copy_of
from tests.support.fake_provider import FakeProvider
from tests.support.portal import Portal

CHAT = {"messages": [{"role": "user", "content": "Hi"}]}


@pytest.mark.parametrize(
    "path", ["/v1/chat/completions/", "//v1/chat/completions", "/v1//chat//completions/"]
)
def test_a_path_with_more_slashes_is_answered(portal: Portal, path: str) -> None:
    answer = portal.post(path, CHAT, allow_redirects=False)
    assert answer.status_code == 200
    assert answer.json()["choices"]


@pytest.mark.parametrize("path", ["/v1/models/", "//v1/models", "/v1/ai/models/"])
def test_lists_of_models_have_no_redirect(portal: Portal, path: str) -> None:
    assert portal.get(path, allow_redirects=False).status_code == 200
    head = portal.call("HEAD", path, allow_redirects=False)
    assert (head.status_code, head.content) == (200, b"")


@pytest.mark.parametrize("path", ["/v1/chat/completions", "/v1/models", "/v1/embeddings/"])
def test_options_need_no_token(portal: Portal, path: str) -> None:
    answer = portal.call("OPTIONS", path, who=None, headers={"Origin": "https://app.example"})
    assert (answer.status_code, answer.content) == (204, b"")
    assert "OPTIONS" in answer.headers["Allow"]
    assert not [name for name in answer.headers if name.lower().startswith("access-control")]


@pytest.mark.parametrize("path", ["/chat/completions", "/models", "/chat/", "/", "/v2/models"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_program_at_a_wrong_path_is_told_where_the_api_begins(
    portal: Portal, path: str, method: str
) -> None:
    answer = portal.call(method, path, allow_redirects=False)
    assert answer.status_code == 404
    assert "The API begins with /v1" in answer.json()["error"]["message"]


def test_a_browser_at_a_wrong_path_gets_a_page(portal: Portal) -> None:
    answer = portal.get("/nowhere", who=None, headers={"Accept": "text/html,*/*;q=0.8"})
    assert answer.status_code == 404
    assert "<html" in answer.text
    assert "/v1" in portal.get("/nowhere", who=None).json()["error"]["message"]


def test_the_list_describes_the_models(portal: Portal) -> None:
    models = {m["id"]: m for m in portal.get("/v1/models").json()["data"]}
    frog = models["pond:frog"]
    assert (frog["name"], frog["context_length"], frog["deprecated"]) == ("frog", 8192, False)
    assert frog["capabilities"] == ["chat"]


def test_the_list_is_filtered_by_capability(portal: Portal) -> None:
    models = portal.get("/v1/models?capability=embeddings").json()["data"]
    assert models
    assert all("embeddings" in model["capabilities"] for model in models)
    assert portal.get("/v1/models?capability=nothing").status_code == 400


ORIGIN = "https://app.example"


@pytest.fixture
def open_portal(portal_files: Portal, tmp_path: Path, fake: FakeProvider) -> Iterator[Portal]:
    portal = copy_of(portal_files, tmp_path / "open", "uvicorn", CORS_ALLOWED_ORIGINS=ORIGIN)
    text = portal.models.read_text().replace("models:\n", "models:\n  models_list: chat\n", 1)
    portal.models.write_text(text)
    portal.start()
    yield portal
    portal.stop()


def allowed(answer: requests.Response) -> Any:
    return answer.headers.get("Access-Control-Allow-Origin")


def test_pages_of_named_origins_may_call_the_api_with_a_token(open_portal: Portal) -> None:
    asked = {"Origin": ORIGIN, "Access-Control-Request-Method": "POST",
             "Access-Control-Request-Headers": "authorization,content-type"}  # fmt: skip
    before = open_portal.call("OPTIONS", "/v1/chat/completions", who=None, headers=asked)
    assert (before.status_code, allowed(before)) == (204, ORIGIN)
    assert "POST" in before.headers["Access-Control-Allow-Methods"]
    assert "authorization" in before.headers["Access-Control-Allow-Headers"]
    for answer in (
        open_portal.chat(headers={"Origin": ORIGIN}),
        open_portal.get("/v1/models", headers={"Origin": ORIGIN}),
        open_portal.get("/v1/models", who=None, headers={"Origin": ORIGIN}),
    ):
        assert allowed(answer) == ORIGIN
        assert "Access-Control-Allow-Credentials" not in answer.headers
        assert "Origin" in answer.headers["Vary"]
    assert allowed(open_portal.chat(headers={"Origin": "https://evil.example"})) is None
    assert allowed(open_portal.get("/sign-in/", who=None, headers={"Origin": ORIGIN})) is None
    listed = open_portal.get("/v1/models").json()["data"]
    assert all("chat" in model["capabilities"] for model in listed)
