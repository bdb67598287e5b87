"""Servers that speak Ollama's API themselves: requests as they are, and bytes relayed."""

from __future__ import annotations

import json
from typing import Any

import pytest

from registry.providers.events import Chunk, Done, Failure
from registry.providers.ollama.native import LineStream
from tests.registry.providers.streams import STAMP, TARGET
from tests.support.fake_provider import HANG, FakeProvider
from tests.support.portal import Portal
from tests.support.provider_messages import NDJSON_HEAD, http, line, ollama_line

CALL = {"function": {"name": "f", "arguments": {"a": 1.0}}}
TURNS: list[dict[str, Any]] = [
    {"role": "system", "content": "S"},
    {"role": "user", "content": "Look", "images": ["iVBORw0KGgo="]},
    {"role": "assistant", "content": "", "thinking": "Hm", "tool_calls": [CALL]},
    {"role": "tool", "content": "1", "tool_name": "f"},
]
TOOLS = [{"type": "function", "function": {"name": "f", "parameters": {"type": "object"}}}]
FIELDS: dict[str, Any] = {"messages": TURNS, "tools": TOOLS, "think": "high", "format": "json"}
OURS = {"top_k": 5, "num_ctx": 8192}  # of models.yaml


def ask(portal: Portal, **fields: Any) -> Any:
    body = {"model": "pond:frog", "messages": TURNS[:2], "stream": False, **fields}
    return portal.post("/api/chat", body)


def test_a_request_stays_as_it_is(portal: Portal, fake: FakeProvider) -> None:
    answer = ask(portal, **FIELDS, options={"seed": 1, "num_ctx": 4096})
    assert answer.status_code == 200, answer.text
    assert answer.headers["X-Dropped"] == "options.num_ctx"
    assert fake.posts[-1].path == "/api/chat"
    assert fake.posts[-1].body == {
        **FIELDS, "model": "frog", "stream": False, "keep_alive": "10m", "options": {**OURS, "seed": 1},
    }  # fmt: skip


def test_a_prompt_stays_as_it_is(portal: Portal, fake: FakeProvider) -> None:
    fields = {"prompt": "Hi", "system": "S", "think": False, "options": {"top_k": 9}}
    portal.post("/api/generate", {"model": "pond:frog", "stream": False, **fields})
    assert fake.posts[-1].path == "/api/generate"
    assert fake.posts[-1].body == {
        **fields, "model": "frog", "stream": False, "keep_alive": "10m", "options": {**OURS, "top_k": 9},
    }  # fmt: skip


@pytest.mark.parametrize(
    "turn",
    [
        {"role": "user", "content": [{"type": "text", "text": "Look"}], "images": ["iVBORw0KGgo="]},
        {"role": "user", "content": "Look", "images": ["data:image/png;base64,iVBORw0KGgo="]},
    ],
)
def test_a_turn_of_another_form_becomes_ollamas(
    portal: Portal, fake: FakeProvider, turn: dict[str, Any]
) -> None:
    assert ask(portal, messages=[turn]).status_code == 200
    assert fake.posts[-1].body["messages"] == [TURNS[1]]


def test_what_is_refused_elsewhere_is_refused_here(portal: Portal, fake: FakeProvider) -> None:
    for fields in ({"template": "x"}, {"api_base": "http://x"}, {"options": {"lora": "x"}},
                   {"tools": [{"type": "web_search"}]}):  # fmt: skip
        assert ask(portal, **fields).status_code == 400
    assert ask(portal, messages=[{"role": "user", "content": "Hi", "wholly_new": 1}]).headers[
        "X-Dropped"] == "messages.wholly_new"  # fmt: skip
    assert "wholly_new" not in fake.posts[-1].body["messages"][0]


def test_a_whole_answers_bytes_are_relayed(portal: Portal, fake: FakeProvider) -> None:
    body = {**ollama_line("Hello", done=True), "load_duration": 3, "wholly_new": {"a": [1.0]}}
    fake.script(http(200, body))
    assert ask(portal).json() == body


def test_a_streams_lines_are_relayed(portal: Portal, fake: FakeProvider) -> None:
    last = {**ollama_line(done=True), "eval_duration": 5}
    data = b"".join(map(line, [ollama_line("né"), ollama_line('"done": tru'), last]))
    fake.script(NDJSON_HEAD + data)
    answer = ask(portal, stream=True)
    assert answer.content == data
    assert answer.headers["X-Model"] == "pond:frog"


def test_a_broken_stream_ends_with_an_error(portal: Portal, fake: FakeProvider) -> None:
    fake.script(NDJSON_HEAD + line(ollama_line("Hel")))
    first, last = ask(portal, stream=True).text.splitlines()
    assert json.loads(first)["message"]["content"] == "Hel"
    assert json.loads(last)["code"] == "provider_bad_response"


@pytest.mark.parametrize("body", [{"error": "model is loading"}, {"message": {"content": "a"}}])
def test_what_is_no_answer_is_an_error(portal: Portal, fake: FakeProvider, body: Any) -> None:
    fake.script(http(200, body))
    answer = ask(portal)
    assert answer.status_code >= 500
    assert isinstance(answer.json()["error"], str)


def test_when_the_caller_leaves_the_provider_is_closed(portal: Portal, fake: FakeProvider) -> None:
    fake.script(NDJSON_HEAD + line(ollama_line("Hel")), HANG)
    body = {"model": "pond:frog", "messages": TURNS[:1]}
    with portal.post("/api/chat", body, stream=True) as answer:
        next(answer.iter_lines())
    assert fake.posts[-1].peer_closed.wait(1)


def run(data: bytes, size: int) -> list[Any]:
    stream = LineStream(TARGET, STAMP)
    events = [e for i in range(0, len(data), size) for e in stream.feed(data[i : i + size])]
    return events if stream.ended else [*events, *stream.close()]


@pytest.mark.parametrize("size", [1, 7, 50, 10_000])
def test_the_cut_of_the_bytes_changes_nothing(size: int) -> None:
    data = b"".join(map(line, [ollama_line("né"), ollama_line("b"), ollama_line(done=True)]))
    *chunks, end = run(data, size)
    assert b"".join(chunk.data for chunk in chunks) == data
    assert chunks[-1].usage == {"prompt_tokens": 7, "completion_tokens": 5, "total_tokens": 12}
    assert isinstance(end, Done)


@pytest.mark.parametrize(
    "data", [b"", b"{", b"no JSON\n", line({"error": "x"}), line(ollama_line("a"))]
)
def test_what_has_no_end_is_a_failure(data: bytes) -> None:
    *chunks, end = run(data, 1000)
    assert isinstance(end, Failure)
    assert all(isinstance(chunk, Chunk) for chunk in chunks)


def test_server_sent_events_become_lines() -> None:
    data = b": ping\n\ndata: " + line(ollama_line("a")) + b"\ndata: " + line(ollama_line(done=True))
    *chunks, end = run(data, 1000)
    assert b"".join(c.data for c in chunks) == line(ollama_line("a")) + line(ollama_line(done=True))
    assert isinstance(end, Done)
