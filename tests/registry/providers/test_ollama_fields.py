"""What becomes of a caller's fields at Ollama."""

from __future__ import annotations

import json
from typing import Any

import pytest

from core.errors import PortalError
from registry.providers import anthropic, ollama
from registry.providers.anthropic.messages import to_anthropic
from registry.providers.events import Chunk, Done, Failure
from registry.providers.ollama.fields import must_call
from registry.providers.wire import Stamp, Target
from tests.registry.providers.streams import STAMP, TARGET, run, text
from tests.support.provider_messages import line, ollama_line

MESSAGES = [{"role": "user", "content": "hi"}]


def target(**more: Any) -> Target:
    return Target("p", "m", "http://h", {}, **more)


def body_of(request: Any) -> Any:
    return json.loads(request.body)


@pytest.mark.parametrize("field", ["user", "metadata", "store", "prediction", "top_a"])
def test_what_ollama_has_no_field_for_is_reported(field: str) -> None:
    body = {"messages": MESSAGES, field: "x", "top_p": 1, "n": 1, "stream_options": {}}
    assert ollama.fit(body) == (field,)


def test_parts_of_messages_that_ollama_lacks_are_reported() -> None:
    cached = {"type": "text", "text": "x", "cache_control": {}}
    messages = [{"role": "user", "content": [cached], "reasoning_details": [1], "prefix": False}]
    assert ollama.fit({"messages": messages}) == (
        "messages.reasoning_details", "content.cache_control")  # fmt: skip


@pytest.mark.parametrize(
    ("fields", "think"),
    [({"reasoning": {"effort": "high"}}, "high"), ({"reasoning": {"enabled": False}}, False),
     ({"reasoning_effort": "none"}, False), ({"reasoning_effort": "minimal"}, "low"),
     ({"thinking": {"type": "disabled"}}, False), ({"enable_thinking": True}, True),
     ({"chat_template_kwargs": {"enable_thinking": False}}, False), ({"think": "low"}, "low"),
     ({}, None)],
)  # fmt: skip
def test_ollama_thinks_by_whichever_field_says_so(fields: Any, think: Any) -> None:
    assert body_of(ollama.chat(TARGET, {"messages": MESSAGES, **fields})).get("think") == think


SCHEMA = {"type": "object", "properties": {"a": {}}}


@pytest.mark.parametrize(
    ("response_format", "form"),
    [({"type": "json_object"}, "json"), ({"type": "json_object", "schema": SCHEMA}, SCHEMA),
     ({"type": "json_schema", "schema": SCHEMA}, SCHEMA), ({"type": "json_schema", "json_schema": SCHEMA}, SCHEMA),
     ({"type": "json_schema", "json_schema": {"name": "n", "schema": SCHEMA}}, SCHEMA), ({}, None), ({"type": "text"}, None)],
)  # fmt: skip
def test_a_schema_is_found_where_servers_put_it(response_format: Any, form: Any) -> None:
    body = {"messages": MESSAGES, "response_format": response_format}
    assert body_of(ollama.chat(TARGET, body)).get("format") == form


@pytest.mark.parametrize(
    "field", [{"use_beam_search": False}, {"echo": False}, {"logit_bias": []}, {"min_tokens": 0},
              {"stop_token_ids": []}],
)  # fmt: skip
def test_what_asks_for_nothing_is_not_refused(field: Any) -> None:
    ollama.fit({"messages": MESSAGES, **field})


def test_a_constraint_in_nims_own_object_is_refused() -> None:
    with pytest.raises(PortalError, match="nvext"):
        ollama.fit({"messages": MESSAGES, "nvext": {"guided_json": SCHEMA}})


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [("", {}), (None, {}), ("null", {}), ({"a": 1}, {"a": 1}), ('{"a": 1}', {"a": 1}),
     ('{"a": ', {"arguments": '{"a": '}), ("[1]", {"arguments": [1]})],
)  # fmt: skip
def test_arguments_that_a_model_wrote_are_taken_back(arguments: Any, expected: Any) -> None:
    """Some are cut off by the limit of tokens, and the agent sends them back."""
    call = {"id": "c", "function": {"name": "f", "arguments": arguments}}
    messages = [{"role": "assistant", "content": None, "tool_calls": [call]}]
    (sent,) = body_of(ollama.chat(TARGET, {"messages": messages}))["messages"]
    assert sent["tool_calls"] == [{"function": {"name": "f", "arguments": expected}}]
    _, (turn,) = to_anthropic(messages)
    assert turn["content"][0]["input"] == expected


def test_any_message_of_another_format_becomes_ollamas() -> None:
    image = {"type": "image_url", "image_url": {"url": "DATA:image/png;base64,aGkg\naGkh"}}
    message = {
        "role": "assistant",
        "content": [{"type": "text", "text": "x"}, {"type": "reference", "reference_ids": [1]}],
        "images": [image, "data:image/png;base64,aGk=", "aGk="],
        "reasoning": {"text": "hm"},
        "refusal": False,
    }
    (sent,) = body_of(ollama.chat(TARGET, {"messages": [message]}))["messages"]
    images = ["aGkgaGkh", "aGk=", "aGk="]
    assert sent == {"role": "assistant", "content": "x", "images": images, "thinking": "hm"}
    assert ollama.fit({"messages": [message]}) == ("content.reference_ids",)


ALLOWED = {"mode": "required", "tools": [{"type": "function", "function": {"name": "b"}}]}


@pytest.mark.parametrize(
    ("choice", "names", "demands", "anthropics"),
    [("any", "ab", True, {"type": "any"}), ({"type": "any"}, "ab", True, {"type": "any"}),
     ({"type": "auto"}, "ab", False, {"type": "auto"}), ({"type": "none"}, "", False, {"type": "none"}),
     ({"type": "tool", "name": "a"}, "a", True, {"type": "tool", "name": "a"}),
     ({"type": "function", "name": "a"}, "a", True, {"type": "tool", "name": "a"}),
     ({"type": "allowed_tools", "allowed_tools": ALLOWED}, "b", True, {"type": "tool", "name": "b"}),
     ({"type": "allowed_tools", **ALLOWED, "mode": "auto"}, "b", False, {"type": "auto"})],
)  # fmt: skip
def test_a_choice_of_tools_is_read_in_each_form(
    choice: Any, names: str, demands: bool, anthropics: Any
) -> None:
    tools = [{"type": "function", "function": {"name": name}} for name in "ab"]
    body = {"messages": MESSAGES, "tools": tools, "tool_choice": choice}
    sent = body_of(ollama.chat(TARGET, body)).get("tools") or []
    assert "".join(tool["function"]["name"] for tool in sent) == names
    assert must_call(body) is demands
    payload = body_of(anthropic.chat(TARGET, body))
    assert payload["tool_choice"] == anthropics
    if isinstance(choice, dict) and choice["type"] == "allowed_tools":
        assert [tool["name"] for tool in payload["tools"]] == ["b"]


ODD_ANSWERS = {
    "as server-sent events": b"".join(
        b"data: " + line(row) for row in (ollama_line("Hello"), ollama_line(done=True))
    ) + b"data: [DONE]\n",
    "counts as text": line(ollama_line("Hello"))
    + line({**ollama_line(done=True), "eval_count": "5", "prompt_eval_count": 7.0}),
    "a completion": line({"response": "Hello", "done": False})
    + line({**ollama_line(done=True), "message": None, "response": ""}),
    "parts": line({"message": {"content": [{"type": "text", "text": "Hello"}]}}) + line(ollama_line(done=True)),
    "capitals": line(ollama_line("Hello")) + line({**ollama_line(done=True), "done_reason": "STOP"}),
}  # fmt: skip


@pytest.mark.parametrize("name", ODD_ANSWERS)
def test_emulations_of_ollama_are_read(name: str) -> None:
    events = run("ollama", [ODD_ANSWERS[name]])
    assert text(events) == "Hello"
    assert isinstance(events[-1], Done)
    usages = [event.usage for event in events if isinstance(event, Chunk) and event.usage]
    assert usages == [{"prompt_tokens": 7, "completion_tokens": 5, "total_tokens": 12}]
    assert {e.finish_reason for e in events if isinstance(e, Chunk)} >= {"stop"}


def test_ollamas_own_fields_are_taken() -> None:
    body = {"messages": MESSAGES, "top_k": 3, "min_p": 0.1, "repetition_penalty": 1.2,
            "keep_alive": "5m", "options": {"mirostat": 2, "seed": 1}, "seed": 4}  # fmt: skip
    payload = body_of(ollama.chat(target(options={"top_k": None, "min_p": 1}), body))
    assert payload["keep_alive"] == "5m"
    assert payload["options"] == {
        "top_k": 3, "min_p": 0.1, "repeat_penalty": 1.2, "mirostat": 2, "seed": 4}  # fmt: skip


TOOLS = [{"type": "function", "function": {"name": name}} for name in ("a", "b")]
NAMED = {"type": "function", "function": {"name": "b"}}


@pytest.mark.parametrize(
    ("choice", "offered"),
    [("auto", TOOLS), (None, TOOLS), ("required", TOOLS), ("none", None), (NAMED, TOOLS[1:])],
)
def test_ollama_is_offered_the_tools_of_tool_choice(choice: Any, offered: Any) -> None:
    body = {"messages": MESSAGES, "tools": TOOLS, "tool_choice": choice}
    assert ollama.fit(body) == ()
    assert body_of(ollama.chat(TARGET, body)).get("tools") == offered


def test_a_tool_choice_without_its_tool_is_refused() -> None:
    body = {"messages": MESSAGES, "tools": TOOLS[:1], "tool_choice": NAMED}
    with pytest.raises(PortalError, match="no tool called 'b'"):
        ollama.fit(body)


CALLS = [{"function": {"name": name, "arguments": '{"x": 1}'}} for name in ("a", "b")]


@pytest.mark.parametrize("choice", ["required", NAMED])
def test_an_answer_without_the_demanded_call_is_a_bad_response(choice: Any) -> None:
    stamp = Stamp("chatcmpl-1", 1, {"tools": TOOLS, "tool_choice": choice})
    answer = json.dumps(ollama_line("No.", done=True)).encode()
    with pytest.raises(PortalError, match="calls no tool"):
        ollama.read_chat(answer, stamp)
    events = ollama.Stream(TARGET, stamp).feed(answer + b"\n")
    assert [type(event) for event in events] == [Failure]


def test_a_stream_is_held_until_the_demanded_call_appears() -> None:
    stream = ollama.Stream(
        TARGET, Stamp("chatcmpl-1", 1, {"tools": TOOLS, "tool_choice": "required"})
    )
    assert stream.feed(line(ollama_line("Well"))) == []
    first, second = stream.feed(line({"message": {"tool_calls": CALLS[:1]}}))
    assert isinstance(first, Chunk)
    assert first.text == "Well"
    assert isinstance(second, Chunk)
    assert b'"arguments":"{\\"x\\": 1}"' in second.data
    assert isinstance(stream.feed(line(ollama_line(done=True)))[-1], Done)


def test_without_parallel_calls_the_first_is_taken() -> None:
    stamp = Stamp("chatcmpl-1", 1, {"tools": TOOLS, "parallel_tool_calls": False})
    message = {"message": {"content": "", "tool_calls": CALLS}}
    whole = ollama.read_chat(json.dumps({**message, "done": True}).encode(), stamp)
    assert [c["function"]["name"] for c in whole["choices"][0]["message"]["tool_calls"]] == ["a"]
    stream = ollama.Stream(TARGET, stamp)
    data = b"".join(c.data for c in stream.feed(line(message) * 2) if isinstance(c, Chunk))
    assert data.count(b'"index":0,"id"') == 1


def test_a_last_line_with_a_reason_is_an_end() -> None:
    last = {"message": {"content": "x"}, "done_reason": "stop"}
    assert isinstance(ollama.Stream(TARGET, STAMP).feed(line(last))[-1], Done)
