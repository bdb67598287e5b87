"""What becomes of a caller's fields at Anthropic: translated, dropped and reported, or refused."""

from __future__ import annotations

from typing import Any

import pytest

from core.errors import PortalError
from registry.providers import anthropic
from tests.registry.providers.anthropic.requests import (
    MESSAGES,
    PLAIN,
    TOOLS,
    WEATHER,
    dropped,
    sent,
    target,
)
from tests.registry.providers.streams import TARGET

# ── Addresses and headers ───────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("written", "completed"),
    [("https://h", "https://h/v1"), ("https://h/v1/", "https://h/v1"),
     ("https://h/anthropic", "https://h/anthropic/v1"), ("https://h/?a=1", "https://h/v1?a=1"),
     ("https://h/v1/messages", "https://h/v1/messages")],
)  # fmt: skip
def test_an_address_needs_no_version(written: str, completed: str) -> None:
    assert anthropic.base_url(written) == completed


@pytest.mark.parametrize(
    ("address", "other"),
    [("https://h/v1", ""), ("https://h/v1/messages", "https://h/v1"),
     ("https://h/v1/chat/completions?a=1", "https://h/v1?a=1"),
     ("https://h/messages/v1", "https://h/v1")],
)  # fmt: skip
def test_an_address_with_a_route_is_recognised(address: str, other: str) -> None:
    assert anthropic.other_address(address) == other


def test_the_key_has_a_header_of_its_own() -> None:
    assert anthropic.headers("k") == {"x-api-key": "k", "anthropic-version": "2023-06-01"}
    assert anthropic.headers("") == {"anthropic-version": "2023-06-01"}


def test_each_request_has_its_route() -> None:
    asked = target()
    assert anthropic.chat(asked, {"messages": MESSAGES}).url == "http://h/v1/messages"
    assert anthropic.empty_chat(asked).url == "http://h/v1/messages"
    assert anthropic.models(asked).url == "http://h/v1/models"


@pytest.mark.parametrize("ask", [anthropic.embeddings, anthropic.completion])
def test_what_the_api_has_no_route_for_is_refused(ask: Any) -> None:
    with pytest.raises(PortalError, match="p has no") as caught:
        ask(TARGET, {"input": "x", "prompt": "x"})
    assert (caught.value.code, caught.value.param) == ("invalid_request", "model")


# ── Fields ──────────────────────────────────────────────────────────────────────────────────


def test_a_plain_request_has_what_the_api_requires() -> None:
    assert sent() == PLAIN
    assert sent(stream=True, stream_options={"include_usage": True}) == {**PLAIN, "stream": True}


@pytest.mark.parametrize(
    ("fields", "expected"),
    [({"max_tokens": 5}, {"max_tokens": 5}), ({"max_completion_tokens": 5}, {"max_tokens": 5}),
     ({"max_tokens": -1}, {}), ({"temperature": 0.5, "top_p": 0.9, "top_k": 4},
                                {"temperature": 0.5, "top_p": 0.9, "top_k": 4}),
     ({"stop": "x"}, {"stop_sequences": ["x"]}), ({"stop": ["x", "y"]}, {"stop_sequences": ["x", "y"]}),
     ({"service_tier": "default"}, {"service_tier": "standard_only"}),
     ({"user": "u-1"}, {"metadata": {"user_id": "u-1"}}),
     ({"safety_identifier": "s", "user": "u"}, {"metadata": {"user_id": "s"}}),
     ({"cache_control": {"type": "ephemeral"}}, {"cache_control": {"type": "ephemeral"}}),
     ({"n": 1, "logit_bias": {}, "logprobs": False, "seed": None, "frequency_penalty": 0}, {})],
)  # fmt: skip
def test_fields_are_translated(fields: Any, expected: Any) -> None:
    assert dropped(**fields) == ()
    assert sent(**fields) == {**PLAIN, **expected}


def test_options_of_the_file_are_the_apis_own_or_openais() -> None:
    options = target(max_tokens=99, stop_sequences=["s"], metadata={"user_id": "f"}, new=1, top_k=2)
    own = {
        "max_tokens": 99,
        "stop_sequences": ["s"],
        "metadata": {"user_id": "f"},
        "new": 1,
        "top_k": 2,
    }
    assert sent(options) == {**PLAIN, **own}
    asked = sent(options, max_completion_tokens=5, stop="x", top_k=3)
    assert asked == {**PLAIN, **own, "max_tokens": 5, "stop_sequences": ["x"], "top_k": 3}


def test_null_in_the_file_removes_a_field() -> None:
    assert sent(target(temperature=None, top_k=None), temperature=1, top_k=4) == PLAIN


@pytest.mark.parametrize(
    "fields",
    [{"seed": 4}, {"metadata": {"a": "b"}}, {"store": True}, {"frequency_penalty": 0.5},
     {"min_p": 0.1}, {"prompt_cache_key": "x"}, {"verbosity": "low"}, {"service_tier": "flex"},
     {"user": "ann@example.org"}],
)  # fmt: skip
def test_what_the_api_has_no_field_for_is_dropped_and_reported(fields: Any) -> None:
    assert dropped(**fields) == tuple(fields)
    assert sent(**fields) == PLAIN


@pytest.mark.parametrize(
    ("field", "value"),
    [("n", 2), ("logit_bias", {"1": 2}), ("functions", [{}]), ("grammar", "root ::= x"),
     ("modalities", ["audio"]), ("logprobs", True), ("top_logprobs", 2), ("regex", "a+"),
     ("response_format", {"type": "json_object"}), ("response_format", {"type": "grammar"}),
     ("reasoning_effort", "extreme"), ("tools", [{"type": "custom", "custom": {"name": "x"}}]),
     ("web_search_options", {})],
)  # fmt: skip
def test_what_would_change_the_answer_is_refused_by_name(field: str, value: Any) -> None:
    with pytest.raises(PortalError) as caught:
        dropped(**{field: value})
    assert (caught.value.code, caught.value.param) == ("invalid_request", field)


# ── Tools ───────────────────────────────────────────────────────────────────────────────────


def test_tools_are_translated() -> None:
    assert sent(tools=TOOLS)["tools"] == [
        {"name": "weather", "description": "Looks out", "input_schema": WEATHER["function"]["parameters"]},  # type: ignore[index]
        {"name": "time", "input_schema": {"type": "object", "properties": {}, "additionalProperties": False}},
    ]  # fmt: skip
    assert "tool_choice" not in sent(tools=TOOLS)


def test_a_tool_keeps_its_cache_mark_and_is_strict() -> None:
    mark = {"type": "ephemeral"}
    schema = {"type": "object", "properties": {"a": {"type": "integer", "minimum": 1}}}
    tool = {"type": "function", "cache_control": mark, "extra": 1,
            "function": {"name": "f", "strict": True, "parameters": schema}}  # fmt: skip
    assert dropped(tools=[tool]) == ("tools.extra", "tools.minimum")
    assert sent(tools=[tool])["tools"] == [
        {"name": "f", "strict": True, "cache_control": mark, "input_schema": {
            "type": "object", "additionalProperties": False,
            "properties": {"a": {"type": "integer", "description": "{minimum: 1}"}}}}]  # fmt: skip


def test_the_apis_own_tools_pass_unchanged() -> None:
    tool = {"type": "web_search_20250305", "name": "web_search", "max_uses": 2}
    assert sent(tools=[tool])["tools"] == [tool]


@pytest.mark.parametrize(
    ("fields", "expected"),
    [({"tool_choice": "auto"}, {"type": "auto"}), ({"tool_choice": "required"}, {"type": "any"}),
     ({"tool_choice": "none"}, {"type": "none"}),
     ({"tool_choice": {"type": "function", "function": {"name": "time"}}}, {"type": "tool", "name": "time"}),
     ({"parallel_tool_calls": False}, {"type": "auto", "disable_parallel_tool_use": True}),
     ({"parallel_tool_calls": False, "tool_choice": "required"},
      {"type": "any", "disable_parallel_tool_use": True}),
     ({"parallel_tool_calls": True}, None)],
)  # fmt: skip
def test_tool_choice_is_translated(fields: Any, expected: Any) -> None:
    assert sent(tools=TOOLS, **fields).get("tool_choice") == expected
    assert "tool_choice" not in sent(**fields)


def test_a_choice_among_no_tools_offers_none() -> None:
    choice = {"type": "allowed_tools", "allowed_tools": {"mode": "auto", "tools": []}}
    payload = sent(tools=TOOLS, tool_choice=choice)
    assert "tools" not in payload
    assert "tool_choice" not in payload


def test_a_choice_of_a_hosted_tool_is_refused() -> None:
    with pytest.raises(PortalError, match="names functions"):
        dropped(tools=TOOLS, tool_choice={"type": "mcp", "server_label": "x"})
