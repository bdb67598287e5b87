"""A shared prompt cache shows no one what another asked, in every API, whole and streamed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.conftest import copy_of
from tests.support.fake_provider import KEEP, FakeProvider
from tests.support.portal import Portal
from tests.support.provider_messages import (
    DONE,
    chunk,
    completion,
    event,
    http,
    line,
    ollama_line,
    vector,
)
from tests.support.socket_client import SocketClient

MODELS = """
models:
  defaults: {chat: "warm:m"}
  warm:
    api: openai
    endpoint: http://127.0.0.1:${FAKE_PORT}/v1
    shared_cache: true
    apis: [responses]
    registry:
      m: {capabilities: [chat]}
      v: {capabilities: [embeddings]}
      r: {capabilities: [rerank]}
  claw: {api: anthropic, endpoint: "http://127.0.0.1:${FAKE_PORT}", shared_cache: true}
  pond: {api: ollama, host: "http://127.0.0.1:${FAKE_PORT}", shared_cache: true}
"""
HI = [{"role": "user", "content": "Hi"}]
TRACE, TIME = 4711, 987.25  # no other number of an answer has these digits
USAGE = {"prompt_tokens": 9000, "completion_tokens": 5, "total_tokens": 9005,
         "prompt_tokens_details": {"cached_tokens": TRACE}}  # fmt: skip
TIMINGS = {"cache_n": TRACE, "prompt_n": 1, "prompt_ms": TIME}
CLAW = {"input_tokens": 3000, "cache_read_input_tokens": TRACE, "cache_creation_input_tokens": 0,
        "output_tokens": 5}  # fmt: skip
RESPONSE = {
    "id": "resp_1",
    "object": "response",
    "status": "completed",
    "output": [],
    "usage": {"input_tokens": 9000, "output_tokens": 5, "total_tokens": 9005,
              "input_tokens_details": {"cached_tokens": TRACE}},
}  # fmt: skip
SSE = "text/event-stream"


def sent(kind: str, **fields: Any) -> bytes:
    return f"event: {kind}\n".encode() + event({"type": kind, **fields})


LINE = ollama_line(done=True, prompt_eval_duration=TIME, load_duration=TIME, total_duration=TIME)
MESSAGE = {
    "id": "msg_1",
    "type": "message",
    "role": "assistant",
    "model": "m",
    "content": [{"type": "text", "text": "Hello cached_tokens"}],
    "stop_reason": "end_turn",
}
WHOLE = {
    "/v1/chat/completions": completion(usage=USAGE, timings=TIMINGS),
    "/v1/completions": {"choices": [{"index": 0, "text": "x", "finish_reason": "stop"}],
                        "usage": USAGE, "timings": TIMINGS},
    "/v1/embeddings": {"object": "list", "usage": USAGE, "timings": TIMINGS,
                       "data": [{"object": "embedding", "index": 0, "embedding": vector("x")}]},
    "/v1/rerank": {"results": [{"index": 0, "relevance_score": 0.5}], "usage": USAGE},
    "/v1/messages": {**MESSAGE, "usage": CLAW},
    "/v1/responses": RESPONSE,
    "/api/chat": LINE,
}  # fmt: skip
STREAMED = {
    "/v1/chat/completions": b"".join([
        event(chunk("Hello", prompt_progress={"cache": TRACE})),
        b'data: {"choices": [{"index": 0, "delta": {"content": " you"},\ndata: "finish_reason": null}],'
        b' "timings": {"cache_n": 4711}}\n\n',
        event(chunk(finish="stop", timings=TIMINGS)),
        event({**chunk(), "choices": [], "usage": USAGE}), DONE,
    ]),
    "/v1/completions": b"".join([
        event({"choices": [{"index": 0, "text": "x", "finish_reason": "stop"}], "usage": USAGE,
               "timings": TIMINGS}), DONE,
    ]),
    "/v1/messages": b"".join([
        sent("message_start", message={**MESSAGE, "content": [], "usage": CLAW}),
        sent("message_delta", delta={"stop_reason": "end_turn"}, usage=CLAW),
        sent("message_stop"),
    ]),
    "/v1/responses": sent("response.created", response={**RESPONSE, "status": "in_progress"})
    + sent("response.completed", response=RESPONSE),
    "/api/chat": line(ollama_line("Hello")) + line(LINE),
}  # fmt: skip
# The API of the caller, its request, the model, and the API of the server.
ASKED: list[tuple[str, dict[str, Any], str, str]] = [
    ("/v1/ai/chat/completion", {"messages": HI}, "warm:m", "/v1/chat/completions"),
    ("/v1/chat/completions", {"messages": HI}, "warm:m", "/v1/chat/completions"),
    ("/v1/chat/completions", {"messages": HI}, "claw:m", "/v1/messages"),
    ("/v1/completions", {"prompt": "Hi"}, "warm:m", "/v1/completions"),
    ("/v1/responses", {"input": "Hi"}, "warm:m", "/v1/responses"),
    ("/v1/responses", {"input": "Hi"}, "claw:m", "/v1/messages"),
    ("/v1/messages", {"messages": HI, "max_tokens": 9}, "warm:m", "/v1/chat/completions"),
    ("/v1/messages", {"messages": HI, "max_tokens": 9}, "claw:m", "/v1/messages"),
    ("/api/chat", {"messages": HI}, "warm:m", "/v1/chat/completions"),
    ("/api/chat", {"messages": HI}, "pond:m", "/api/chat"),
]
VECTORS: list[tuple[str, dict[str, Any], str, str]] = [
    ("/v1/embeddings", {"input": ["Hi"]}, "warm:v", "/v1/embeddings"),
    ("/v1/rerank", {"query": "a", "documents": ["b"]}, "warm:r", "/v1/rerank"),
]


@pytest.fixture(scope="module")
def _portal(portal_files: Portal, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    portal = copy_of(portal_files, tmp_path_factory.mktemp("caches") / "portal", "uvicorn")
    portal.models.write_text(MODELS)
    portal.start()
    yield portal
    portal.stop()


@pytest.fixture
def portal(_portal: Portal, fake: FakeProvider) -> Portal:
    return _portal


def traces(text: str) -> bool:
    return str(TRACE) in text or str(TIME) in text


def ask(portal: Portal, fake: FakeProvider, path: str, body: Any, answer: bytes, who: str) -> str:
    fake.script(answer, KEEP)
    response = portal.post(path, body, who=who)
    assert response.status_code == 200, response.text
    assert '"error":{' not in response.text
    return response.text


@pytest.mark.parametrize(("path", "body", "model", "server"), [*ASKED, *VECTORS])
def test_a_whole_answer_shows_the_cache_to_operators_only(
    portal: Portal, fake: FakeProvider, path: str, body: dict[str, Any], model: str, server: str
) -> None:
    body = {**body, "model": model, "stream": False}
    answer = http(200, WHOLE[server])
    if path in ("/v1/embeddings", "/v1/rerank"):
        del body["stream"]
    assert not traces(ask(portal, fake, path, body, answer, "ann"))
    translated = path == "/api/chat" and server != path  # its times are the portal's own
    assert translated or traces(ask(portal, fake, path, body, answer, "olga"))


@pytest.mark.parametrize(("path", "body", "model", "server"), ASKED)
def test_a_stream_shows_the_cache_to_operators_only(
    portal: Portal, fake: FakeProvider, path: str, body: dict[str, Any], model: str, server: str
) -> None:
    body = {**body, "model": model, "stream": True}
    if path.endswith(("completion", "completions")):
        body["stream_options"] = {"include_usage": True}
    kind = "application/x-ndjson" if server == "/api/chat" else SSE
    answer = http(200, STREAMED[server], kind)
    assert not traces(ask(portal, fake, path, body, answer, "ann"))
    translated = path == "/api/chat" and server != path
    assert translated or traces(ask(portal, fake, path, body, answer, "olga"))


@pytest.mark.parametrize("path", ["/ws/chat/", "/ws/raw/"])
def test_sockets_show_the_cache_to_operators_only(
    portal: Portal, fake: FakeProvider, path: str
) -> None:
    for who in ("ann", "olga"):
        with SocketClient(portal, path, who=who) as client:
            fake.script(http(200, STREAMED["/v1/chat/completions"], SSE), KEEP)
            frames = client.ask("Hi", model="warm:m")
            assert frames[-1]["type"] == "done", frames
            assert traces(json.dumps(frames)) is (who == "olga")


def test_what_the_model_wrote_stays(portal: Portal, fake: FakeProvider) -> None:
    body = {"messages": HI, "max_tokens": 9, "model": "claw:m"}
    answer = ask(portal, fake, "/v1/messages", body, http(200, WHOLE["/v1/messages"]), "ann")
    assert json.loads(answer)["content"] == MESSAGE["content"]
    assert json.loads(answer)["usage"] == {"input_tokens": 3000 + TRACE, "output_tokens": 5}


def test_callers_do_not_choose_whose_cache_they_use(portal: Portal, fake: FakeProvider) -> None:
    body = {"messages": HI, "model": "warm:m", "cache_prompt": True, "cache_salt": "ann's"}
    answer = portal.post("/v1/chat/completions", body)
    assert answer.headers["X-Dropped"] == "cache_prompt, cache_salt"
    assert not {"cache_prompt", "cache_salt"} & fake.posts[-1].body.keys()
