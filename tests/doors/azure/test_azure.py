"""Azure's form of the paths."""

from __future__ import annotations

import pytest

from doors import azure
from tests.support.fake_provider import FakeProvider
from tests.support.portal import Portal

MESSAGES = [{"role": "user", "content": "Hi"}]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/openai/deployments/p:m/chat/completions", ("chat/completions", "p:m")),
        ("/openai/deployments/p:a/b:c/embeddings", ("embeddings", "p:a/b:c")),
    ],
)
def test_a_deployment_is_a_models_id(path: str, expected: tuple[str, str]) -> None:
    assert azure.read(path) == (azure.PREFIX + expected[0], expected[1])


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/openai/v1/chat/completions", "/v1/chat/completions"),
        ("/openai/models", "/v1/models"),
        ("/openai/deployments/p:m/images/edits", "/openai/deployments/p:m/images/edits"),
    ],
)
def test_other_paths_have_no_deployment(path: str, expected: str) -> None:
    assert azure.read(path) == (expected, "")


@pytest.mark.parametrize("deployment", ["fake:other/name:v2", "fake%3Aother%2Fname%3Av2"])
def test_the_path_names_the_model(portal: Portal, fake: FakeProvider, deployment: str) -> None:
    path = f"/openai/deployments/{deployment}/chat/completions?api-version=2024-10-21"
    key = {"api-key": portal.tokens["ann"]}
    body = {"messages": MESSAGES, "model": "fake:talker"}
    answer = portal.post(path, body, who=None, headers=key)
    assert answer.status_code == 200, answer.text
    assert answer.headers["X-Model"] == "fake:other/name:v2"
    assert fake.posts[-1].body["model"] == "other/name:v2"
    assert (
        'route="/openai/deployments/{model}/chat/completions"'
        in portal.get("/metrics", who="olga").text
    )


def test_texts_are_embedded(portal: Portal) -> None:
    path = "/openai/deployments/fake:embedder/embeddings?api-version=1"
    assert len(portal.post(path, {"input": ["a", "b"]}).json()["data"]) == 2


def test_the_newer_paths_are_those_of_the_portal(portal: Portal) -> None:
    body = {"messages": MESSAGES, "model": "fake:talker"}
    assert portal.post("/openai/v1/chat/completions", body).status_code == 200
    models = portal.get("/openai/v1/models").json()
    assert models == portal.get("/v1/models").json() == portal.get("/openai/models").json()


@pytest.mark.parametrize("header", ["api-key", "x-api-key"])
@pytest.mark.parametrize("path", ["/v1/models", "/openai/models", "/v1/ai/models"])
def test_lists_take_a_key_too(portal: Portal, header: str, path: str) -> None:
    token = portal.tokens["ann"]
    assert portal.get(path, who=None, headers={header: token}).status_code == 200
    assert portal.get(path, who=None, headers={header: "aim_wrong"}).status_code == 401
    assert portal.get(path, who="aim_wrong", headers={header: token}).status_code == 401


@pytest.mark.parametrize("path", ["/openai/v1/chat/completions", "/openai/v1/models",
                                  "/openai/deployments/fake:talker/chat/completions"])  # fmt: skip
def test_nothing_is_open_without_a_token(portal: Portal, path: str) -> None:
    answer = portal.post(path, {"messages": MESSAGES}, who=None)
    assert answer.status_code == 401
    assert answer.json()["error"]["code"] == "unauthenticated"


def test_an_unknown_path_is_an_error_in_json(portal: Portal) -> None:
    answer = portal.post("/openai/deployments/fake:talker/images/edits", {})
    assert answer.status_code == 404
    assert answer.json()["error"]["code"] == "not_found"
