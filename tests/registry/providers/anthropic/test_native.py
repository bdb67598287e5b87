"""Anthropic's answers for callers who speak its API themselves: relayed byte for byte."""

from __future__ import annotations

import json
from dataclasses import replace
from random import Random
from typing import Any

import pytest

from core.errors import PortalError
from registry.providers.anthropic import native
from registry.providers.events import Chunk, Done, Event, Failure
from tests.registry.providers.streams import ANTHROPIC_STREAM, HARD, STAMP, TARGET
from tests.support import anthropic_messages as api

STREAM = b"".join([
    api.begin(cache_read_input_tokens=4), api.thought(0, "hm", HARD), api.sent("ping"), b": comment\n\n",
    api.words(1, 'an "error" and a "message_stop"', HARD), api.call(2, "f", '{"a":', "1}"),
    api.ending("tool_use"), api.STOP,
])  # fmt: skip
CRLF = STREAM.replace(b"\n", b"\r\n")
UNNAMED = b"".join(
    line + b"\n" for line in STREAM.split(b"\n")[:-1] if not line.startswith(b"event")
)


def relayed(*received: bytes) -> tuple[bytes, list[Event], native.RelayedStream]:
    parser = native.RelayedStream(TARGET, STAMP)
    events = [event for data in received for event in parser.feed(data)]
    if not parser.ended:
        events += parser.close()
    assert [isinstance(event, (Done, Failure)) for event in events].count(True) == 1
    data = b"".join(event.data for event in events if isinstance(event, Chunk))
    return data, events, parser


@pytest.mark.parametrize("stream", [STREAM, CRLF, UNNAMED, ANTHROPIC_STREAM])
def test_a_stream_is_relayed_byte_for_byte_however_it_is_cut(stream: bytes) -> None:
    random = Random(1)
    cuts = [[stream], [stream[n : n + 1] for n in range(len(stream))]]
    for _ in range(50):
        places = sorted(random.sample(range(len(stream)), 6))
        cuts.append(
            [stream[a:b] for a, b in zip([0, *places], [*places, len(stream)], strict=True)]
        )
    for received in cuts:
        data, events, parser = relayed(*received)
        assert data == stream
        assert isinstance(events[-1], Done)
        assert not parser.oddities


def test_each_chunk_is_whole_events() -> None:
    parser = native.RelayedStream(TARGET, STAMP)
    for number in range(len(STREAM)):
        for event in parser.feed(STREAM[number : number + 1]):
            assert not isinstance(event, Chunk) or event.data.endswith(b"\n\n")


def test_its_counts_are_known() -> None:
    _, events, _ = relayed(STREAM)
    usages = [event.usage for event in events if isinstance(event, Chunk) and event.usage]
    assert usages[-1]["prompt_tokens"] == 11
    assert usages[-1]["completion_tokens"] == 5
    early = native.RelayedStream(TARGET, STAMP).feed(api.begin())[0]
    assert isinstance(early, Chunk)
    assert early.usage
    assert early.usage["prompt_tokens"] == 7, "a caller may leave before the end"


def test_an_error_ends_it_and_is_not_relayed() -> None:
    data, events, _ = relayed(api.begin() + api.words(0, "a") + api.OVERLOADED)
    assert data == api.begin() + api.words(0, "a")
    failure = events[-1]
    assert isinstance(failure, Failure)
    assert failure.error.code == "overloaded"


ODD: dict[str, tuple[bytes, set[str], bytes]] = {
    "no end mark": (api.begin() + api.ending(), {"no end mark"}, native.STOP),
    "no end mark, and not the last blank line": ((api.begin() + api.ending())[:-1], {"no end mark"}, b"\n\n" + native.STOP),
    "a gateway's end mark": (api.begin() + api.ending() + b"data: [DONE]\n\n", {"no end mark"}, native.STOP),
    "no reason": (api.begin() + api.words(0, "a") + api.STOP, {"no finish reason"}, b""),
    "an error after the end": (api.begin() + api.ending() + api.OVERLOADED, {"error after the end", "no end mark"}, b""),
}  # fmt: skip


@pytest.mark.parametrize("name", ODD)
def test_an_odd_end_is_complete_and_counted(name: str) -> None:
    stream, oddities, more = ODD[name]
    data, events, parser = relayed(stream)
    assert isinstance(events[-1], Done)
    assert parser.oddities == oddities
    if more:
        assert data == stream + more


@pytest.mark.parametrize(
    "body",
    [b"", api.begin(), api.begin()[:-1], STREAM[:300], json.dumps(api.whole()).encode(),
     b"event: message_start\ndata: {\n\n", b"<html>"],
)  # fmt: skip
def test_what_is_no_whole_stream_fails(body: bytes) -> None:
    _, events, _ = relayed(body)
    assert isinstance(events[-1], Failure)
    assert events[-1].error.code == "provider_bad_response"


def test_an_error_in_place_of_a_stream_keeps_its_words() -> None:
    _, events, _ = relayed(
        b'{"type":"error",', b'"error":{"type":"overloaded_error","message":"Busy"}}'
    )
    assert isinstance(events[-1], Failure)
    assert "Busy" in events[-1].error.message


def test_what_follows_the_end_is_not_relayed() -> None:
    parser = native.RelayedStream(TARGET, STAMP)
    parser.feed(STREAM)
    assert parser.feed(api.words(0, "more")) == []


def sent(options: dict[str, Any], **body: Any) -> Any:
    target = replace(TARGET, options=options)
    data = native.chat(target, {"messages": [], "max_tokens": 9000, **body}).body or b""
    return json.loads(data)


def test_a_request_is_sent_as_it_is_with_its_model() -> None:
    body = {"messages": [{"role": "user", "content": "Hi"}], "max_tokens": 1, "new": {"a": [1]}}
    request = native.chat(TARGET, {**body, "model": "alias"})
    assert json.loads(request.body or b"") == {**body, "model": "m"}
    assert request.url == "http://h/messages"


def test_the_options_of_the_file_are_merged_and_the_callers_win() -> None:
    options = {"temperature": 0.5, "top_k": 3, "stop": ["a"], "beta_field": 1}
    body = sent(options, temperature=1)
    assert (body["temperature"], body["top_k"], body["stop_sequences"]) == (1, 3, ["a"])
    assert (body["beta_field"], body["max_tokens"], body["messages"]) == (1, 9000, [])
    assert "top_k" not in sent({"top_k": None}, top_k=5)
    thoughts = {"type": "enabled", "budget_tokens": 2048}
    assert sent({"reasoning_effort": "low"})["thinking"] == thoughts
    assert "thinking" not in sent({"reasoning_effort": "low"}, temperature=0)


def test_a_count_is_asked_without_what_is_not_counted() -> None:
    request = native.count(TARGET, {"messages": [], "max_tokens": 1, "stream": True, "tools": []})
    assert request.url == "http://h/messages/count_tokens"
    assert json.loads(request.body or b"") == {"model": "m", "messages": [], "tools": []}


@pytest.mark.parametrize("data", [b"", b"[]", b"{}", b'{"type":"error","error":{"message":"a"}}'])
def test_what_is_no_answer_is_an_error(data: bytes) -> None:
    for read in (native.read, native.read_count):
        with pytest.raises(PortalError):
            read(data, {})
