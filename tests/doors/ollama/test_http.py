"""Ollama's API over HTTP: answers, lines, lists, vectors, errors, and who may ask."""

from __future__ import annotations

import json
from typing import Any

import pytest
import requests

from tests.support.fake_provider import HANG, FakeProvider
from tests.support.portal import Portal
from tests.support.provider_messages import SSE_HEAD, USAGE, chunk, completion, event, http

MESSAGES = [{"role": "user", "content": "Hi"}]
CHAT = {"model": "fake:talker", "messages": MESSAGES}


def lines(answer: requests.Response) -> list[dict[str, Any]]:
    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Type"] == "application/x-ndjson"
    return [json.loads(line) for line in answer.text.splitlines()]


@pytest.mark.parametrize(
    "model", ["fake:talker", "fake:talker:latest", "pond:frog", "pond:frog:latest"]
)
def test_a_chat_is_streamed_by_default(portal: Portal, model: str) -> None:
    answer = portal.post("/api/chat", {**CHAT, "model": model})
    *rows, last = lines(answer)
    assert "".join(row["message"]["content"] for row in rows) == "Hello from the fake."
    assert (last["done"], last["done_reason"]) == (True, "stop")
    assert (last["prompt_eval_count"], last["eval_count"]) == (7, 5)
    assert answer.headers["X-Model"].removesuffix(":latest") == model.removesuffix(":latest")
    assert answer.headers["X-Resolved-By"] == "override"


def test_a_whole_answer(portal: Portal, fake: FakeProvider) -> None:
    options = {"num_ctx": 4096, "temperature": 0, "num_predict": 9}
    answer = portal.post("/api/chat", {**CHAT, "stream": False, "options": options})
    body = answer.json()
    assert body["message"] == {"role": "assistant", "content": "Hello from the fake."}
    assert body["model"] == "fake:talker"
    assert body["total_duration"] > 0
    assert answer.headers["X-Dropped"] == "options.num_ctx"
    sent = fake.posts[-1].body
    assert (sent["temperature"], sent["max_tokens"]) == (0, 9)


def test_a_tool_is_called_with_an_object(portal: Portal, fake: FakeProvider) -> None:
    function = {"name": "f", "arguments": '{"a": 1}'}
    call = {"index": 0, "id": "c", "type": "function", "function": function}
    delta = {"choices": [{"index": 0, "delta": {"tool_calls": [call]}}]}
    fake.script(SSE_HEAD + event(delta) + event(chunk(finish="tool_calls")) + b"data: [DONE]\n\n")
    tools = [{"type": "function", "function": {"name": "f", "parameters": {"type": "object"}}}]
    called, last = lines(portal.post("/api/chat", {**CHAT, "tools": tools}))
    assert called["message"]["tool_calls"] == [
        {"id": "c", "function": {"index": 0, "name": "f", "arguments": {"a": 1}}}
    ]
    assert last["done_reason"] == "stop"
    assert fake.posts[-1].body["tools"] == tools


def test_a_prompt_is_answered(portal: Portal, fake: FakeProvider) -> None:
    request = {"model": "fake:talker", "prompt": "Hi", "system": "S"}
    rows = lines(portal.post("/api/generate", request))
    assert "".join(row["response"] for row in rows) == "Hello from the fake."
    body = portal.post("/api/generate", {**request, "stream": False}).json()
    assert body["response"] == "Hello from the fake."
    system = {"role": "system", "content": "S"}
    assert fake.posts[-1].body["messages"] == [system, *MESSAGES]


@pytest.mark.parametrize(
    ("model", "path"), [("fake:talker", "/v1/completions"), ("pond:frog", "/api/generate")]
)
def test_a_raw_prompt_is_continued(
    portal: Portal, fake: FakeProvider, model: str, path: str
) -> None:
    request = {"model": model, "prompt": "Once", "raw": True, "stream": False}
    body = portal.post("/api/generate", request).json()
    assert (body["response"], body["done"]) == ("SELECT 1", True)
    assert (fake.posts[-1].path, fake.posts[-1].body["prompt"]) == (path, "Once")


def test_a_raw_prompt_is_streamed(portal: Portal, fake: FakeProvider) -> None:
    texts = [{"choices": [{"index": 0, "text": text}]} for text in ("On", "ce")]
    last = {"choices": [{"index": 0, "text": "", "finish_reason": "length"}], "usage": USAGE}
    fake.script(SSE_HEAD + b"".join(map(event, [*texts, last])) + b"data: [DONE]\n\n")
    request = {"model": "fake:talker", "prompt": "A", "suffix": "Z"}
    *rows, end = lines(portal.post("/api/generate", request))
    assert [row["response"] for row in rows] == ["On", "ce"]
    assert (end["done_reason"], end["eval_count"]) == ("length", 5)
    assert fake.posts[-1].body["suffix"] == "Z"


@pytest.mark.parametrize(
    ("path", "body"),
    [("/api/chat", {"messages": []}), ("/api/chat", {}), ("/api/generate", {}),
     ("/api/generate", {"prompt": "", "keep_alive": 0})],
)  # fmt: skip
def test_a_request_that_only_loads_is_answered(
    portal: Portal, fake: FakeProvider, path: str, body: dict[str, Any]
) -> None:
    answer = portal.post(path, {"model": "fake:talker", **body}).json()
    assert (answer["done"], answer["done_reason"]) == (True, "load")
    assert not fake.posts
    assert portal.post(path, {"model": "nowhere:x", **body}).status_code == 404


@pytest.mark.parametrize("model", ["fake:embedder", "fake:embedder:latest", "pond:newt:1b"])
def test_texts_are_embedded(portal: Portal, model: str) -> None:
    answer = portal.post("/api/embed", {"model": model, "input": ["a", "bc"], "truncate": True})
    assert answer.json()["embeddings"] == [[1.0, 0.5, -0.25], [2.0, 0.5, -0.25]]
    assert answer.json()["prompt_eval_count"] == 3
    assert answer.headers["X-Dropped"] == "truncate"
    one = portal.post("/api/embed", {"model": model, "input": "a"}).json()
    assert one["embeddings"] == [[1.0, 0.5, -0.25]]
    older = portal.post("/api/embeddings", {"model": model, "prompt": "a"}).json()
    assert older == {"embedding": [1.0, 0.5, -0.25]}


@pytest.mark.parametrize(
    ("path", "text"), [("/api/embed", {"input": "a"}), ("/api/embeddings", {"prompt": "a"})]
)
@pytest.mark.parametrize("field", [{"keep_alive": "5m"}, {"options": {"num_ctx": 1}}])
def test_how_a_server_loads_is_dropped(
    portal: Portal, path: str, text: dict[str, str], field: dict[str, Any]
) -> None:
    answer = portal.post(path, {"model": "fake:embedder", **text, **field})
    assert answer.status_code == 200
    assert [answer.headers["X-Dropped"]] == list(field)


def test_no_text_has_no_vector(portal: Portal, fake: FakeProvider) -> None:
    model = {"model": "fake:embedder"}
    assert portal.post("/api/embed", {**model, "input": []}).json()["embeddings"] == []
    assert portal.post("/api/embeddings", {**model, "prompt": ""}).json() == {"embedding": []}
    assert not fake.posts
    assert portal.post("/api/embed", model).status_code == 400


def test_the_models_are_listed_by_their_ids(portal: Portal) -> None:
    names = [row["name"] for row in portal.get("/api/tags").json()["models"]]
    assert names == [row["id"] for row in portal.get("/v1/models").json()["data"]]
    assert "club:secret" not in names
    for row in portal.get("/api/tags").json()["models"]:
        assert row["model"] == row["name"]
        assert len(row["digest"]) == 64


def test_a_model_is_shown(portal: Portal) -> None:
    body = portal.post("/api/show", {"model": "pond:frog:latest"}).json()
    info = body["model_info"]
    assert info[f"{info['general.architecture']}.context_length"] == 8192
    assert body["capabilities"] == ["completion", "tools"]
    assert portal.post("/api/show", {"name": "fake:embedder"}).json()["capabilities"] == [
        "embedding"
    ]
    missing = portal.post("/api/show", {"model": "fake:talkr"})
    assert missing.status_code == 404
    assert "Did you mean 'fake:talker'?" in missing.json()["error"]
    assert portal.post("/api/show", {"model": "club:secret"}).status_code == 404


def test_the_version_is_numbers(portal: Portal) -> None:
    version = portal.get("/api/version").json()["version"]
    assert [int(part) for part in version.split(".")] > [0, 6, 4]
    assert portal.get("/api/ps").json() == {"models": []}


@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", "/api/pull"), ("POST", "/api/push"), ("POST", "/api/create"), ("POST", "/api/copy"),
     ("DELETE", "/api/delete")],
)  # fmt: skip
def test_callers_do_not_change_which_models_there_are(
    portal: Portal, method: str, path: str
) -> None:
    answer = portal.call(method, path, json={"model": "fake:talker"})
    assert answer.status_code == 403
    assert "models.yaml" in answer.json()["error"]


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/api/tags"), ("GET", "/api/version"), ("GET", "/api/ps"), ("POST", "/api/show"),
     ("POST", "/api/chat"), ("POST", "/api/generate"), ("POST", "/api/embed"),
     ("POST", "/api/embeddings"), ("POST", "/api/pull")],
)  # fmt: skip
def test_nothing_is_open_without_a_token(portal: Portal, method: str, path: str) -> None:
    answer = portal.call(method, path, who=None, json=CHAT)
    assert answer.status_code == 401
    assert answer.json()["code"] == "unauthenticated"
    assert isinstance(answer.json()["error"], str)


@pytest.mark.parametrize("path", ["/api/chat/", "//api/chat", "/api//chat"])
def test_paths_may_have_more_slashes(portal: Portal, path: str) -> None:
    assert lines(portal.post(path, CHAT))[-1]["done"] is True


def test_an_editors_request_for_a_middle(portal: Portal, fake: FakeProvider) -> None:
    options = {"num_predict": 9.0, "temperature": 0.01, "stop": ["</s>"], "num_ctx": 8096,
               "mirostat": None, "num_thread": None}  # fmt: skip
    request = {"model": "pond:frog", "prompt": "def f(", "suffix": "return", "raw": True,
               "options": options, "keep_alive": 1800, "images": None, "stream": False}  # fmt: skip
    assert portal.post("/api/generate", request).json()["response"] == "SELECT 1"
    sent = fake.posts[-1].body
    assert sent["suffix"] == "return"
    assert (sent["options"]["num_predict"], sent["options"]["num_ctx"]) == (9, 8192)


def test_json_need_not_be_declared_but_by_browsers(portal: Portal) -> None:
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    data = json.dumps(CHAT)
    assert portal.call("POST", "/api/chat", data=data, headers=form).status_code == 200
    assert portal.call("POST", "/v1/messages", data=data, headers=form).status_code == 415
    session = portal.sign_in("ann")
    answer = session.post(f"{portal.url}/api/chat", data=data, headers=form, timeout=5)
    assert answer.status_code == 415


def test_a_wrong_method_is_refused(portal: Portal) -> None:
    answer = portal.post("/api/tags", {})
    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, HEAD")
    assert portal.call("HEAD", "/api/tags").status_code == 200


def test_a_providers_error_is_text(portal: Portal, fake: FakeProvider) -> None:
    fake.script(http(429, {"error": {"message": "Slow down."}}))
    answer = portal.post("/api/chat", CHAT)
    assert answer.status_code == 429
    assert answer.json()["code"] == "provider_rate_limited"
    assert isinstance(answer.json()["error"], str)
    assert answer.json()["resolution"]["id"] == "fake:talker"


def test_a_stream_that_breaks_off_ends_with_an_error(portal: Portal, fake: FakeProvider) -> None:
    fake.script(SSE_HEAD + event(chunk("Hel")))
    first, last = lines(portal.post("/api/chat", CHAT))
    assert first["message"]["content"] == "Hel"
    assert (last["code"], "done" in last) == ("provider_bad_response", False)
    assert isinstance(last["error"], str)


@pytest.mark.parametrize(
    ("path", "body", "empty"),
    [("/api/chat", CHAT, {"message": {"role": "assistant", "content": ""}}),
     ("/api/generate", {"model": "fake:talker", "prompt": "Hi"}, {"response": ""})],
)  # fmt: skip
def test_heartbeats_are_lines_that_add_nothing(
    portal: Portal, fake: FakeProvider, path: str, body: dict[str, Any], empty: dict[str, Any]
) -> None:
    fake.script(SSE_HEAD, HANG)
    with portal.post(path, body, stream=True) as answer:
        beat = json.loads(next(answer.iter_lines()))
    assert beat.items() >= {"done": False, **empty}.items()


def test_when_the_caller_leaves_the_provider_is_closed(portal: Portal, fake: FakeProvider) -> None:
    fake.script(SSE_HEAD + event(chunk("Hel")), HANG)
    with portal.post("/api/chat", CHAT, stream=True) as answer:
        next(answer.iter_lines())
    assert fake.posts[-1].peer_closed.wait(1)


def test_a_field_that_the_model_refuses_is_left_out(portal: Portal, fake: FakeProvider) -> None:
    refusal = {"error": {"message": "Unknown parameter: 'think'.", "param": "think"}}
    fake.script(http(400, refusal))
    fake.script(http(200, completion()))
    body = {**CHAT, "model": "fake:thinker", "think": True, "stream": False}
    assert portal.post("/api/chat", body).status_code == 200
    assert "think" in fake.posts[-2].body
    assert "think" not in fake.posts[-1].body
