"""The Messages API over HTTP: in front of OpenAI's format, and of a server that speaks it itself."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from tests.conftest import copy_of
from tests.doors.pairs.callers import records
from tests.support import anthropic_messages as api
from tests.support.fake_provider import HANG, KEEP, FakeProvider
from tests.support.portal import FAKE_KEY, Portal
from tests.support.provider_messages import SSE_HEAD, chunk, completion, event, http, openai_stream

MODELS = """
models:
  defaults: {chat: "rock:slate"}
  rock:
    api: anthropic
    endpoint: http://127.0.0.1:${FAKE_PORT}
    api_key: ${FAKE_KEY}
    headers: {anthropic-beta: of-the-file}
    registry: {slate: {capabilities: [chat], options: {top_k: 3}}}
  fake:
    api: openai
    endpoint: http://127.0.0.1:${FAKE_PORT}/v1
    registry: {talker: {capabilities: [chat]}}
"""
BROKEN = {
    "type": "error",
    "error": {"type": "invalid_request_error", "message": "No such field: a"},
}


@pytest.fixture(scope="module", params=["daphne", "uvicorn"])
def rock(
    request: pytest.FixtureRequest, portal_files: Portal, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Portal]:
    """A portal whose default speaks the Messages API itself."""
    folder = tmp_path_factory.mktemp("rock") / "portal"
    portal = copy_of(portal_files, folder, request.param)
    portal.models.write_text(MODELS)
    portal.start()
    yield portal
    portal.stop()
    log = portal.log.read_text()
    assert "Traceback" not in log
    assert FAKE_KEY not in log


def ask(portal: Portal, path: str = "/v1/messages", **body: Any) -> requests.Response:
    more = {name: body.pop(name) for name in ("headers", "stream_body") if name in body}
    body = {"max_tokens": 9, "messages": [{"role": "user", "content": "Hi"}], **body}
    return portal.post(path, body, headers=more.get("headers", {}), stream="stream_body" in more)


def test_an_answer_of_another_format(portal: Portal, fake: FakeProvider) -> None:
    fake.script(http(200, completion("Hello.")), KEEP)
    answer = ask(portal, "/v1/messages?beta=true", headers={"anthropic-beta": "a", "anthropic-version": "2023-06-01"})  # fmt: skip
    body = answer.json()
    assert (body["type"], body["role"], body["stop_reason"]) == ("message", "assistant", "end_turn")
    assert body["content"] == [{"type": "text", "text": "Hello."}]
    assert answer.headers["X-Model"] == "fake:talker"
    assert answer.headers["request-id"] == answer.headers["X-Request-ID"]
    assert "anthropic-beta" not in fake.posts[-1].headers
    assert fake.posts[-1].body["max_tokens"] == 9


def test_a_stream_of_another_format_with_heartbeats(portal: Portal, fake: FakeProvider) -> None:
    fake.script(0.6, SSE_HEAD + event(chunk("Hel")), 0.6, openai_stream("lo"))
    answer = ask(portal, stream=True)
    assert answer.headers["Content-Type"].startswith("text/event-stream")
    kinds = [record["type"] for record in records(answer.content)]
    assert kinds[0] == "ping", "before the first event, too"
    assert "ping" in kinds[kinds.index("content_block_delta") :]
    assert kinds[-2:] == ["message_delta", "message_stop"]


def test_clients_can_tell_that_no_threads_are_kept(portal: Portal) -> None:
    refused = ask(portal, thread={"type": "continue", "previous_message_id": "msg_1"})
    assert refused.status_code == 400
    assert refused.json()["error"]["details"]["error_code"] == "thread_unsupported_request"


def test_errors_have_the_form_of_the_api(portal: Portal, fake: FakeProvider) -> None:
    refused = ask(portal, mcp_servers=[{"url": "http://x"}])
    body = refused.json()
    assert refused.status_code == 400
    assert (body["type"], body["error"]["type"]) == ("error", "invalid_request_error")
    assert body["request_id"] == refused.headers["request-id"]
    assert body["error"]["code"] == "invalid_request"
    assert portal.post("/v1/messages", {}, who=None).json()["error"]["type"] == "authentication_error"  # fmt: skip
    assert portal.get("/v1/messages").json()["type"] == "error"
    assert ask(portal, model="nowhere:x").json()["type"] == "error"
    busy = {"error": {"message": "Try again in 3s.", "code": "rate_limit_exceeded"}}
    fake.script(http(429, busy), KEEP)
    limited = ask(portal)
    assert limited.json()["error"]["type"] == "rate_limit_error"
    assert limited.headers["Retry-After"] == "3"


def test_a_stream_that_breaks_off_ends_with_an_error(portal: Portal, fake: FakeProvider) -> None:
    fake.script(SSE_HEAD + event(chunk("Hel")))
    *_, last = records(ask(portal, stream=True).content)
    assert last["type"] == "error"
    assert last["error"]["code"] == "provider_bad_response"


@pytest.mark.parametrize("model", ["rock:slate", "fake:talker"])
@pytest.mark.parametrize("begun", [True, False])
def test_leaving_closes_the_provider(
    rock: Portal, fake: FakeProvider, model: str, begun: bool
) -> None:
    first = api.begin() if model == "rock:slate" else event(chunk("Hel"))
    fake.script(*([SSE_HEAD + first] if begun else []), HANG)
    with contextlib.suppress(requests.RequestException):
        if begun:
            with ask(rock, model=model, stream=True, stream_body=True) as answer:
                next(answer.iter_content(1))
        else:
            rock.post("/v1/messages", {"model": model, "max_tokens": 1, "stream": True, "messages": [{"role": "user", "content": "Hi"}]}, timeout=0.3)  # fmt: skip
    assert fake.wait_for_post().peer_closed.wait(1)


def test_a_server_of_the_api_gets_the_request_as_it_is(rock: Portal, fake: FakeProvider) -> None:
    data = json.dumps(api.whole({"type": "text", "text": "Hé"}, new_field=1), indent=2).encode()
    fake.script(http(200, json.loads(data)), KEEP)
    asked: dict[str, Any] = {
        "thinking": {"type": "adaptive"},
        "context_management": {"edits": []},
        "temperature": 1,
    }
    answer = ask(rock, **asked, model="rock:slate", headers={"anthropic-beta": "context-management-2025-06-27"})  # fmt: skip
    assert answer.json() == json.loads(data)
    assert answer.headers["X-Model"] == "rock:slate"
    assert answer.headers["X-Resolved-By"] == "override"
    assert "Server-Timing" in answer.headers
    sent = fake.posts[-1]
    assert sent.path == "/v1/messages"
    assert sent.body == {"model": "slate", "max_tokens": 9, "top_k": 3, **asked,
                         "messages": [{"role": "user", "content": "Hi"}]}  # fmt: skip
    assert sent.headers["anthropic-version"] == "2023-06-01"
    assert sent.headers["anthropic-beta"] == "context-management-2025-06-27"
    assert sent.headers["x-api-key"] == FAKE_KEY


def test_a_stream_of_such_a_server_is_relayed_byte_for_byte(
    rock: Portal, fake: FakeProvider
) -> None:
    stream = b"".join([api.begin(), api.thought(0, "hm"), api.words(1, "a", "b"), api.ending(), api.STOP])  # fmt: skip
    fake.script(SSE_HEAD + stream[:400], 0.1, stream[400:])
    answer = ask(rock, stream=True, wholly_new=1)
    assert answer.content == stream
    assert answer.headers["X-Dropped"] == "wholly_new"
    metrics = rock.get("/metrics", who="olga").text
    assert 'portal_tokens_total{kind="completion",provider="rock"} ' in metrics


def test_its_failures_are_ours(rock: Portal, fake: FakeProvider) -> None:
    fake.script(http(400, BROKEN), KEEP)
    refused = ask(rock)
    assert refused.status_code == 400
    assert refused.json()["error"]["provider"]["message"] == "No such field: a"
    assert refused.json()["error"]["resolution"]["id"] == "rock:slate"
    fake.script(SSE_HEAD + api.begin() + api.OVERLOADED)
    *_, last = records(ask(rock, stream=True).content)
    assert (last["type"], last["error"]["type"]) == ("error", "overloaded_error")
    fake.script(SSE_HEAD + api.OVERLOADED)
    busy = ask(rock, stream=True)
    assert (busy.status_code, busy.json()["error"]["type"]) == (503, "overloaded_error")


def test_what_is_dangerous_is_refused_there_too(rock: Portal, fake: FakeProvider) -> None:
    for source in ({"type": "url", "url": "http://inside/x.png"}, {"type": "file", "file_id": "f"}):
        for kind in ("image", "document"):
            turn = {"role": "user", "content": [{"type": kind, "source": source}]}
            assert ask(rock, messages=[turn]).status_code == 400
    assert not fake.posts


def count(portal: Portal, **body: Any) -> requests.Response:
    body = {"messages": [{"role": "user", "content": "Hello, how are you?"}], **body}
    return portal.post("/v1/messages/count_tokens?beta=true", body)


def test_tokens_are_counted_by_a_server_that_can(rock: Portal, fake: FakeProvider) -> None:
    fake.script(http(200, {"input_tokens": 14}), KEEP)
    counted = count(rock, stream=False, max_tokens=5)
    assert counted.json() == {"input_tokens": 14}
    assert counted.headers["X-Token-Count"] == "provider"
    assert fake.posts[-1].path == "/v1/messages/count_tokens"
    assert fake.posts[-1].body.keys() == {"model", "messages"}


def test_else_tokens_are_estimated(rock: Portal, fake: FakeProvider) -> None:
    fake.script(http(404, {"error": "not found"}), KEEP)
    picture = {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "A" * 9999}}  # fmt: skip
    for more, least in (({}, 6), ({"tools": [{"name": "f", "input_schema": {}}]}, 20),
                        ({"messages": [{"role": "user", "content": [picture]}]}, 1600)):  # fmt: skip
        for model in ("rock:slate", "fake:talker")[bool(more) :]:
            counted = count(rock, model=model, **more)
            assert counted.headers["X-Token-Count"] == "estimate"
            assert least <= counted.json()["input_tokens"] < least + 40


def test_a_count_that_is_refused_is_an_error(rock: Portal, fake: FakeProvider) -> None:
    fake.script(http(400, BROKEN), KEEP)
    assert count(rock).json()["error"]["type"] == "invalid_request_error"
    assert count(rock, messages=[]).status_code == 400
    assert count(rock, mcp_servers=[{"url": "x"}]).status_code == 400


def test_a_limit_is_sent_by_its_other_name_once_a_model_wants_that(
    rock: Portal, fake: FakeProvider
) -> None:
    message = "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead."
    refusal = http(400, {"error": {"message": message, "param": "max_tokens"}})
    model = "fake:reasoner"
    fake.script(refusal, KEEP)
    assert ask(rock, model=model).status_code == 200
    first, second = (post.body for post in fake.posts)
    assert (first["max_tokens"], second.get("max_tokens")) == (9, None)
    assert second["max_completion_tokens"] == 9
    assert ask(rock, model=model, stream=True).status_code == 200
    assert fake.posts[-1].body["max_completion_tokens"] == 9, "it is remembered"
    assert len(fake.posts) == 3
    fake.script(refusal, KEEP)
    assert ask(rock, model=model).status_code == 400, "and not repeated for ever"
    assert len(fake.posts) == 4
