"""Parsing of streamed answers, from bytes to events, without sockets."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from registry.providers.events import Chunk, Done, Event, Failure
from tests.registry.providers.streams import ANTHROPIC_STREAM, HARD, OLLAMA_STREAM, run, text
from tests.support import anthropic_messages as messages_api
from tests.support.provider_messages import (
    DONE,
    USAGE,
    chunk,
    event,
    line,
    ollama_line,
    openai_stream,
)


def summary(events: list[Event]) -> list[Any]:
    """Return what a caller gets. It must not depend on how the bytes are divided.

    Bytes that arrive at once may be one chunk, or several.
    """
    *chunks, end = events
    content = [(c.data, c.text, c.reasoning) for c in chunks if isinstance(c, Chunk)]
    marks = [(c.finish_reason, c.usage, c.usage_only) for c in chunks if isinstance(c, Chunk)]
    return [
        [type(parts[0])().join(parts) for parts in zip(*content, strict=True)],
        [mark for mark in marks if any(mark)],
        (end.error.code, end.error.message) if isinstance(end, Failure) else end,
    ]


STREAMS = {
    "openai of many": ("openai", openai_stream("Hel", *[""] * 40, *f"lo{HARD}")),
    "openai of many with usage in each": (
        "openai", b"".join(event({**chunk(c), "usage": None}) for c in f"Hello{HARD}")
        + event(chunk(finish="stop")) + event({"choices": [], "usage": USAGE}) + DONE),
    "openai": ("openai", openai_stream("Hel", f"lo{HARD}")),
    "openai with CRLF": ("openai", openai_stream("Hel", f"lo{HARD}").replace(b"\n", b"\r\n")),
    "openai with comments and fields": (
        "openai",
        b": PROCESSING\n\nevent: x\nid: 4\nretry: 9\n" + openai_stream("Hel", f"lo{HARD}"),
    ),
    "openai without spaces": (
        "openai", openai_stream("Hel", f"lo{HARD}").replace(b"data: ", b"data:")),
    "openai without DONE": ("openai", openai_stream("Hel", f"lo{HARD}").replace(DONE, b"")),
    "openai without the last blank line": ("openai", openai_stream("Hel", f"lo{HARD}").rstrip()),
    "openai with two DONEs and more after": (
        "openai", openai_stream("Hel", f"lo{HARD}") + DONE + event(chunk("late"))),
    "openai with a byte order mark": ("openai", b"\xef\xbb\xbf" + openai_stream("Hel", f"lo{HARD}")),
    "openai with empty events": ("openai", b"data:\n\ndata\n\n" + openai_stream("Hel", f"lo{HARD}")),
    "ollama": ("ollama", OLLAMA_STREAM),
    "ollama with CRLF": ("ollama", OLLAMA_STREAM.replace(b"\n", b"\r\n")),
    "ollama without the last LF": ("ollama", OLLAMA_STREAM.rstrip()),
    "ollama with more after": ("ollama", OLLAMA_STREAM + line(ollama_line("late"))),
    "anthropic": ("anthropic", ANTHROPIC_STREAM),
    "anthropic with CRLF": ("anthropic", ANTHROPIC_STREAM.replace(b"\n", b"\r\n")),
    "anthropic without the last blank line": ("anthropic", ANTHROPIC_STREAM.rstrip()),
    "anthropic without an end mark": ("anthropic", ANTHROPIC_STREAM.removesuffix(messages_api.STOP)),
    "anthropic with more after": ("anthropic", ANTHROPIC_STREAM + messages_api.stream("late")),
    "anthropic with an error after the end": (
        "anthropic", ANTHROPIC_STREAM.removesuffix(messages_api.STOP) + messages_api.OVERLOADED),
    "anthropic with unknown events": (
        "anthropic", messages_api.sent("new", a=1) + ANTHROPIC_STREAM + messages_api.sent("new", a=1)),
    "anthropic without events' names": (
        "anthropic", b"".join(part + b"\n" for part in ANTHROPIC_STREAM.split(b"\n") if part.startswith(b"data:"))
        .replace(b"\n", b"\n\n")),
    "anthropic in two blocks": (
        "anthropic", messages_api.begin() + messages_api.words(0, "Hel") + messages_api.words(1, f"lo{HARD}")
        + messages_api.ending() + messages_api.STOP),
    "anthropic without a start": (
        "anthropic", messages_api.sent("content_block_delta", index=0, delta={"type": "text_delta", "text": f"Hello{HARD}"})
        + messages_api.ending(usage={"input_tokens": 7}) + messages_api.STOP),
    "anthropic not streamed": (
        "anthropic", json.dumps(messages_api.whole({"type": "text", "text": f"Hello{HARD}"})).encode()),
}  # fmt: skip
BROKEN = {
    "openai of many not JSON": (
        "openai", event(chunk("a")) * 9 + b"data: hello\n\n" + event(chunk("a")) * 9,
        "provider_bad_response"),
    "openai of many with an error": (
        "openai", event(chunk("a")) * 9 + event({"error": {"message": "boom"}}) + event(chunk("a")) * 9,
        "provider_error"),
    "openai of many with unreadable bytes": (
        "openai", event(chunk("a")) * 9 + b'data: {"id":"\xff","choices":[]}\n\n' + event(chunk("a")) * 9,
        "provider_bad_response"),
    "openai of many cut off": ("openai", event(chunk("a")) * 9, "provider_bad_response"),
    "openai cut off": ("openai", event(chunk("Hel")), "provider_bad_response"),
    "openai cut inside JSON": ("openai", event(chunk("Hel"))[:-20], "provider_bad_response"),
    "openai DONE alone": ("openai", event(chunk("")) + DONE, "provider_bad_response"),
    "openai empty": ("openai", b"", "provider_bad_response"),
    "openai empty finish": ("openai", event(chunk("a", "")), "provider_bad_response"),
    "openai unreadable bytes": ("openai", b'data: {"id":"\xff","choices":[]}\n\n', "provider_bad_response"),
    "openai not JSON": ("openai", b"data: hello\n\n", "provider_bad_response"),
    "openai not a chunk": ("openai", b"data: [1]\n\n", "provider_bad_response"),
    "openai HTML": ("openai", b"<html>busy</html>", "provider_bad_response"),
    "openai error": (
        "openai", event(chunk("a")) + event({"error": {"message": "boom"}}), "provider_error"),
    "vllm error": (
        "openai", event({"object": "error", "message": "too long: context length", "code": 400}),
        "context_length_exceeded"),
    "openai rate limit inside a 200": (
        "openai", event({"error": {"message": "slow", "code": 429}}), "provider_rate_limited"),
    "ollama cut off": ("ollama", line(ollama_line("Hel")), "provider_bad_response"),
    "ollama error": ("ollama", line(ollama_line("a")) + line({"error": "boom"}), "provider_error"),
    "ollama not JSON": ("ollama", b"hello\n", "provider_bad_response"),
    "anthropic empty": ("anthropic", b"", "provider_bad_response"),
    "anthropic cut inside JSON": ("anthropic", messages_api.stream("Hel")[:-60], "provider_bad_response"),
    "anthropic cut off": ("anthropic", messages_api.begin() + messages_api.words(0, "Hel"), "provider_bad_response"),
    "anthropic not JSON": ("anthropic", b"data: hello\n\n", "provider_bad_response"),
    "anthropic not an object": ("anthropic", b"data: [1]\n\n", "provider_bad_response"),
    "anthropic HTML": ("anthropic", b"<html>busy</html>", "provider_bad_response"),
    "anthropic stop alone": ("anthropic", messages_api.begin() + messages_api.STOP, "provider_bad_response"),
    "anthropic message without content": (
        "anthropic", json.dumps({"type": "message"}).encode(), "provider_bad_response"),
    "anthropic error": (
        "anthropic", messages_api.begin() + messages_api.words(0, "Hel") + messages_api.OVERLOADED, "overloaded"),
    "anthropic error at once": (
        "anthropic", b'{"type": "error", "error": {"type": "rate_limit_error", "message": "slow"}}',
        "provider_rate_limited"),
    "ollama loaded only": (
        "ollama", line(ollama_line(done=True, done_reason="load")), "provider_bad_response"),
}  # fmt: skip


@pytest.mark.parametrize("name", STREAMS)
def test_a_stream_is_read(name: str) -> None:
    wire, data = STREAMS[name]
    events = run(wire, [data])
    assert text(events) == f"Hello{HARD}"
    assert isinstance(events[-1], Done)
    assert [e.finish_reason for e in events if isinstance(e, Chunk) and e.finish_reason] == ["stop"]
    usage = next(e.usage for e in events if isinstance(e, Chunk) and e.usage_only)
    assert usage == USAGE


@pytest.mark.parametrize("name", BROKEN)
def test_a_stream_that_breaks_off_is_a_failure(name: str) -> None:
    wire, data, code = BROKEN[name]
    *others, last = run(wire, [data])
    assert isinstance(last, Failure)
    assert last.error.code == code
    assert all(isinstance(event, Chunk) for event in others)


@pytest.mark.parametrize("name", [*STREAMS, *BROKEN])
def test_a_stream_is_the_same_byte_by_byte(name: str) -> None:
    wire, data = (STREAMS.get(name) or BROKEN[name])[:2]
    assert summary(run(wire, [bytes([b]) for b in data])) == summary(run(wire, [data]))


@pytest.mark.parametrize("wire", ["openai", "ollama", "anthropic"])
@settings(max_examples=150, deadline=None)
@given(words=st.lists(st.text(max_size=8), max_size=5), cuts=st.lists(st.integers(0, 4000)))
def test_a_stream_is_the_same_however_the_bytes_are_cut(
    wire: str, words: list[str], cuts: list[int]
) -> None:
    lines = b"".join(line(ollama_line(word)) for word in words) + line(ollama_line(done=True))
    streams = {"openai": openai_stream(*words), "anthropic": messages_api.stream(*words)}
    data = streams.get(wire, lines)
    ends = sorted({cut % (len(data) + 1) for cut in cuts} | {len(data)})
    pieces = [data[a:b] for a, b in zip([0, *ends], ends, strict=False)]
    assert summary(run(wire, pieces)) == summary(run(wire, [data]))
    assert text(run(wire, pieces)) == "".join(words)


PIECES = [b"data: ", b"data:", b"\n", b"\n\n", b"\r\n", b"{", b"}", b"[", b'"', b"null", b"\xff",
          b"[DONE]", b'{"choices":', b'{"error":', b'"done":true', b'{"message":{"content":"a"}}',
          b'{"choices":[{"delta":{"content":"a"},"finish_reason":"stop"}]}', b":", b",", b"\\ud83d",
          b'{"type":"message_stop"}', b'{"type":"content_block_start","content_block":{"type":"thinking"}}',
          b'{"type":"content_block_delta","delta":{"type":"text_delta","text":"a"}}', b'"delta":null',
          b'{"type":"content_block_stop"}', b'{"type":"message_delta","delta":{"stop_reason":"x"}}']  # fmt: skip


@pytest.mark.parametrize("wire", ["openai", "ollama", "anthropic"])
@settings(max_examples=300, deadline=None)
@given(pieces=st.lists(st.sampled_from(PIECES) | st.binary(max_size=9), max_size=30))
def test_any_bytes_give_exactly_one_end(wire: str, pieces: list[bytes]) -> None:
    *before, last = run(wire, pieces)
    assert isinstance(last, Done | Failure)
    assert all(isinstance(event, Chunk) for event in before)
