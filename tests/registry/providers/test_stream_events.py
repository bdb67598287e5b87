"""What a stream's events contain: text, characters, limits, reasoning and records."""

from __future__ import annotations

import json

import pytest

from registry.providers import WIRES
from registry.providers.events import Chunk, Done, Event, Failure, Record
from registry.providers.framing import MAX_LINE
from tests.registry.providers.streams import (
    ANTHROPIC_STREAM,
    OLLAMA_STREAM,
    STAMP,
    TARGET,
    run,
    text,
)
from tests.support.provider_messages import (
    chunk,
    event,
    line,
    ollama_line,
    openai_stream,
)


def test_an_empty_event_is_ignored() -> None:
    assert text(run("openai", [b"data: \n\n" + openai_stream("a"), b"data: \n\n"])) == "a"


def test_an_event_of_several_lines_is_relayed_unchanged() -> None:
    lines = b'data: {"choices":[{"index":0,"delta":\ndata: {"content":"a"}}]}\n\n'
    relayed, *_ = run("openai", [lines])
    assert isinstance(relayed, Chunk)
    assert (relayed.data, relayed.text) == (lines, "a")


def test_two_objects_on_one_line_are_refused() -> None:
    chunk_object = b'{"choices":[{"delta":{"content":"a"}}]}'
    events = run("openai", [b"data: " + chunk_object + b" " + chunk_object + b"\n\n"])
    assert isinstance(events[0], Failure)


def test_each_of_several_answers_must_end() -> None:
    begun = event({"choices": [{"index": 1, "delta": {"content": "b"}}]})
    *_, last = run("openai", [event(chunk("a", "stop")), begun], answers=2)
    assert isinstance(last, Failure)


def test_a_pair_of_surrogates_may_come_in_two_deltas() -> None:
    halves = [b'"\\ud83d"', b'"\\ude00"']
    parts = [b'data: {"choices":[{"delta":{"content":' + half + b"}}]}\n\n" for half in halves]
    events = run("openai", [*parts, event(chunk("!")), event(chunk(finish="stop"))])
    assert text(events) == "😀!"


def test_a_lone_surrogate_is_replaced() -> None:
    data = b'data: {"choices":[{"delta":{"content":"a\\ud83d"}}]}\n\n' + event(chunk("b", "stop"))
    assert text(run("openai", [data])).replace("�", "?") == "a?b"


def test_an_endless_line_is_refused_early() -> None:
    for wire in ("openai", "ollama", "anthropic"):
        *_, last = run(wire, [b"data: {" + b"x" * 2**20] + [b"x" * 2**20] * (MAX_LINE >> 20))
        assert isinstance(last, Failure)
        assert "over 32 MiB" in last.error.message


def test_an_endless_event_is_refused_early() -> None:
    *_, last = run("openai", [b"data: " + b"x" * 65535 + b"\n"] * (MAX_LINE // 65536 + 2))
    assert isinstance(last, Failure)


def test_only_the_first_of_several_choices_is_read() -> None:
    two_choices = {
        "choices": [
            {"index": 1, "delta": {"content": "no"}},
            {"index": 0, "delta": {"content": "a"}},
        ]
    }
    ends = [
        event({"choices": [{"index": i, "delta": {}, "finish_reason": "stop"}]}) for i in (0, 1)
    ]
    events = run("openai", [event(two_choices), *ends], answers=2)
    assert text(events) == "a"
    assert isinstance(events[-1], Done)


def test_a_pair_of_surrogates_may_come_in_two_lines_of_ollama() -> None:
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
    [
        ("openai", openai_stream("a", "b")),
        ("ollama", OLLAMA_STREAM),
        ("anthropic", ANTHROPIC_STREAM),
    ],
    ids=["openai", "ollama", "anthropic"],
)
def test_a_parser_that_keeps_records_returns_each_before_its_events(
    wire: str, stream: bytes
) -> None:
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


def test_events_of_any_format_may_lack_a_blank_line_or_have_their_prefix_twice() -> None:
    for data in (ANTHROPIC_STREAM, openai_stream("Hello")):
        whole = text(run("anthropic" if data is ANTHROPIC_STREAM else "openai", [data]))
        for odd in (data.replace(b"\n\n", b"\n"), data.replace(b"data: ", b"data: data: ")):
            events = run("anthropic" if data is ANTHROPIC_STREAM else "openai", [odd])
            assert text(events) == whole
            assert isinstance(events[-1], Done)
