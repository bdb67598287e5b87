"""Streamed answers, as bytes in and events out: no sockets, no loop."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from registry.providers import WIRES
from registry.providers.framing import MAX_LINE
from registry.providers.wire import Chunk, Done, Event, Failure, Record, Stamp, Target
from tests.support.provider_messages import (
    DONE,
    USAGE,
    chunk,
    event,
    line,
    ollama_line,
    openai_stream,
)

STAMP = Stamp("chatcmpl-1", 1)
TARGET = Target("p", "m", "http://h", {"Authorization": "Bearer k"})
HARD = 'é\u2028\u2029\u0085\r\x0b😀𝄞\\"'  # what splits lines elsewhere, and long characters


def run(wire: str, pieces: list[bytes]) -> list[Event]:
    parser = WIRES[wire].Stream(TARGET, STAMP)
    events = [event for piece in pieces for event in parser.feed(piece)]
    return [*events, *parser.close()]


def summary(events: list[Event]) -> list[Any]:
    """Return what a caller gets, which must not depend on how the bytes were cut.

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


def text(events: list[Event]) -> str:
    return "".join(e.text for e in events if isinstance(e, Chunk))


OLLAMA_STREAM = b"".join(
    line(value) for value in (ollama_line("Hel"), ollama_line(f"lo{HARD}"), ollama_line(done=True))
)
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
    "openai of many with an end in the middle": (
        "openai", event(chunk("a")) * 9 + DONE + event(chunk("a")) * 9, "provider_bad_response"),
    "openai of many cut off": ("openai", event(chunk("a")) * 9, "provider_bad_response"),
    "openai cut off": ("openai", event(chunk("Hel")), "provider_bad_response"),
    "openai cut inside JSON": ("openai", event(chunk("Hel"))[:-20], "provider_bad_response"),
    "openai DONE without finish": ("openai", event(chunk("a")) + DONE, "provider_bad_response"),
    "openai empty": ("openai", b"", "provider_bad_response"),
    "openai empty finish": ("openai", event(chunk("a", "")), "provider_bad_response"),
    "openai second answer cut off": (
        "openai", event(chunk("a", "stop")) + event({"choices": [{"index": 1, "delta": {"content": "b"}}]}),
        "provider_bad_response"),
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


@pytest.mark.parametrize("wire", ["openai", "ollama"])
@settings(max_examples=150, deadline=None)
@given(words=st.lists(st.text(max_size=8), max_size=5), cuts=st.lists(st.integers(0, 4000)))
def test_a_stream_is_the_same_however_the_bytes_are_cut(
    wire: str, words: list[str], cuts: list[int]
) -> None:
    data = (openai_stream(*words) if wire == "openai" else
            b"".join(line(ollama_line(w)) for w in words) + line(ollama_line(done=True)))  # fmt: skip
    ends = sorted({cut % (len(data) + 1) for cut in cuts} | {len(data)})
    pieces = [data[a:b] for a, b in zip([0, *ends], ends, strict=False)]
    assert summary(run(wire, pieces)) == summary(run(wire, [data]))
    assert text(run(wire, pieces)) == "".join(words)


PIECES = [b"data: ", b"data:", b"\n", b"\n\n", b"\r\n", b"{", b"}", b"[", b'"', b"null", b"\xff",
          b"[DONE]", b'{"choices":', b'{"error":', b'"done":true', b'{"message":{"content":"a"}}',
          b'{"choices":[{"delta":{"content":"a"},"finish_reason":"stop"}]}', b":", b",", b"\\ud83d"]  # fmt: skip


@pytest.mark.parametrize("wire", ["openai", "ollama"])
@settings(max_examples=300, deadline=None)
@given(pieces=st.lists(st.sampled_from(PIECES) | st.binary(max_size=9), max_size=30))
def test_any_bytes_give_exactly_one_end(wire: str, pieces: list[bytes]) -> None:
    *before, last = run(wire, pieces)
    assert isinstance(last, Done | Failure)
    assert all(isinstance(event, Chunk) for event in before)


def test_an_empty_event_is_ignored() -> None:
    assert text(run("openai", [b"data: \n\n" + openai_stream("a"), b"data: \n\n"])) == "a"


def test_an_event_of_several_lines_is_relayed_as_such() -> None:
    lines = b'data: {"choices":[{"delta":\ndata: {"content":"a"}}]}\n\n'
    chunk_of_it, *_ = run("openai", [lines])
    assert isinstance(chunk_of_it, Chunk)
    assert (chunk_of_it.data, chunk_of_it.text) == (lines, "a")


def test_two_objects_in_one_event_are_refused() -> None:
    both = b'{"choices":[{"delta":{"content":"a"}}]}'
    for between in (b" ", b"\ndata: "):
        assert isinstance(run("openai", [b"data: " + both + between + both + b"\n\n"])[0], Failure)


def test_a_pair_of_surrogates_may_come_in_two_deltas() -> None:
    halves = [b'"\\ud83d"', b'"\\ude00"']
    parts = [b'data: {"choices":[{"delta":{"content":' + half + b"}}]}\n\n" for half in halves]
    events = run("openai", [*parts, event(chunk("!")), event(chunk(finish="stop"))])
    assert text(events) == "😀!"


def test_a_lone_surrogate_is_replaced() -> None:
    data = b'data: {"choices":[{"delta":{"content":"a\\ud83d"}}]}\n\n' + event(chunk("b", "stop"))
    assert text(run("openai", [data])).replace("�", "?") == "a?b"


def test_an_endless_line_is_refused_early() -> None:
    for wire in ("openai", "ollama"):
        *_, last = run(wire, [b"data: {" + b"x" * 65536] + [b"x" * 65536] * (MAX_LINE // 65536))
        assert isinstance(last, Failure)
        assert "over 4 MiB" in last.error.message


def test_an_endless_event_is_refused_early() -> None:
    *_, last = run("openai", [b"data: " + b"x" * 65535 + b"\n"] * (MAX_LINE // 65536 + 2))
    assert isinstance(last, Failure)


def test_of_several_answers_the_first_is_read() -> None:
    both = {
        "choices": [
            {"index": 1, "delta": {"content": "no"}},
            {"index": 0, "delta": {"content": "a"}},
        ]
    }
    ends = [
        event({"choices": [{"index": i, "delta": {}, "finish_reason": "stop"}]}) for i in (0, 1)
    ]
    events = run("openai", [event(both), *ends])
    assert text(events) == "a"
    assert isinstance(events[-1], Done)


def test_a_pair_of_surrogates_may_come_in_two_lines_of_ollamas() -> None:
    halves = [line(ollama_line("X")).replace(b"X", half) for half in (b"\\ud83d", b"\\ude00")]
    assert text(run("ollama", [*halves, line(ollama_line(done=True))])) == "😀"


def test_reasoning_is_kept_apart_from_text() -> None:
    thinking = {"choices": [{"delta": {"reasoning_content": "hm"}}]}
    first = run("openai", [event(thinking), event(chunk("a", "stop"))])[0]
    assert isinstance(first, Chunk)
    assert (first.text, first.reasoning) == ("", "hm")
    message = {"role": "assistant", "content": "", "thinking": "hm"}
    first = run("ollama", [line(ollama_line(message=message)), line(ollama_line(done=True))])[0]
    assert isinstance(first, Chunk)
    assert (first.text, first.reasoning) == ("", "hm")
    assert json.loads(first.data[6:])["choices"][0]["delta"]["reasoning_content"] == "hm"


def test_ollamas_stream_becomes_openais_chunks() -> None:
    events = run("ollama", [OLLAMA_STREAM])
    chunks = [json.loads(e.data[6:]) for e in events if isinstance(e, Chunk)]
    assert chunks[0]["choices"][0]["delta"] == {"role": "assistant", "content": "Hel"}
    assert {c["id"] for c in chunks} == {"chatcmpl-1"}
    assert {c["object"] for c in chunks} == {"chat.completion.chunk"}
    assert chunks[-1]["choices"] == []


@pytest.mark.parametrize(
    ("wire", "stream"),
    [("openai", openai_stream("a", "b")), ("ollama", OLLAMA_STREAM)],
    ids=["openai", "ollama"],
)
def test_a_parser_that_keeps_records_adds_each_before_its_events(wire: str, stream: bytes) -> None:
    parser = WIRES[wire].Stream(TARGET, STAMP)
    parser.keeps_records = True
    events = [*parser.feed(stream), *parser.close()]
    records = [event.data for event in events if isinstance(event, Record)]
    assert records == [line for line in stream.replace(b"data: ", b"").split(b"\n") if b"{" in line]
    assert isinstance(events[0], Record)
    assert [e for e in events if not isinstance(e, Record)] == _one_by_one(wire, stream)


def _one_by_one(wire: str, stream: bytes) -> list[Event]:
    return run(wire, [line + b"\n" for line in stream.split(b"\n")])


def test_a_record_that_is_an_error_is_not_kept() -> None:
    parser = WIRES["openai"].Stream(TARGET, STAMP)
    parser.keeps_records = True
    (failure,) = parser.feed(event({"error": {"message": "boom"}}))
    assert isinstance(failure, Failure)
