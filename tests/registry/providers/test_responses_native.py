"""Answers of the Responses API for callers who speak it themselves: relayed byte for byte."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import pairwise
from random import Random
from typing import Any

import pytest

from core.errors import PortalError
from registry.providers.events import Chunk, Done, Event, Failure
from registry.providers.openai import responses
from tests.registry.providers.streams import HARD, STAMP, TARGET
from tests.support import responses_messages as api

FAILED = {"code": "server_error", "message": "The model crashed."}
COUNTED = {
    "prompt_tokens": 7, "completion_tokens": 5, "total_tokens": 12,
    "prompt_tokens_details": {"cached_tokens": 4},
    "completion_tokens_details": {"reasoning_tokens": 2},
}  # fmt: skip


def stream(*ends: Any) -> bytes:
    events = api.Stream()
    parts = [
        events.begin(),
        b": comment\n\n",
        events.words('an "error" and "response.failed"', HARD),
    ]
    return b"".join([*parts, *(events.event(kind, **fields) for kind, fields in ends)])


STREAM = stream(("response.completed", {"response": api.whole(api.message("x"))}))
CRLF = STREAM.replace(b"\n", b"\r\n")


def relayed(*received: bytes) -> tuple[bytes, list[Event]]:
    parser = responses.RelayedStream(TARGET, STAMP)
    events = [event for data in received for event in parser.feed(data)]
    if not parser.ended:
        events += parser.close()
    assert [isinstance(event, (Done, Failure)) for event in events].count(True) == 1
    return b"".join(event.data for event in events if isinstance(event, Chunk)), events


def failure(*received: bytes) -> PortalError:
    end = relayed(*received)[1][-1]
    assert isinstance(end, Failure)
    return end.error


@pytest.mark.parametrize("data", [STREAM, CRLF])
def test_a_stream_is_relayed_byte_for_byte_however_it_is_cut(data: bytes) -> None:
    random = Random(1)
    cuts = [[data], [data[n : n + 1] for n in range(len(data))]]
    for _ in range(50):
        places = [0, *sorted(random.sample(range(len(data)), 6)), len(data)]
        cuts.append([data[a:b] for a, b in pairwise(places)])
    for received in cuts:
        assert relayed(*received)[0] == data


def test_its_counts_are_known() -> None:
    _, events = relayed(STREAM)
    assert [event.usage for event in events if isinstance(event, Chunk)][-1] == COUNTED


@pytest.mark.parametrize("kind", ["response.incomplete", "response.completed", "response.done"])
def test_it_ends_with_its_last_event(kind: str) -> None:
    data = stream((kind, {"response": api.whole()}))
    sent, events = relayed(data + b"data: [DONE]\n\n", b"event: more\n\n")
    assert sent == data
    assert isinstance(events[-1], Done)


FAILURES: dict[str, tuple[Any, str, str]] = {
    "a failed response": (
        ("response.failed", {"response": api.whole(status="failed", error=FAILED)}),
        "provider_error", "crashed",
    ),
    "an error": (
        ("error", {"code": "rate_limit_exceeded", "message": "Slow down.", "param": None}),
        "provider_rate_limited", "Slow down",
    ),
    "a portal's error": (("error", {"code": "overloaded", "message": "Busy.", "error": {"code": "overloaded", "message": "Busy."}}),
                         "overloaded", "Busy"),
    "a failure without words": (("response.failed", {"response": {}}), "provider_error", "failed"),
    "a failure with another name": (
        ("response.completed", {"response": api.whole(status="failed")}), "provider_error", "failed",
    ),
    "a cancelled one": (("response.done", {"response": {"status": "cancelled"}}), "provider_error", "cancelled"),
}  # fmt: skip


@pytest.mark.parametrize("name", FAILURES)
def test_a_failure_is_not_relayed(name: str) -> None:
    end, code, words = FAILURES[name]
    assert relayed(stream(end))[0] == stream()
    error = failure(stream(end))
    assert (error.code, words in error.message) == (code, True)


@pytest.mark.parametrize(
    "data",
    [b"", stream(), STREAM[:-1][:-200], json.dumps(api.whole()).encode(), b"<html>",
     b"event: response.completed\ndata: {\"response.completed\"\n\n"],
)  # fmt: skip
def test_what_is_no_whole_stream_fails(data: bytes) -> None:
    assert failure(data).code == "provider_bad_response"


def test_an_error_in_place_of_a_stream_keeps_its_words() -> None:
    assert "Busy" in failure(b'{"error":', b'{"message":"Busy"}}').message


def sent(options: dict[str, Any], **body: Any) -> Any:
    request = responses.write(replace(TARGET, options=options), {"input": "Hi", **body})
    assert request.url == "http://h/responses"
    return json.loads(request.body or b"")


def test_the_options_of_the_file_are_translated_and_the_callers_win() -> None:
    options = {"temperature": 0.5, "max_tokens": 9, "reasoning_effort": "low", "verbosity": "low",
               "stop": ["a"], "top_k": 3}  # fmt: skip
    assert sent(options) == {
        "input": "Hi", "model": "m", "temperature": 0.5, "max_output_tokens": 9, "top_k": 3,
        "reasoning": {"effort": "low"}, "text": {"verbosity": "low"},
    }  # fmt: skip
    own = {"temperature": 0, "max_output_tokens": 1, "reasoning": {"effort": "high", "summary": "auto"},
           "text": {"format": {"type": "text"}}, "top_k": 1}  # fmt: skip
    text = {"text": {"format": {"type": "text"}, "verbosity": "low"}}
    assert sent(options, **own) == {"input": "Hi", "model": "m", **own, **text}


def test_a_null_in_the_file_removes_a_field() -> None:
    options = {"temperature": None, "max_tokens": None, "reasoning_effort": None}
    own = {"temperature": 1, "max_output_tokens": 5, "reasoning": {"effort": "low"}}
    assert sent(options, **own) == {"input": "Hi", "model": "m"}


def test_a_whole_answer_is_counted() -> None:
    assert responses.read(json.dumps(api.whole()).encode(), {}).usage == COUNTED
    assert responses.read(json.dumps(api.whole(usage=None)).encode(), {}).usage is None


@pytest.mark.parametrize("answer", [{}, {"error": {"message": "a"}}, api.whole(status="failed", error=FAILED),
                                    api.whole(status="failed"), []])  # fmt: skip
def test_what_is_no_answer_is_an_error(answer: Any) -> None:
    with pytest.raises(PortalError):
        responses.read(json.dumps(answer).encode(), {})
