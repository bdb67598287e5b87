"""What of a Responses request a server of this API gets: no HTTP."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest

from core.errors import PortalError
from doors.responses import read
from doors.responses.native import fit
from doors.responses.thoughts import closed
from registry.config.load import load_config
from registry.snapshot import build
from tests.doors.responses.test_reading import (
    CALL,
    FUNCTION,
    NAMESPACE,
    OUTPUT,
    PNG,
    USER,
    said,
    text,
)

MODELS = b"""
models:
  shut: {api: openai, endpoint: "http://h/v1", apis: [responses], registry: {m: {capabilities: [chat]}}}
  open: {api: openai, endpoint: "http://h/v1", apis: [responses],
         tools: [web_search, mcp, code_interpreter, shell, file_search, image_generation]}
"""
REGISTRY = build(load_config(MODELS, {}))
SEARCH = {"type": "web_search", "filters": {"allowed_domains": ["example.org"]}}
PATCH = {"type": "custom", "name": "patch", "format": {"type": "grammar", "syntax": "lark"}}
SHELL = {"type": "local_shell"}
THOUGHT = {
    "type": "reasoning",
    "id": "rs_1",
    "summary": [text("a", "summary_text")],
    "encrypted_content": "gAAA",
}
FORM = {"type": "json_schema", "name": "x", "schema": {"type": "object"}, "strict": True}
ITEMS: tuple[Any, ...] = (
    said(text("Look"), {"type": "input_image", "image_url": PNG, "detail": "original"},
         {"type": "input_file", "filename": "a.pdf", "file_data": "data:x"}),
    THOUGHT,
    {**said({**text("b", "output_text"), "annotations": [], "logprobs": []}, role="assistant"), "id": "msg_1",
     "status": "completed", "phase": "commentary"},
    CALL,
    {**OUTPUT, "output": [text("c"), {"type": "input_image", "image_url": PNG}]},
    {"type": "custom_tool_call", "call_id": "c2", "name": "patch", "input": "x", "id": "ctc_1"},
    {"type": "custom_tool_call_output", "call_id": "c2", "output": "done"},
    {"type": "local_shell_call", "call_id": "c3", "action": {"type": "exec", "env": {"HOST": "a"}}},
    {"type": "local_shell_call_output", "call_id": "c3", "output": "https://a"},
    {"type": "computer_call_output", "call_id": "c4", "output": {"type": "computer_screenshot", "image_url": PNG}},
    {"type": "web_search_call", "id": "ws_1", "action": {"type": "open_page", "url": "https://a"}},
    {"type": "compaction", "encrypted_content": "gAAA"},
)  # fmt: skip
FIELDS: dict[str, Any] = {
    "instructions": "Be brief.", "max_output_tokens": 9, "temperature": 0, "stream": True,
    "reasoning": {"effort": "low", "summary": "auto"}, "text": {"format": FORM, "verbosity": "low"},
    "include": ["reasoning.encrypted_content", "message.output_text.logprobs"], "top_logprobs": 3,
    "truncation": "auto", "max_tool_calls": 3, "stream_options": {"include_obfuscation": False},
    "context_management": [{"type": "compaction", "compact_threshold": 9000}], "metadata": {"a": "b"},
    "tools": [{**FUNCTION, "defer_loading": True}, PATCH, {**NAMESPACE, "description": "d"}, SHELL],
    "tool_choice": {"type": "custom", "name": "patch"}, "parallel_tool_calls": False,
    "prompt_cache_key": "k", "service_tier": "auto",
}  # fmt: skip


def fitted(request: dict[str, Any], name: str = "shut") -> tuple[dict[str, Any], list[str]]:
    return fit(read({"input": [USER], **request}), REGISTRY.resolve("chat", f"{name}:m").provider)


def test_a_request_of_known_fields_stays_as_it_is_but_is_not_stored() -> None:
    request = {"model": "m", "input": [USER, *ITEMS], **FIELDS}
    body, dropped = fitted(request)
    assert body == {**request, "store": False}
    assert dropped == []
    assert read(request).dropped, "other servers get less of it"


def test_nothing_is_ever_stored() -> None:
    for more in ({}, {"store": True}, {"store": False}, {"store": None}):
        assert fitted(more)[0] == {"input": [USER], "store": False}
    assert fitted({"store": True, "wholly_new": 1, "client_metadata": {}})[1] == [
        "store", "wholly_new", "client_metadata"]  # fmt: skip


def test_what_asks_for_nothing_is_left_out() -> None:
    neutral: dict[str, Any] = {
        "n": 1,
        "background": False,
        "conversation": None,
        "top_p": None,
        "tools": [],
    }
    assert fitted(neutral) == ({"input": [USER], "store": False}, [])


LOST: dict[str, tuple[Any, Any, list[str]]] = {
    "an unknown field of an item": ({**CALL, "file_url": "https://a"}, CALL, ["input.file_url"]),
    "an unknown field of a part": (
        said({**text("a"), "image_url": "http://inside/", "file_ids": ["f"]}), said(text("a")),
        ["content.file_ids", "content.image_url"],
    ),
    "an image as in a chat": (
        said({"type": "input_image", "image_url": {"url": PNG, "file_id": "f"}}),
        said({"type": "input_image", "image_url": PNG}), [],
    ),
    "an unknown field of a sound": (
        said({"type": "input_audio", "input_audio": {"data": "a", "format": "wav", "url": "http://a"}}),
        said({"type": "input_audio", "input_audio": {"data": "a", "format": "wav"}}),
        ["content.input_audio.url"],
    ),
    "a thought that only an ID names": ({**THOUGHT, "encrypted_content": None}, None, ["input.reasoning"]),
    "a portal's thought": ({**THOUGHT, "encrypted_content": closed([{"type": "thinking"}])}, None,
                           ["input.reasoning"]),
    "an open thought of a portal": (
        {"type": "reasoning", "summary": [], "content": [text("a", "reasoning_text")], "encrypted_content": closed([])},
        {"type": "reasoning", "summary": [], "content": [text("a", "reasoning_text")]}, [],
    ),
    "an image that the server made": ({"type": "image_generation_call", "id": "ig_1"}, None,
                                      ["input.image_generation_call"]),
    "the work of another server's MCP": ({"type": "mcp_call"}, None, ["input.mcp_call"]),
    "a session of code": ({"type": "code_interpreter_call", "container_id": "cntr_1"}, None,
                          ["input.code_interpreter_call"]),
}  # fmt: skip


@pytest.mark.parametrize("case", LOST)
def test_what_no_server_gets_is_dropped_and_reported(case: str) -> None:
    item, expected, names = LOST[case]
    body, dropped = fitted({"input": [USER, item]})
    assert body["input"][1:] == ([expected] if expected else [])
    assert dropped == names


def test_unknown_fields_inside_of_objects_are_dropped() -> None:
    known: dict[str, Any] = {
        "reasoning": {"effort": "low"}, "text": {"format": FORM}, "tools": [FUNCTION],
        "context_management": [{"type": "compaction"}],
    }  # fmt: skip
    asked = {
        "reasoning": {"effort": "low", "new": 1}, "text": {"format": {**FORM, "new": 1}, "new": 1},
        "tools": [{**FUNCTION, "new": 1}], "include": ["new.thing"],
        "context_management": [{"type": "compaction", "file_id": "f"}],
    }  # fmt: skip
    body, dropped = fitted(asked)
    assert body == {"input": [USER], "store": False, **known}
    assert dropped == ["reasoning.new", "text.new", "text.format.new", "context_management.file_id",
                       "include.new.thing", "tools.new"]  # fmt: skip


ODD: list[dict[str, Any]] = [
    {"tools": [{"type": ["web_search"]}]},
    {"tools": [FUNCTION], "tool_choice": {"type": ["function"]}},
    {"input": [USER, {"type": "shell_call_output", "output": [{"type": ["input_text"]}]}]},
]


@pytest.mark.parametrize("request_", ODD)
def test_types_that_are_no_words_are_not_known(request_: dict[str, Any]) -> None:
    with contextlib.suppress(PortalError):
        assert fitted(request_)[0]["input"]


def test_hosted_tools_need_a_line_in_the_file() -> None:
    request = {"tools": [SEARCH, FUNCTION], "tool_choice": "auto"}
    assert fitted(request) == (
        {"input": [USER], "store": False, "tools": [FUNCTION], "tool_choice": "auto"}, ["tools.web_search"],
    )  # fmt: skip
    assert fitted(request, "open") == ({"input": [USER], "store": False, **request}, [])
    only, dropped = fitted({"tools": [SEARCH], "tool_choice": "auto"})
    assert (only, dropped) == ({"input": [USER], "store": False}, ["tools.web_search"])


CHOICES: list[Any] = [
    {"type": "web_search"}, "required", {"type": "function", "name": "f"}, "none",
    {"type": "function", "name": "f", "namespace": "mcp__a"},
    {"type": "allowed_tools", "mode": "required", "tools": [{"type": "web_search"}]},
]  # fmt: skip


@pytest.mark.parametrize("choice", CHOICES)
def test_a_choice_among_the_tools_stays_as_it_is(choice: Any) -> None:
    tools = [SEARCH, FUNCTION, NAMESPACE]
    assert fitted({"tools": tools, "tool_choice": choice}, "open")[0]["tool_choice"] == choice


def test_a_choice_loses_the_tools_that_are_not_there() -> None:
    allowed = {"type": "allowed_tools", "mode": "auto", "tools": [{"type": "web_search"}, {"type": "function", "name": "f"}]}  # fmt: skip
    body, _ = fitted({"tools": [SEARCH, FUNCTION], "tool_choice": allowed})
    assert body["tool_choice"] == {**allowed, "tools": [{"type": "function", "name": "f"}]}


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "a choice of a tool that is not listed": ({"tools": [{"type": "web_search_preview"}], "tool_choice": {"type": "web_search_preview"}}, "web_search_preview"),
    "a call that must be of no tool": ({"tools": [{"type": "novelty"}], "tool_choice": "required"}, "none of the tools"),
    "a choice of another function": ({"tools": [FUNCTION], "tool_choice": {"type": "function", "name": "g"}}, "'g'"),
    "a choice of a function of a namespace without it": ({"tools": [NAMESPACE], "tool_choice": {"type": "function", "name": "f"}}, "'f'"),
    "allowed tools that are not there": ({"tools": [FUNCTION], "tool_choice": {"type": "allowed_tools", "tools": [{"type": "novelty"}]}}, "none of the tools"),
    "an unknown word": ({"tools": [FUNCTION], "tool_choice": "any"}, "'any'"),
    "an MCP server, though listed": ({"tools": [{"type": "mcp", "server_url": "https://x"}]}, "connect"),
    "one in a namespace": ({"tools": [{**NAMESPACE, "tools": [{"type": "mcp"}]}]}, "connect"),
    "another user's container": ({"tools": [{"type": "code_interpreter", "container": "cntr_1"}]}, "another user"),
    "files in a container": ({"tools": [{"type": "code_interpreter", "container": {"type": "auto", "file_ids": ["f"]}}]}, "file_ids"),
    "a shell in another container": ({"tools": [{"type": "shell", "environment": {"type": "container_reference", "container_id": "c"}}]}, "container_id"),
    "another user's files": ({"tools": [{"type": "file_search", "vector_store_ids": ["vs"]}]}, "vector_store_ids"),
    "a mask's address": ({"tools": [{"type": "image_generation", "input_image_mask": {"image_url": "http://x"}}]}, "fetch"),
    "a screen's address": ({"input": [USER, {"type": "computer_call_output", "output": {"image_url": "http://x"}}]}, "fetch"),
    "a screen's file": ({"input": [USER, {"type": "computer_call_output", "output": {"file_id": "f"}}]}, "file_id"),
    "an image in a shell's output": ({"input": [USER, {"type": "shell_call_output", "output": [{"type": "input_image", "image_url": "http://x"}]}]}, "fetch"),
    "a reference": ({"input": [USER, {"type": "item_reference", "id": "msg_1"}]}, "keeps no items"),
    "a reference without a type": ({"input": [USER, {"id": "msg_1"}]}, "not an item"),
    "a response": ({"previous_response_id": "resp_1"}, "keeps no responses"),
    "a template": ({"prompt": {"id": "p"}}, "template"),
    "a task in the background": ({"background": True}, "keeps no responses"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_what_no_server_may_get_is_refused(case: str) -> None:
    request, words = REFUSED[case]
    with pytest.raises(PortalError, match=words) as caught:
        fitted(request, "open")
    assert caught.value.code == "invalid_request"
