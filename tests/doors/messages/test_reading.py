"""What clients of the Messages API send, and what becomes of it: no HTTP."""

from __future__ import annotations

from typing import Any

import pytest

from chat.requests import read_chat
from core.errors import PortalError
from doors.messages.request import read
from registry.providers import WIRES
from tests.registry.providers.streams import TARGET

PNG = {"type": "base64", "media_type": "image/png", "data": "iVBORw0KGgo="}
PICTURE = {"type": "image_url", "image_url": {"url": "data:image/png;base64,iVBORw0KGgo="}}
SCHEMA = {"type": "object", "properties": {"a": {"type": "string"}}}
TOOL = {"name": "look", "input_schema": SCHEMA}
CALL = {"type": "tool_use", "id": "t1", "name": "look", "input": {"a": "b"}}
CALLED = {"id": "t1", "type": "function", "function": {"name": "look", "arguments": '{"a": "b"}'}}
HOSTED = {"type": "web_search_20250305", "name": "web_search", "max_uses": 5}


def asked(*turns: Any, **fields: Any) -> Any:
    """Return what is read; each turn is its content, a user's and an assistant's by turns."""
    roles = ("user", "assistant")
    messages = [{"role": roles[n % 2], "content": turn} for n, turn in enumerate(turns or ("Hi",))]
    return read({"max_tokens": 9, "messages": messages, **fields})


def text(words: str, **more: Any) -> dict[str, Any]:
    return {"type": "text", "text": words, **more}


def result(content: Any = None, **more: Any) -> dict[str, Any]:
    given = {} if content is None else {"content": content}
    return {"type": "tool_result", "tool_use_id": "t1", **given, **more}


def user(*parts: Any) -> dict[str, Any]:
    return {"role": "user", "content": list(parts)}


def tool(content: str) -> dict[str, Any]:
    return {"role": "tool", "tool_call_id": "t1", "content": content}


TURNS: dict[str, tuple[list[Any], list[Any]]] = {
    "empty texts are left out": ([text(""), text("a")], [user(text("a"))]),
    "marks of the cache stay": ([text("a", cache_control={"type": "ephemeral"})],
                                [user(text("a", cache_control={"type": "ephemeral"}))]),
    "a result without content": ([result()], [tool("")]),
    "a result of no blocks": ([result([])], [tool("")]),
    "a result of text": ([result("x")], [tool("x")]),
    "a failed tool": ([result("no file", is_error=True)], [tool("Error: no file")]),
    "a result of blocks": ([result([text("x"), text("y")])], [tool("x\ny")]),
    "results come before what was written first": ([text("go"), result("x")],
                                                   [tool("x"), user(text("go"))]),
    "a picture in a result follows": ([result([text("x"), {"type": "image", "source": PNG}]), text("go")],
                                      [tool("x"), user(PICTURE, text("go"))]),
    "what a client's search found": (
        [result([{"type": "search_result", "title": "T", "source": "s", "content": [text("x")]}])],
        [tool("T\ns\nx")]),
    "a document of text": ([{"type": "document", "source": {"type": "text", "media_type": "text/plain", "data": "x"}}],
                           [user(text("x"))]),
    "a document": ([{"type": "document", "title": "a.pdf", "source": {"type": "base64", "media_type": "application/pdf", "data": "eA=="}}],
                   [user({"type": "file", "file": {"filename": "a.pdf", "file_data": "data:application/pdf;base64,eA=="}})]),
}  # fmt: skip


@pytest.mark.parametrize("name", TURNS)
def test_a_users_turn(name: str) -> None:
    content, expected = TURNS[name]
    request = asked(content)
    assert request.chat["messages"] == expected
    assert request.dropped == ()
    read_chat(request.chat)


ANSWERS: dict[str, tuple[list[Any], dict[str, Any]]] = {
    "calls": ([text("I look."), CALL, {**CALL, "id": "t2"}],
              {"content": "I look.", "tool_calls": [CALLED, {**CALLED, "id": "t2"}]}),
    "a call alone": ([CALL], {"content": None, "tool_calls": [CALLED]}),
    "text after a call": ([text("a"), CALL, text("b")], {"content": "ab", "tool_calls": [CALLED]}),
    "nothing": ([text("")], {"content": ""}),
    "arguments as text": ([{**CALL, "input": '{"a": "b"}'}], {"content": None, "tool_calls": [CALLED]}),
    "thoughts": ([{"type": "thinking", "thinking": "hm", "signature": "s"}, text("a")],
                 {"content": "a", "reasoning_content": "hm",
                  "thinking_blocks": [{"type": "thinking", "thinking": "hm", "signature": "s"}]}),
    "thoughts without a signature": (
        [{"type": "thinking", "thinking": "hm"}, text("a")],
        {"content": "a", "reasoning_content": "hm"}),
}  # fmt: skip


@pytest.mark.parametrize("name", ANSWERS)
def test_an_answer_in_the_history(name: str) -> None:
    content, expected = ANSWERS[name]
    request = asked("Hi", content, "go on")
    assert request.chat["messages"][1] == {"role": "assistant", **expected}
    assert request.dropped == ()
    read_chat(request.chat)


@pytest.mark.parametrize("signature", [{}, {"signature": ""}, {"signature": None}])
def test_a_thought_of_another_model_does_not_reach_a_server_that_wants_signatures(
    signature: dict[str, Any],
) -> None:
    thought = {"type": "thinking", "thinking": "hm", **signature}
    request = asked("Hi", [thought, text("a")], "go on")
    sent = WIRES["anthropic"].chat(TARGET, request.chat).body or b""
    assert b"thinking" not in sent


@pytest.mark.parametrize(
    "kind",
    ["server_tool_use", "web_search_tool_result", "mcp_tool_use", "wholly_new", "compaction"],
)
def test_an_answer_in_the_history_loses_what_no_other_server_knows(kind: str) -> None:
    request = asked("Hi", [{"type": kind, "id": "x"}, text("a")], "go on")
    assert request.chat["messages"][1]["content"] == "a"
    assert request.dropped == (f"content.{kind}",)


def test_a_system_prompt_may_be_blocks_or_stand_between_turns() -> None:
    marked = text("Be brief.", cache_control={"type": "ephemeral"})
    assert asked(system=[marked]).chat["messages"][0] == {"role": "system", "content": [marked]}
    assert asked(system="").chat["messages"] == [{"role": "user", "content": "Hi"}]
    assert asked(system=[text("")]).chat["messages"] == [{"role": "user", "content": "Hi"}]
    turns = [{"role": "user", "content": "a"}, {"role": "system", "content": [text("b")]}]
    read_back = read({"max_tokens": 1, "messages": turns}).chat["messages"]
    assert read_back[1] == {"role": "system", "content": [text("b")]}


REFUSED: dict[str, tuple[Any, dict[str, Any], str]] = {
    "a file of someone": ([{"type": "image", "source": {"type": "file", "file_id": "f"}}], {}, "base64"),
    "a file in a container": ([{"type": "container_upload", "file_id": "f"}], {}, "another user"),
    "a file in a result": ([result([{"type": "container_upload", "file_id": "f"}])], {}, "another user"),
    "an unknown block": ([{"type": "new"}], {}, "'new' is not known"),
    "an unknown block in a result": ([result([{"type": "new"}])], {}, "'new' is not known"),
    "a result that is no text": ([result({"a": 1})], {}, "a list of blocks"),
    "a result of words": ([result(["a"])], {}, "a list of blocks"),
    "a result of nothing that was called": ([{"type": "tool_result"}], {}, "tool_use_id"),
    "a text without text": ([{"type": "text"}], {}, "not text"),
    "a tool without a name": ("Hi", {"tools": [{"input_schema": {}}]}, "name"),
    "a schema that is a list": ("Hi", {"tools": [{"name": "a", "input_schema": ["a"]}]}, "input_schema"),
    "a choice of another tool": ("Hi", {"tools": [TOOL], "tool_choice": {"type": "tool", "name": "x"}}, "not offered"),
    "a choice of no tool": ("Hi", {"tools": [HOSTED], "tool_choice": {"type": "any"}}, "no tool"),
    "an unknown choice": ("Hi", {"tools": [TOOL], "tool_choice": {"type": "x"}}, "one of auto"),
    "a container": ("Hi", {"container": "c"}, "container"),
    "a new thread": ("Hi", {"thread": {"type": "create"}}, "keeps none"),
    "the rest of a thread": ("Hi", {"thread": {"type": "continue", "previous_message_id": "m"}}, "keeps none"),
    "a summary that only the provider reads": ("Hi", {"compaction": {"type": "summarize"}}, "compaction"),
    "addresses": ("Hi", {"mcp_servers": [{"url": "https://x"}]}, "addresses"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_would_be_another_request_is_refused(name: str) -> None:
    content, fields, message = REFUSED[name]
    with pytest.raises(PortalError, match=message) as caught:
        asked(content, **fields)
    assert caught.value.code == "invalid_request"
    assert caught.value.param


CHOICES: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({"type": "auto"}, {"tool_choice": "auto"}),
    ({"type": "any"}, {"tool_choice": "required"}),
    ({"type": "any", "disable_parallel_tool_use": True},
     {"tool_choice": "required", "parallel_tool_calls": False}),
    ({"type": "auto", "disable_parallel_tool_use": False}, {"tool_choice": "auto"}),
    ({"type": "none", "disable_parallel_tool_use": True}, {"tool_choice": "none"}),
    ({"type": "tool", "name": "look"},
     {"tool_choice": {"type": "function", "function": {"name": "look"}}}),
]  # fmt: skip


@pytest.mark.parametrize(("choice", "expected"), CHOICES)
def test_a_choice_of_tools(choice: dict[str, Any], expected: dict[str, Any]) -> None:
    chat = asked(tools=[TOOL], tool_choice=choice).chat
    assert {n: v for n, v in chat.items() if "tool_" in n} == expected


def test_tools_are_functions_and_those_of_a_server_are_dropped() -> None:
    request = asked(tools=[{"type": "custom", **TOOL, "description": "d"}, HOSTED],
                    tool_choice={"type": "auto"})  # fmt: skip
    function = {"name": "look", "description": "d", "parameters": SCHEMA}
    assert request.chat["tools"] == [{"type": "function", "function": function}]
    assert request.dropped == ("tools.web_search_20250305",)
    only = asked(tools=[HOSTED], tool_choice={"type": "auto"}).chat
    assert not {"tools", "tool_choice"} & only.keys(), "OpenAI refuses a choice without tools"


@pytest.mark.parametrize("schema", [{}, {"type": "object"}, {"type": "object", "properties": None}])
def test_a_schema_without_properties_gets_them(schema: dict[str, Any]) -> None:
    (tool,) = asked(tools=[{"name": "look", "input_schema": schema}]).chat["tools"]
    assert tool["function"]["parameters"] == {"type": "object", "properties": {}}


def test_hundreds_of_tools_are_taken() -> None:
    tools = [{**TOOL, "name": f"mcp__server__tool_{n}"} for n in range(400)]
    assert len(asked(tools=tools).chat["tools"]) == 400


EFFORTS: list[tuple[dict[str, Any], str | None]] = [
    ({"thinking": {"type": "enabled", "budget_tokens": 1024}}, "low"),
    ({"thinking": {"type": "enabled", "budget_tokens": 31_999}}, "high"),
    ({"thinking": {"type": "adaptive"}}, None),
    ({"thinking": {"type": "disabled"}}, None),
    ({"thinking": {"type": "adaptive"}, "output_config": {"effort": "max"}}, "high"),
    ({"output_config": {"effort": "medium"}}, "medium"),
]


@pytest.mark.parametrize(("fields", "effort"), EFFORTS)
def test_how_hard_a_model_is_to_think(fields: dict[str, Any], effort: str | None) -> None:
    request = asked(**fields)
    assert request.chat.get("reasoning_effort") == effort
    assert request.added == ("reasoning_effort",), "it is left out if a model refuses it"


def test_a_long_user_id_is_dropped() -> None:
    assert asked(metadata={"user_id": "u" * 64}).chat["user"] == "u" * 64
    request = asked(metadata={"user_id": "u" * 65})
    assert "user" not in request.chat
    assert request.dropped == ("metadata.user_id",)
