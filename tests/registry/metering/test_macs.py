"""Each call has macs of its prompt and its answer, by which anyone with the key can check a text.

The tests make them by the documented form alone.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.conftest import copy_of
from tests.registry.metering.reading import Metered, as_json, calls_of, mac, new_call
from tests.support import anthropic_messages, responses_messages
from tests.support.fake_provider import HANG, RESET, FakeProvider
from tests.support.portal import LONG_TIMEOUTS, Portal
from tests.support.provider_messages import (
    NDJSON_HEAD,
    SSE_HEAD,
    chunk,
    completion,
    event,
    http,
    line,
    ollama_line,
    openai_stream,
)
from tests.support.socket_client import SocketClient

MORE = """
  rock:
    api: anthropic
    endpoint: http://127.0.0.1:${FAKE_PORT}
    registry: {slate: {capabilities: [chat]}}
  open:
    api: openai
    apis: [responses]
    endpoint: http://127.0.0.1:${FAKE_PORT}/v1
    registry: {slate: {capabilities: [chat]}}
"""
TEXT = 'Grüße, 😀 of "\\ \n\t\u2028\x7f and <b>, 𝔘nicode'
HI = [{"role": "user", "content": f"Say {TEXT}"}]
LONG = TEXT * 2000
Before = set[bytes]


@pytest.fixture(scope="module")
def served(portal_files: Portal, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    folder = tmp_path_factory.mktemp("macs") / "portal"
    portal = copy_of(portal_files, folder, "uvicorn", **LONG_TIMEOUTS)
    portal.models.write_text(portal.models.read_text() + MORE)
    with portal.serving():
        yield portal


@pytest.fixture
def before(served: Portal, fake: FakeProvider) -> Before:
    """The keys of the calls of earlier tests."""
    return {call.begun.key for call in calls_of(served)}


def check(portal: Portal, before: Before, answer: str, **prompt: Any) -> Metered:
    """Check the macs of the only call that is new."""
    call = new_call(portal, before)
    secret, key = portal.environment["SECRET_KEY"], call.begun.key
    assert call.done.prompt == mac(secret, "prompt", key, as_json(**prompt))
    assert call.done.answer == (mac(secret, "answer", key, answer) if answer else b"")
    return call


def cut(data: bytes, size: int = 7) -> list[bytes]:
    return [data[at : at + size] for at in range(0, len(data), size)]


def escaped(value: Any) -> bytes:
    """Return an event in which letters beyond ASCII are escapes, halves of a pair too."""
    return b"data: " + json.dumps(value).encode() + b"\n\n"


# ── Whole answers ───────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("text", [TEXT, LONG, ""])
def test_a_whole_answer(served: Portal, fake: FakeProvider, before: Before, text: str) -> None:
    fake.script(http(200, completion(text)))
    assert served.chat(messages=HI).ok
    assert check(served, before, text, messages=HI).done.reported == "fake"


def test_of_several_answers_it_is_the_first(
    served: Portal, fake: FakeProvider, before: Before
) -> None:
    first, second = (completion(text)["choices"][0] for text in (TEXT, "other"))
    fake.script(http(200, completion(choices=[first, {**second, "index": 1}])))
    assert served.chat(messages=HI, n=2).ok
    check(served, before, TEXT, messages=HI)


def test_a_call_of_a_tool_is_no_text(served: Portal, fake: FakeProvider, before: Before) -> None:
    function = {"name": "f", "arguments": "{}"}
    call = {"id": "1", "type": "function", "function": function}
    message = {"role": "assistant", "content": None, "tool_calls": [call]}
    choice = {"index": 0, "message": message, "finish_reason": "tool_calls"}
    fake.script(http(200, completion(choices=[choice])))
    assert served.chat(messages=HI, temperature=0).ok
    check(served, before, "", messages=HI)


def test_equal_texts_have_other_macs_in_each_call(
    served: Portal, fake: FakeProvider, before: Before
) -> None:
    macs = set()
    for _ in range(2):
        fake.script(http(200, completion(TEXT)))
        assert served.chat(messages=[{"role": "user", "content": TEXT}]).ok
        call = new_call(served, before)
        before.add(call.begun.key)
        macs |= {call.done.prompt, call.done.answer}
    assert len(macs) == 4


def test_a_large_prompt(served: Portal, fake: FakeProvider, before: Before) -> None:
    messages = [{"role": "user", "content": TEXT * 20_000}]
    fake.script(http(200, completion(TEXT)))
    assert served.chat(messages=messages).ok
    check(served, before, TEXT, messages=messages)


def test_a_raw_completion(served: Portal, fake: FakeProvider, before: Before) -> None:
    fake.script(http(200, {"choices": [{"text": TEXT, "finish_reason": "stop"}]}))
    body = {"model": "fake:talker", "prompt": TEXT, "suffix": "end"}
    assert served.post("/v1/completions", body).ok
    check(served, before, TEXT, prompt=TEXT, suffix="end")


def test_vectors_are_no_text(served: Portal, before: Before) -> None:
    assert served.post("/v1/embeddings", {"model": "fake:embedder", "input": [TEXT, "a"]}).ok
    check(served, before, "", input=[TEXT, "a"])


# ── Streams ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("write", [event, escaped])
@pytest.mark.parametrize("text", [TEXT, LONG])
def test_a_stream_in_odd_pieces(
    served: Portal, fake: FakeProvider, before: Before, write: Callable[[Any], bytes], text: str
) -> None:
    words = [text[at : at + 5] for at in range(0, len(text), 5)]
    data = b"".join([*(write(chunk(word)) for word in words), write(chunk(finish="stop"))])
    fake.script(SSE_HEAD, *cut(data + b"data: [DONE]\n\n", 7 if text is TEXT else 4001))
    assert served.chat(messages=HI, stream=True).ok
    check(served, before, text, messages=HI)


def test_a_character_that_two_chunks_share(
    served: Portal, fake: FakeProvider, before: Before
) -> None:
    halves = [escaped(chunk(half)) for half in ("a\ud83d", "\ude00b")]
    fake.script(SSE_HEAD + b"".join([*halves, openai_stream("c")]))
    assert served.chat(messages=HI, stream=True).ok
    check(served, before, "a😀bc", messages=HI)


def test_an_answer_that_breaks_off(served: Portal, fake: FakeProvider, before: Before) -> None:
    fake.script(SSE_HEAD + event(chunk("Hel")) + event(chunk("lo")), RESET)
    served.chat(messages=HI, stream=True)
    assert check(served, before, "Hello", messages=HI).done.outcome == "failed"


def test_a_refusal(served: Portal, fake: FakeProvider, before: Before) -> None:
    fake.script(http(400, {"error": {"message": "no"}}))
    assert served.chat(messages=HI).status_code == 400
    check(served, before, "", messages=HI)


def test_a_socket_that_stops(served: Portal, fake: FakeProvider, before: Before) -> None:
    fake.script(SSE_HEAD + event(chunk(TEXT)), HANG)
    with SocketClient(served) as client:
        client.begin("Hi")
        client.until("delta")
        client.send(type="stop", id="1")
        client.until("done")
    call = check(served, before, TEXT, messages=[{"role": "user", "content": "Hi"}])
    assert call.done.outcome == "stopped"


def test_the_socket_of_the_page(served: Portal, fake: FakeProvider, before: Before) -> None:
    fake.script(SSE_HEAD + openai_stream("<think>", "Hm", "</think>", TEXT))
    with SocketClient(served) as client:
        client.ask("Hi", render=True)
    hi = [{"role": "user", "content": "Hi"}]
    check(served, before, f"<think>Hm</think>{TEXT}", messages=hi)


# ── The doors: by translation, and as they are ──────────────────────────────────────────────

MESSAGES = {"max_tokens": 9, "system": "Be brief.", "messages": HI}
AS_CHAT = [{"role": "system", "content": "Be brief."}, *HI]
ANTHROPIC = (
    http(200, anthropic_messages.whole({"type": "text", "text": TEXT})),
    SSE_HEAD + anthropic_messages.stream(TEXT[:9], TEXT[9:]),
)
OPENAI = (http(200, completion(TEXT)), SSE_HEAD + openai_stream(TEXT[:9], TEXT[9:]))
RESPONSES = (
    http(200, responses_messages.whole(responses_messages.message(TEXT))),
    SSE_HEAD + responses_messages.stream(TEXT[:9], TEXT[9:]),
)
OLLAMA = (
    http(200, ollama_line(TEXT, done=True)),
    NDJSON_HEAD + b"".join(line(ollama_line(t)) for t in (TEXT[:9], TEXT[9:]))
    + line(ollama_line(done=True)),
)  # fmt: skip
DOORS: list[tuple[str, str, dict[str, Any], tuple[bytes, bytes], dict[str, Any]]] = [
    ("/v1/messages", "fake:talker", MESSAGES, OPENAI, {"messages": AS_CHAT}),
    ("/v1/messages", "rock:slate", MESSAGES, ANTHROPIC, {"messages": HI, "system": "Be brief."}),
    ("/v1/chat/completions", "rock:slate", {"messages": HI}, ANTHROPIC, {"messages": HI}),
    ("/v1/responses", "fake:talker", {"input": TEXT}, OPENAI,
     {"messages": [{"role": "user", "content": TEXT}]}),
    ("/v1/responses", "open:slate", {"input": TEXT, "instructions": "Be brief."}, RESPONSES,
     {"input": TEXT, "instructions": "Be brief."}),
    ("/api/chat", "fake:talker", {"messages": HI}, OPENAI, {"messages": HI}),
    ("/api/chat", "pond:frog", {"messages": HI}, OLLAMA, {"messages": HI}),
    ("/v1/chat/completions", "pond:frog", {"messages": HI}, OLLAMA, {"messages": HI}),
]  # fmt: skip


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize(("path", "model", "body", "answers", "prompt"), DOORS)
def test_a_door(
    served: Portal, fake: FakeProvider, before: Before, path: str, model: str,
    body: dict[str, Any], answers: tuple[bytes, bytes], prompt: dict[str, Any], *, stream: bool,
) -> None:  # fmt: skip
    fake.script(answers[stream])
    answer = served.post(path, {**body, "model": model, "stream": stream})
    assert answer.ok, answer.text
    assert check(served, before, TEXT, **prompt).done.reported == "fake"
