"""What of a Messages request a server of this API gets: no HTTP."""

from __future__ import annotations

from typing import Any

import pytest

from doors.messages.native import fit, headers
from doors.messages.request import read
from registry.config.load import load_config
from registry.snapshot import build
from tests.doors.messages.test_reading import CALL, HOSTED, PNG, TOOL, asked, result, text

MODELS = b"""
models:
  rock: {api: anthropic, endpoint: "http://h", registry: {m: {capabilities: [chat]}}}
  open: {api: anthropic, endpoint: "http://h", tools: [web_search_20250305]}
"""
REGISTRY = build(load_config(MODELS, {}))
MARK = {"type": "ephemeral"}
SIGNED = {"type": "thinking", "thinking": "hm", "signature": "s"}
FOUND = {"type": "web_search_tool_result", "tool_use_id": "s", "content": [{"url": "https://x"}]}
SHELL = {"type": "bash_20250124", "name": "bash"}
TURNS = ([text("a", cache_control=MARK)], [SIGNED, text("b"), CALL],
         [result([text("x"), {"type": "image", "source": PNG}], is_error=True, cache_control=MARK)])  # fmt: skip
FIELDS: dict[str, Any] = {
    "model": "m", "system": [text("s", cache_control=MARK)], "temperature": 1, "stream": True,
    "thinking": {"type": "adaptive"}, "output_config": {"effort": "max"}, "metadata": {"user_id": "u" * 200},
    "context_management": {"edits": [{"type": "clear_thinking_20251015"}]}, "cache_control": MARK,
    "tools": [{**TOOL, "input_examples": [{"a": "b"}], "defer_loading": True, "cache_control": MARK}, SHELL],
    "tool_choice": {"type": "any", "disable_parallel_tool_use": True}, "stop_sequences": ["END"],
}  # fmt: skip


def fitted(request: Any, name: str = "rock") -> tuple[dict[str, Any], list[str]]:
    return fit(request, REGISTRY.resolve("chat", f"{name}:m", None).provider)


def test_a_request_of_known_fields_stays_as_it_is() -> None:
    request = asked(*TURNS, **FIELDS)
    body, dropped = fitted(request)
    roles = ("user", "assistant", "user")
    turns = [{"role": r, "content": t} for r, t in zip(roles, TURNS, strict=True)]
    assert body == {"max_tokens": 9, "messages": turns, **FIELDS}
    assert dropped == []
    assert request.dropped, "other servers get less of it"


TURN: dict[str, tuple[Any, Any, list[str]]] = {
    "an empty text": ([text(""), text("a")], [text("a")], []),
    "an unsigned thought": ([{**SIGNED, "signature": ""}, text("a")], [text("a")], ["content.thinking"]),
    "an unknown field": ([text("a", api_thing=1)], [text("a")], ["content.api_thing"]),
    "an unknown block": ([{"type": "wholly_new"}, text("a")], [text("a")], ["content.wholly_new"]),
    "what the API's own tools found": ([FOUND, text("a")], [FOUND, text("a")], []),
}  # fmt: skip


@pytest.mark.parametrize(
    "source", [{**PNG, "Type": "url", "URL": "http://x"}, {**PNG, "url": "http://x"}]
)
def test_a_source_has_the_fields_of_its_kind(source: Any) -> None:
    """Servers in Go read `Type` as `type`, and would fetch the address."""
    body, dropped = fitted(asked([{"type": "image", "source": source}]))
    assert body["messages"][0]["content"] == [{"type": "image", "source": PNG}]
    assert "content.source.url" in [name.lower() for name in dropped]


def test_what_was_found_is_text_alone() -> None:
    image = {"type": "image", "source": {"type": "url", "url": "https://10.0.0.1/x"}}
    found = {"type": "search_result", "source": "https://x", "title": "t", "content": [text("a")]}
    body, dropped = fitted(asked([{**found, "content": [text("a"), image]}]))
    assert (body["messages"][0]["content"], dropped) == ([found], ["content.content"])


@pytest.mark.parametrize("name", TURN)
def test_an_answer_in_the_history(name: str) -> None:
    given, expected, names = TURN[name]
    body, dropped = fitted(asked("Hi", given, "go on"))
    assert body["messages"][1]["content"] == expected
    assert dropped == names


def test_a_turn_of_nothing_is_left_out_and_the_ids_of_turns_are_dropped() -> None:
    turns = [{"role": "user", "content": "Hi", "id": "1", "type": "message"},
             {"role": "assistant", "content": [text("")]}]  # fmt: skip
    body, dropped = fitted(read({"max_tokens": 1, "messages": turns}))
    assert body["messages"] == [{"role": "user", "content": "Hi"}]
    assert dropped == ["messages.id"]


def test_tools_of_the_server_need_a_line_in_the_file() -> None:
    request = asked(tools=[TOOL, HOSTED])
    assert fitted(request) == (
        {"max_tokens": 9, "messages": request.own["messages"], "tools": [TOOL]},
        ["tools.web_search_20250305"],
    )
    assert fitted(request, "open")[0]["tools"] == [TOOL, HOSTED]
    assert fitted(request, "open")[1] == []
    only = asked(tools=[HOSTED], tool_choice={"type": "auto"})
    assert not {"tools", "tool_choice"} & fitted(only)[0].keys()


def test_what_no_server_gets_is_dropped_and_reported() -> None:
    body, dropped = fitted(
        asked(service_tier="standard_only", betas=["a"], wholly_new=1, top_k=None)
    )
    assert body.keys() == {"max_tokens", "messages"}
    assert sorted(dropped) == ["betas", "service_tier", "wholly_new"]


BETAS = [
    (b"", ()),
    (b"context-management-2025-06-27, effort-2025-11-24", ("context-management-2025-06-27,effort-2025-11-24",)),
    (b"oauth-2025-04-20,mcp-client-2025-04-04,files-api-2025-04-14,skills-2025-10-02", ()),
    (b"a\r\nx-api-key: b, c d, \xe9", ()),
]  # fmt: skip


@pytest.mark.parametrize(("header", "expected"), BETAS)
def test_betas_are_passed_on_but_not_those_of_refused_fields(
    header: bytes, expected: tuple[str, ...]
) -> None:
    received = {b"anthropic-beta": header, b"anthropic-version": b"1999-01-01", b"x-api-key": b"k"}
    assert headers(received) == tuple(("anthropic-beta", value) for value in expected)
