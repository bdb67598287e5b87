"""Anthropic's answers, whole and streamed, in OpenAI's form, and their way back as history."""

from __future__ import annotations

import json
from typing import Any

import pytest
from openai.lib.streaming.chat import ChatCompletionStreamState
from openai.types.chat import ChatCompletionChunk

from registry.providers import anthropic
from registry.providers.anthropic.messages import to_anthropic
from registry.providers.events import Chunk, Done, Event
from tests.registry.providers.streams import STAMP, run, text
from tests.support import anthropic_messages as api

THOUGHT = {"type": "thinking", "thinking": "Hmm.", "signature": "c2ln"}
HIDDEN = {"type": "redacted_thinking", "data": "xyz"}
CITATION = {"type": "char_location", "cited_text": "Hi", "document_index": 0}


def words(content: str, **more: Any) -> dict[str, Any]:
    return {"type": "text", "text": content, **more}


USE = {"type": "tool_use", "id": "toolu_2", "name": "f", "input": {"a": "é"}}
CALLED = {"id": "toolu_2", "type": "function", "function": {"name": "f", "arguments": '{"a":"é"}'}}
BLOCKS = [THOUGHT, HIDDEN, words("Let me look."), USE]
MESSAGE = {"role": "assistant", "content": "Let me look.", "reasoning_content": "Hmm.",
           "thinking_blocks": [THOUGHT, HIDDEN], "tool_calls": [CALLED]}  # fmt: skip
STREAMED = b"".join([
    api.begin(), api.thought(0, "Hm", "m."), api.block(1, HIDDEN), api.words(2, "Let me ", "look."),
    api.call(2, "f", "", '{"a":', '"é"}'), api.ending("tool_use"), api.STOP,
])  # fmt: skip


def answer(*blocks: Any, **more: Any) -> Any:
    return anthropic.read_chat(json.dumps(api.whole(*blocks, **more)).encode(), STAMP)


def chunks(events: list[Event]) -> list[Any]:
    return [json.loads(event.data[6:]) for event in events if isinstance(event, Chunk)]


def joined(events: list[Event]) -> dict[str, Any]:
    """Return the message that a client puts together from the chunks of `events`."""
    message: dict[str, Any] = {}
    for chunk in chunks(events):
        for delta in (choice["delta"] for choice in chunk["choices"]):
            for name, value in delta.items():
                if isinstance(value, str) and name != "role":
                    message[name] = message.get(name, "") + value
                elif name == "tool_calls":
                    _join_calls(message.setdefault(name, []), value)
                elif isinstance(value, list):
                    message.setdefault(name, []).extend(value)
                else:
                    message[name] = value
    return message


def _join_calls(rows: list[Any], deltas: list[Any]) -> None:
    for delta in deltas:
        if delta["index"] == len(rows):
            rows.append(delta)
        else:
            rows[delta["index"]]["function"]["arguments"] += delta["function"]["arguments"]


def without_indexes(message: dict[str, Any]) -> dict[str, Any]:
    return {name: [{k: v for k, v in row.items() if k != "index"} for row in value]
            if isinstance(value, list) else value for name, value in message.items()}  # fmt: skip


def test_an_answer_is_translated() -> None:
    choice = answer(*BLOCKS, stop_reason="tool_use")["choices"][0]
    assert choice == {"index": 0, "message": MESSAGE, "finish_reason": "tool_calls",
                      "native_finish_reason": "tool_use"}  # fmt: skip


def test_a_streamed_answer_has_the_same_message() -> None:
    message = joined(run("anthropic", [STREAMED]))
    arguments = message["tool_calls"][0]["function"].pop("arguments")
    assert json.loads(arguments) == {"a": "é"}
    message["tool_calls"][0]["function"]["arguments"] = '{"a":"é"}'
    assert without_indexes(message) == MESSAGE
    assert [block["index"] for block in message["thinking_blocks"]] == [0, 1]


def test_streamed_thoughts_are_apart_from_text() -> None:
    events = run("anthropic", [STREAMED])
    assert text(events) == "Let me look."
    assert "".join(e.reasoning for e in events if isinstance(e, Chunk)) == "Hmm."


@pytest.mark.parametrize("streamed", [False, True])
def test_an_answer_sent_back_is_what_the_api_said(streamed: bool) -> None:
    whole = answer(*BLOCKS, stop_reason="tool_use")["choices"][0]["message"]
    message = joined(run("anthropic", [STREAMED])) if streamed else whole
    history = [
        {"role": "user", "content": "Hi"},
        message,
        {"role": "tool", "content": "Sunny", "tool_call_id": "toolu_2"},
    ]
    assert anthropic.fit({"messages": history}) == ()
    _, turns = to_anthropic(history)
    assert turns[1]["content"] == BLOCKS
    assert turns[2]["content"][0]["tool_use_id"] == "toolu_2"


def test_openais_client_puts_the_streamed_message_together() -> None:
    state = ChatCompletionStreamState()
    for chunk in chunks(run("anthropic", [STREAMED])):
        state.handle_chunk(ChatCompletionChunk.model_validate(chunk))
    message = state.get_final_completion().choices[0].message.model_dump()
    assert message["content"] == "Let me look."
    assert without_indexes({"blocks": message["thinking_blocks"]})["blocks"] == [THOUGHT, HIDDEN]


@pytest.mark.parametrize(
    ("reason", "expected"),
    [("end_turn", "stop"), ("stop_sequence", "stop"), ("tool_use", "tool_calls"),
     ("max_tokens", "length"), ("model_context_window_exceeded", "length"),
     ("pause_turn", "length"), ("refusal", "content_filter"), ("new_reason", "new_reason")],
)  # fmt: skip
def test_the_reason_of_the_end_is_translated(reason: str, expected: str) -> None:
    choice = answer(words("Hi"), stop_reason=reason)["choices"][0]
    assert (choice["finish_reason"], choice["native_finish_reason"]) == (expected, reason)
    events = run("anthropic", [api.begin() + api.words(0, "Hi") + api.ending(reason) + api.STOP])
    assert [e.finish_reason for e in events if isinstance(e, Chunk) and e.finish_reason] == [
        expected
    ]


def test_the_stop_sequence_is_reported() -> None:
    choice = answer(words("Hi"), stop_reason="stop_sequence", stop_sequence=";")["choices"][0]
    assert choice["stop_reason"] == ";"


def test_a_refusals_explanation_is_text_for_people() -> None:
    details = {"type": "refusal", "category": None, "explanation": "Not this."}
    message = answer(stop_reason="refusal", stop_details=details)["choices"][0]["message"]
    assert message == {"role": "assistant", "content": "", "refusal": "Not this."}
    events = run(
        "anthropic", [api.begin() + api.ending("refusal", stop_details=details) + api.STOP]
    )
    assert (text(events), joined(events)["refusal"]) == ("Not this.", "Not this.")


@pytest.mark.parametrize(
    ("usage", "expected"),
    [({"input_tokens": 7, "output_tokens": 5}, {}),
     ({"input_tokens": 2, "output_tokens": 5, "cache_read_input_tokens": 4, "cache_creation_input_tokens": 1},
      {"prompt_tokens_details": {"cached_tokens": 4, "cache_write_tokens": 1}}),
     ({"input_tokens": 7, "output_tokens": 5, "output_tokens_details": {"thinking_tokens": 3}},
      {"completion_tokens_details": {"reasoning_tokens": 3}})],
)  # fmt: skip
def test_tokens_of_the_cache_are_tokens_of_the_prompt(usage: Any, expected: Any) -> None:
    counts = {"prompt_tokens": 7, "completion_tokens": 5, "total_tokens": 12, **expected}
    assert answer(words("Hi"), usage=usage)["usage"] == counts
    data = (
        api.begin(**usage) + api.words(0, "Hi") + api.ending(usage={"output_tokens": 5}) + api.STOP
    )
    assert chunks(run("anthropic", [data]))[-1]["usage"] == counts


def test_citations_and_other_blocks_are_kept() -> None:
    other = {"type": "web_search_tool_result", "tool_use_id": "s", "content": []}
    message = answer(words("Hi", citations=[CITATION]), other)["choices"][0]["message"]
    assert message["citations"] == [CITATION]
    assert message["provider_specific_fields"] == {"blocks": [other]}
    delta = {"type": "citations_delta", "citation": CITATION}
    data = (
        api.begin() + api.block(0, words(""), delta) + api.block(1, other) + api.ending() + api.STOP
    )
    streamed = joined(run("anthropic", [data]))
    assert streamed["citations"] == [{"index": 0, **CITATION}]
    assert streamed["provider_specific_fields"] == {"blocks": [other]}


@pytest.mark.parametrize(
    ("stream", "expected"),
    [(api.call(0, "f"), ["{}"]), (api.call(0, "f", ""), ["{}"]),
     (api.call(0, "f", input={"a": 1}), ['{"a":1}']),
     (api.call(0, "f", "{}") + api.call(1, "g", '{"b":2}'), ["{}", '{"b":2}'])],
    ids=["no deltas", "an empty delta", "whole at the start", "two calls"],
)  # fmt: skip
def test_streamed_arguments_are_json(stream: bytes, expected: list[str]) -> None:
    message = joined(run("anthropic", [api.begin() + stream + api.ending("tool_use") + api.STOP]))
    assert [row["function"]["arguments"] for row in message["tool_calls"]] == expected


def test_an_end_without_a_reason_is_complete_if_there_is_content() -> None:
    events = run("anthropic", [api.begin() + api.words(0, "Hi") + api.ending(None) + api.STOP])
    assert chunks(events)[-2]["choices"][0]["finish_reason"] is None
    assert isinstance(events[-1], Done)
