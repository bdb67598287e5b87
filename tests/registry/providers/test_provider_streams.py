"""Streams of real servers that differ from OpenAI's documents."""

from __future__ import annotations

import contextlib
import json
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openai._models import construct_type
from openai.lib.streaming.chat import ChatCompletionStreamState
from openai.types.chat import ChatCompletionChunk

from core.errors import PortalError
from registry.providers import openai, streamed
from registry.providers.events import Chunk, Done, Event, Failure
from registry.providers.wire import Stamp
from tests.registry.providers import odd_streams
from tests.registry.providers.streams import STAMP, TARGET, run, text

ALL = {
    **odd_streams.TEXTS,
    **{f"end: {name}": data for name, (data, *_) in odd_streams.ENDS.items()},
    **{f"thought: {name}": data for name, data in odd_streams.THOUGHTS.items()},
    **{f"tool: {name}": data for name, (data, _) in odd_streams.TOOLS.items()},
    **{f"error: {name}": data for name, (data, *_) in odd_streams.ERRORS.items()},
}


def relayed(events: list[Event]) -> list[Any]:
    """Return the chunks that the caller gets, as its client decodes them."""

    def refuse(name: str) -> None:
        raise ValueError(f"{name} is no JSON")

    data = b"".join(event.data for event in events if isinstance(event, Chunk)).decode()
    lines = [
        "".join(line.removeprefix("data: ") for line in part.split("\n"))
        for part in data.split("\n\n")
    ]
    return [json.loads(line, parse_constant=refuse) for line in lines if line]


def reasons(events: list[Event]) -> list[str]:
    return [e.finish_reason for e in events if isinstance(e, Chunk) and e.finish_reason]


@pytest.mark.parametrize("name", odd_streams.TEXTS)
def test_an_odd_stream_is_read_to_its_end(name: str) -> None:
    events = run("openai", [odd_streams.TEXTS[name]])
    assert text(events) == "Hello"
    assert isinstance(events[-1], Done)
    assert set(reasons(events)) == {"stop"}


@pytest.mark.parametrize("name", odd_streams.ENDS)
def test_an_odd_end_is_an_end(name: str) -> None:
    data, expected, ends = odd_streams.ENDS[name]
    events = run("openai", [data])
    assert (text(events), reasons(events)) == (expected, ends)
    assert isinstance(events[-1], Done)


@pytest.mark.parametrize("name", odd_streams.THOUGHTS)
def test_thoughts_are_kept_apart(name: str) -> None:
    events = run("openai", [odd_streams.THOUGHTS[name]])
    assert text(events) == "Hello"
    assert "".join(e.reasoning for e in events if isinstance(e, Chunk)) == "I think so."


@pytest.mark.parametrize("name", odd_streams.TOOLS)
def test_openais_client_reads_each_tool_call(name: str) -> None:
    data, expected = odd_streams.TOOLS[name]
    events = run("openai", [data])
    assert isinstance(events[-1], Done)
    calls: dict[int, list[str]] = {}
    for row in relayed(events):
        for choice in row["choices"]:
            for call in choice["delta"].get("tool_calls") or ():
                texts = calls.setdefault(call["index"], ["", ""])
                texts[0] += call["function"].get("name") or ""
                texts[1] += call["function"].get("arguments") or ""
    assert [tuple(texts) for _, texts in sorted(calls.items())] == expected


NAMELESS: dict[str, Any] = {
    "none": [odd_streams.call(index=0)],
    "empty": [odd_streams.call(index=0), odd_streams.call(index=1)],
    "number": [odd_streams.call(index=0)],
    "no index": [odd_streams.call(), odd_streams.call()],
}


@pytest.mark.parametrize("name", NAMELESS)
def test_each_tool_call_has_an_id_that_is_text(name: str) -> None:
    """Results are sent back by it."""
    rows = NAMELESS[name]
    for row in rows:
        row["id"] = {"none": None, "number": 7}.get(name, "")
    later = [{"index": 0, "id": "", "function": {"name": None, "arguments": "{}"}}]
    chunks = relayed(run("openai", [odd_streams.calls(rows, later)]))
    deltas = [c for row in chunks for choice in row["choices"] for c in choice["delta"].get("tool_calls") or ()]  # fmt: skip
    given = [delta["id"] for delta in deltas if delta.get("id")]
    assert len(given) == len(set(given)) == len(rows)
    assert given[0] == ("7" if name == "number" else "call_1_0_0")
    message = {"role": "assistant", "content": None, "tool_calls": rows}
    body = json.dumps({"choices": [{"message": message, "finish_reason": "tool_calls"}]}).encode()
    (choice,) = openai.read_chat(body, STAMP)["choices"]
    assert [call["id"] for call in choice["message"]["tool_calls"]] == given


@pytest.mark.filterwarnings("ignore:Pydantic serializer")  # numbers as text
@pytest.mark.parametrize(
    "name", [name for name in ALL if not name.startswith("error") and "parts" not in name]
)
def test_openais_client_accepts_what_is_relayed(name: str) -> None:
    state = ChatCompletionStreamState()
    for row in relayed(run("openai", [ALL[name]])):
        state.handle_chunk(construct_type(type_=ChatCompletionChunk, value=row))  # type: ignore[arg-type]


@pytest.mark.parametrize("name", odd_streams.ERRORS)
def test_an_error_in_a_stream_is_a_failure(name: str) -> None:
    data, code, words = odd_streams.ERRORS[name]
    *before, last = run("openai", [data])
    assert isinstance(last, Failure)
    assert last.error.code == code
    assert words in last.error.message
    assert all(isinstance(event, Chunk) for event in before)


@pytest.mark.parametrize("name", ALL)
def test_an_odd_stream_is_the_same_byte_by_byte(name: str) -> None:
    whole = run("openai", [ALL[name]])
    pieces = run("openai", [bytes([byte]) for byte in ALL[name]])
    assert text(pieces) == text(whole)
    assert relayed(pieces) == relayed(whole)
    assert type(pieces[-1]) is type(whole[-1])


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=4),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(["choices", "delta", "message", "content", "tool_calls", "index", "id",
                         "function", "name", "arguments", "finish_reason", "usage", "error",
                         "code", "x_groq", "text", "reasoning", "thinking", "type", "base_resp",
                         "status_code", "detail", "metadata", "raw", "headers", "details"]),
        inner, max_size=5),
    max_leaves=25,
)  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(values=st.lists(VALUES, max_size=4), answers=st.integers(1, 2))
def test_any_json_gives_one_end_and_valid_chunks(values: list[Any], answers: int) -> None:
    choices = [{"choices": [value]} for value in values]
    deltas = [{"choices": [{"delta": value}]} for value in values]
    calls = [{"choices": [{"delta": {"tool_calls": [value]}}]} for value in values]
    for group in (values, choices, deltas, calls):
        data = b"".join(b"data: " + json.dumps(v).encode() + b"\n\n" for v in group)
        *before, last = run("openai", [data], answers)
        assert isinstance(last, Done | Failure)
        assert all(isinstance(event, Chunk) for event in before)
        relayed(before)
        parser = openai.Stream(TARGET, Stamp("chatcmpl-1", 1, {"n": answers}))
        with contextlib.suppress(PortalError):
            msgspec.json.encode(streamed.read(parser, data))


@settings(max_examples=200, deadline=None)
@given(values=st.lists(VALUES, max_size=4))
def test_any_lines_of_ollama_give_one_end_and_valid_chunks(values: list[Any]) -> None:
    messages = [{"message": value} for value in values]
    ends = [{"message": {}, "done": True, "done_reason": v, "eval_count": v} for v in values]
    for group in (values, messages, ends):
        *before, last = run("ollama", [json.dumps(v).encode() + b"\n" for v in group])
        assert isinstance(last, Done | Failure)
        assert all(isinstance(event, Chunk) for event in before)
        relayed(before)
