"""Responses requests, as clients write them, and the conversations that are read from them."""

from __future__ import annotations

from typing import Any

import pytest

from core.errors import PortalError
from doors.door import Asked
from doors.responses import read
from doors.responses.thoughts import closed

USER = {"role": "user", "content": "Hi"}
CALL = {"type": "function_call", "call_id": "c1", "name": "f", "arguments": "{}"}
OTHER = {**CALL, "call_id": "c2"}
OUTPUT = {"type": "function_call_output", "call_id": "c1", "output": "done"}
PNG = "data:image/png;base64,AAAA"
FUNCTION = {"type": "function", "name": "f", "parameters": {"type": "object", "properties": {}}}
NAMESPACE = {"type": "namespace", "name": "mcp__a", "tools": [FUNCTION]}
THOUGHT = {"type": "thinking", "thinking": "Hm", "signature": "s"}


def asked(*items: Any, **fields: Any) -> Asked:
    return read({"input": [USER, *items], **fields})


def messages(*items: Any) -> list[dict[str, Any]]:
    """Return what follows the user's first message."""
    return list(asked(*items).chat["messages"][1:])


def called(*identifiers: str, name: str = "f", arguments: str = "{}") -> dict[str, Any]:
    function = {"name": name, "arguments": arguments}
    calls = [{"id": i, "type": "function", "function": function} for i in identifiers]
    return {"role": "assistant", "content": None, "tool_calls": calls}


def tool(identifier: str, content: str = "done") -> dict[str, Any]:
    return {"role": "tool", "tool_call_id": identifier, "content": content}


def said(*parts: Any, role: str = "user") -> dict[str, Any]:
    return {"type": "message", "role": role, "content": list(parts)}


def text(words: str, kind: str = "input_text") -> dict[str, Any]:
    return {"type": kind, "text": words}


ITEMS: dict[str, tuple[list[Any], list[Any]]] = {
    "one text is text": ([said(text("Ho"))], [{"role": "user", "content": "Ho"}]),
    "an answer with annotations, an ID and a status": (
        [{**said({**text("a", "output_text"), "annotations": []}, role="assistant"), "id": "msg_1",
          "status": "completed"}],
        [{"role": "assistant", "content": "a"}],
    ),
    "a refusal": (
        [said({"type": "refusal", "refusal": "No."}, role="assistant")],
        [{"role": "assistant", "content": "No."}],
    ),
    "an answer in two items": (
        [{"role": "assistant", "content": "a"}, {"role": "assistant", "content": "b"}],
        [{"role": "assistant", "content": "a\n\nb"}],
    ),
    "parallel calls, outputs after both": (
        [CALL, OTHER, OUTPUT, {**OUTPUT, "call_id": "c2"}],
        [called("c1", "c2"), tool("c1"), tool("c2")],
    ),
    "parallel calls, each with its output": (
        [CALL, OUTPUT, OTHER, {**OUTPUT, "call_id": "c2"}],
        [called("c1"), tool("c1"), called("c2"), tool("c2")],
    ),
    "a user who speaks before the last output": (
        [CALL, OTHER, OUTPUT, USER, {**OUTPUT, "call_id": "c2"}],
        [called("c1", "c2"), tool("c1"), tool("c2"), USER],
    ),
    "arguments that are an object": ([{**CALL, "arguments": {"a": 1}}],
                                     [called("c1", arguments='{"a": 1}')]),
    "no arguments": ([{**CALL, "arguments": ""}], [called("c1")]),
    "a call of a namespace": (
        [{**CALL, "namespace": "mcp__a"}], [called("c1", name="mcp__a__f")],
    ),
    "a custom call and its output": (
        [{"type": "custom_tool_call", "call_id": "c1", "name": "p", "input": "ä"},
         {**OUTPUT, "type": "custom_tool_call_output"}],
        [called("c1", name="p", arguments='{"input": "ä"}'), tool("c1")],
    ),
    "an output in parts": (
        [CALL, {**OUTPUT, "output": [text("a"), text("b")]}], [called("c1"), tool("c1", "a\nb")],
    ),
    "an output that is null": ([CALL, {**OUTPUT, "output": None}], [called("c1"), tool("c1", "")]),
    "an image in an output, after all outputs": (
        [CALL, OTHER, {**OUTPUT, "output": [{"type": "input_image", "image_url": PNG}]},
         {**OUTPUT, "call_id": "c2"}],
        [called("c1", "c2"), tool("c1", ""), tool("c2"),
         {"role": "user", "content": [{"type": "image_url", "image_url": {"url": PNG}}]}],
    ),
    "an image of the finest detail": (
        [said({"type": "input_image", "image_url": PNG, "detail": "original"})],
        [{"role": "user", "content": [
            {"type": "image_url", "image_url": {"url": PNG, "detail": "high"}}]}],
    ),
    "an image as in a chat": (
        [said({"type": "input_image", "image_url": {"url": PNG}})],
        [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": PNG}}]}],
    ),
    "a file": (
        [said({"type": "input_file", "filename": "a.pdf", "file_data": "data:x"})],
        [{"role": "user", "content": [
            {"type": "file", "file": {"filename": "a.pdf", "file_data": "data:x"}}]}],
    ),
    "a thought with all its fields null": (
        [{"type": "reasoning", "id": "rs_1", "summary": [], "encrypted_content": None,
          "content": None, "status": None}, CALL],
        [called("c1")],
    ),
    "two thoughts of one turn": (
        [{"type": "reasoning", "summary": [text("a", "summary_text")]}, CALL,
         {"type": "reasoning", "content": [text("b", "reasoning_text")], "summary": []}, OTHER],
        [{**called("c1", "c2"), "reasoning_content": "a\n\nb"}],
    ),
    "a thought with our signature": (
        [{"type": "reasoning", "summary": [], "encrypted_content": closed([THOUGHT])}, CALL],
        [{**called("c1"), "thinking_blocks": [THOUGHT]}],
    ),
    "a thought with another server's": (
        [{"type": "reasoning", "summary": [], "encrypted_content": "gAAAA"}, CALL],
        [called("c1")],
    ),
    "a thought to which nothing was said": (
        [{"type": "reasoning", "summary": [text("a", "summary_text")]}, USER], [USER],
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", ITEMS)
def test_items_become_messages(case: str) -> None:
    items, expected = ITEMS[case]
    assert messages(*items) == expected


def test_what_system_and_developer_say_first_is_one_message() -> None:
    developer = said(text("b"), text("c"), role="developer")
    request = {"instructions": "a", "input": [developer, USER, {**developer, "role": "system"}]}
    assert read(request).chat["messages"] == [
        {"role": "system", "content": "a\n\nb\n\nc"},
        USER,
        {"role": "system", "content": "b\n\nc"},
    ]


@pytest.mark.parametrize("kind", ["web_search_call", "local_shell_call", "mcp_list_tools"])
def test_the_work_of_a_servers_own_tools_is_dropped(kind: str) -> None:
    assert asked({"type": kind, "id": "x"}).dropped == (f"input.{kind}",)


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "a reference": ({"input": [USER, {"type": "item_reference", "id": "x"}]}, "store: false"),
    "a compaction": ({"input": [USER, {"type": "compaction"}]}, "only its server"),
    "an unknown item": ({"input": [USER, {"type": "novelty"}]}, "novelty"),
    "an item without a type": ({"input": [{"text": "x"}]}, r"input\[0\].type"),
    "a role of a chat": ({"input": [{"role": "tool", "content": "x"}]}, "role"),
    "an output without its call": ({"input": [USER, OUTPUT]}, "'c1'"),
    "a call without an ID": ({"input": [USER, {**CALL, "call_id": None}]}, "call_id"),
    "a call without a name": ({"input": [USER, {**CALL, "name": ""}]}, "name"),
    "a file's ID": ({"input": [said({"type": "input_image", "file_id": "file-1"})]}, "file_id"),
    "a file's address": ({"input": [said({"type": "input_file", "file_url": "https://x"})]},
                         "would fetch"),
    "a file's address beside its content": (
        {"input": [said({"type": "input_file", "file_data": "x", "file_url": "https://x"})]},
        "would fetch",
    ),
    "an image of the model's": (
        {"input": [said({"type": "input_image", "image_url": PNG}, role="assistant")]}, "text",
    ),
    "no items": ({"input": []}, "input"),
    "only the work of hosted tools": ({"input": [{"type": "mcp_call"}]}, "no item"),
    "a chat's messages": ({"messages": [USER]}, "input"),
    "a chat's schema": ({"input": "x", "response_format": {"type": "json_object"}},
                        "response_format"),
    "a stop, which the API lacks": ({"input": "x", "stop": ["a"]}, "stop"),
    "several answers": ({"input": "x", "n": 2}, "n: a response"),
    "an MCP server": ({"input": "x", "tools": [{"type": "mcp", "server_url": "https://x"}]},
                      "connect"),
    "one in a namespace": ({"input": "x", "tools": [{**NAMESPACE, "tools": [{"type": "mcp"}]}]},
                           "connect"),
    "a tool without a name": ({"input": "x", "tools": [{"type": "function"}]}, "name"),
    "a choice of no tool": ({"input": "x", "tools": [{"type": "web_search"}],
                             "tool_choice": "required"}, "tool_choice"),
    "a choice of a hosted tool": ({"input": "x", "tools": [FUNCTION],
                                   "tool_choice": {"type": "web_search"}}, "web_search"),
    "a choice of another tool": ({"input": "x", "tools": [FUNCTION],
                                  "tool_choice": {"type": "function", "name": "g"}}, "'g'"),
    "a format without a schema": ({"input": "x", "text": {"format": {"type": "json_schema"}}},
                                  "text.format"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_what_would_change_the_answer_is_refused_by_name(case: str) -> None:
    request, words = REFUSED[case]
    with pytest.raises(PortalError, match=words) as caught:
        raise read(request).refusal or AssertionError("it is read")
    assert caught.value.code == "invalid_request"


def test_hosted_tools_are_dropped_and_the_others_stay() -> None:
    read_ = asked(tools=[{"type": "web_search"}, FUNCTION], tool_choice="auto")
    assert read_.dropped == ("tools.web_search",)
    assert [row["function"]["name"] for row in read_.chat["tools"]] == ["f"]


def test_a_namespaces_tools_are_functions() -> None:
    tools = asked(tools=[FUNCTION, NAMESPACE]).chat["tools"]
    assert [row["function"]["name"] for row in tools] == ["f", "mcp__a__f"]


def test_allowed_tools_are_those_that_are_offered() -> None:
    allowed = {"type": "allowed_tools", "mode": "required",
               "tools": [{"type": "function", "name": "g"}, {"type": "web_search"}]}  # fmt: skip
    chat = asked(tools=[FUNCTION, {**FUNCTION, "name": "g"}], tool_choice=allowed).chat
    assert [row["function"]["name"] for row in chat["tools"]] == ["g"]
    assert chat["tool_choice"] == "required"


ASKING: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({"include": ["message.output_text.logprobs"]}, {"logprobs": True}),
    ({"top_logprobs": 3}, {"logprobs": True, "top_logprobs": 3}),
    ({"top_logprobs": 0}, {}),
    ({}, {}),
]


@pytest.mark.parametrize(("fields", "expected"), ASKING)
def test_probabilities_are_asked_for(fields: dict[str, Any], expected: dict[str, Any]) -> None:
    read_ = asked(**fields)
    assert read_.chat.items() >= expected.items()
    assert ("logprobs" in read_.chat) == bool(expected)
    assert read_.dropped == ()
    assert read_.names["logprobs"] in ("top_logprobs", "include.message.output_text.logprobs")


def test_a_schema_keeps_its_name_and_strictness() -> None:
    form = {"type": "json_schema", "name": "x", "schema": {"type": "object"}, "strict": True}
    schema = {"name": "x", "schema": {"type": "object"}, "strict": True}
    chat = asked(text={"format": form}).chat
    assert chat["response_format"] == {"type": "json_schema", "json_schema": schema}
