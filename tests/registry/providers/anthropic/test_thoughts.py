"""How an answer in JSON, and thoughts, are asked of Anthropic."""

from __future__ import annotations

from typing import Any

import pytest

from core.errors import PortalError
from registry.providers.anthropic.fields import MAX_TOKENS
from registry.providers.anthropic.thoughts import BUDGET
from registry.providers.wire import Target
from tests.registry.providers.anthropic.requests import (
    MESSAGES,
    PLAIN,
    TOOLS,
    dropped,
    sent,
    target,
)

# ── JSON ────────────────────────────────────────────────────────────────────────────────────


def json_schema(schema: Any) -> Any:
    return {"type": "json_schema", "json_schema": {"name": "a", "strict": True, "schema": schema}}


def test_a_json_schema_is_sent_with_closed_objects() -> None:
    schema = {"$defs": {"B": {"type": "object", "properties": {"c": {"type": "string", "format": "date"}}}},
              "type": "object", "properties": {"b": {"oneOf": [{"$ref": "#/$defs/B"}, {"type": "null"}]}},
              "required": ["b"], "$schema": "x"}  # fmt: skip
    fields = {"response_format": json_schema(schema)}
    assert dropped(**fields) == ()
    assert sent(**fields)["output_config"] == {"format": {"type": "json_schema", "schema": {
        "$defs": {"B": {"type": "object", "properties": {"c": {"type": "string", "format": "date"}},
                        "additionalProperties": False}},
        "type": "object", "properties": {"b": {"anyOf": [{"$ref": "#/$defs/B"}, {"type": "null"}]}},
        "required": ["b"], "additionalProperties": False}}}  # fmt: skip
    assert sent(guided_json=schema)["output_config"] == sent(**fields)["output_config"]


def test_constraints_that_the_api_rejects_are_reported_and_described() -> None:
    age = {"type": "integer", "minimum": 0, "maximum": 150, "description": "In years"}
    names = {"type": "array", "items": {"type": "string", "pattern": "^a"}, "minItems": 3}
    fields = {"response_format": json_schema(
        {"type": "object", "properties": {"age": age, "names": names}})}  # fmt: skip
    assert dropped(**fields) == tuple(
        f"response_format.{name}" for name in ("minimum", "maximum", "pattern", "minItems"))  # fmt: skip
    properties = sent(**fields)["output_config"]["format"]["schema"]["properties"]
    assert properties["age"] == {
        "type": "integer",
        "description": "In years\n\n{minimum: 0, maximum: 150}",
    }
    assert properties["names"]["description"] == "{minItems: 3}"


@pytest.mark.parametrize(
    "schema",
    [{"type": "object"}, {"type": "object", "additionalProperties": {"type": "string"}},
     {"type": "object", "properties": {"a": {"type": "object"}}}],
)  # fmt: skip
def test_objects_with_free_keys_are_refused(schema: Any) -> None:
    with pytest.raises(PortalError, match="free keys") as caught:
        dropped(response_format=json_schema(schema))
    assert caught.value.param == "response_format"


# ── Thoughts ────────────────────────────────────────────────────────────────────────────────


def budget(tokens: int) -> dict[str, Any]:
    return {"type": "enabled", "budget_tokens": tokens}


@pytest.mark.parametrize(
    ("fields", "thinking", "max_tokens"),
    [({"reasoning_effort": "low"}, budget(2048), MAX_TOKENS + 2048),
     ({"reasoning_effort": "high", "max_tokens": 4000}, budget(2000), 4000),
     ({"reasoning_effort": "none"}, {"type": "disabled"}, MAX_TOKENS),
     ({"enable_thinking": True}, budget(8192), MAX_TOKENS + 8192),
     ({"chat_template_kwargs": {"enable_thinking": False}}, {"type": "disabled"}, MAX_TOKENS),
     ({"reasoning": {"effort": "minimal"}}, budget(1024), MAX_TOKENS + 1024),
     ({"reasoning": {"max_tokens": 3000}}, budget(3000), MAX_TOKENS + 3000),
     ({"thinking_budget": 3}, budget(1024), MAX_TOKENS + 1024),
     ({"thinking": budget(5000)}, budget(5000), MAX_TOKENS + 5000),
     ({"thinking": {"type": "enabled"}}, budget(8192), MAX_TOKENS + 8192),
     ({"thinking": {"type": "disabled"}}, {"type": "disabled"}, MAX_TOKENS),
     ({"thinking": {"type": "adaptive"}}, {"type": "adaptive"}, MAX_TOKENS),
     ({}, None, MAX_TOKENS)],
)  # fmt: skip
def test_an_effort_becomes_a_budget(fields: Any, thinking: Any, max_tokens: int) -> None:
    assert dropped(**fields) == ()
    payload = sent(**fields)
    assert (payload.get("thinking"), payload["max_tokens"]) == (thinking, max_tokens)
    assert "output_config" not in payload


@pytest.mark.parametrize(
    "options", [target(thinking={"type": "adaptive"}), target(frozenset({BUDGET}))]
)
def test_models_that_refuse_budgets_get_the_effort(options: Target) -> None:
    payload = sent(options, reasoning_effort="minimal", response_format=json_schema(
        {"type": "object", "properties": {"a": {"type": "string"}}}))  # fmt: skip
    assert payload["thinking"]["type"] == "adaptive"
    assert payload["output_config"]["effort"] == "low"
    assert payload["output_config"]["format"]["type"] == "json_schema"
    assert payload["max_tokens"] == MAX_TOKENS


def test_samplers_give_way_to_thoughts() -> None:
    fields: dict[str, Any] = {"reasoning_effort": "low", "temperature": 0.2, "top_k": 3}
    assert dropped(**fields) == ("temperature", "top_k")
    assert sent(**fields).keys() == {*PLAIN, "thinking"}


CALL = {"id": "c", "type": "function", "function": {"name": "time", "arguments": "{}"}}
HISTORY: list[dict[str, Any]] = [*MESSAGES, {"role": "assistant", "tool_calls": [CALL]},
           {"role": "tool", "tool_call_id": "c", "content": "noon"}]  # fmt: skip


@pytest.mark.parametrize(
    "fields",
    [{"tools": TOOLS, "tool_choice": "required"}, {"max_tokens": 2000},
     {"messages": HISTORY, "tools": TOOLS},
     {"messages": [*HISTORY, *MESSAGES], "tools": TOOLS},
     {"messages": [*HISTORY, {"role": "system", "content": "x"}, *MESSAGES, *MESSAGES], "tools": TOOLS}],
    ids=["a forced call", "a low limit", "lost thoughts", "words after a result", "more words"],
)  # fmt: skip
def test_an_effort_gives_way_where_the_api_refuses_thoughts(fields: Any) -> None:
    asked = {"reasoning_effort": "low", "temperature": 0.2, **fields}
    assert dropped(**asked) == ("reasoning_effort",)
    payload = sent(**asked)
    assert "thinking" not in payload
    assert payload["temperature"] == 0.2


def test_a_turn_with_its_thoughts_goes_on_thinking() -> None:
    thoughts = [{"type": "thinking", "thinking": "hm", "signature": "s"}]
    history = [MESSAGES[0], {**HISTORY[1], "thinking_blocks": thoughts}, HISTORY[2]]
    assert dropped(messages=history, tools=TOOLS, reasoning_effort="low") == ()
    answered = [*HISTORY, {"role": "assistant", "content": "Noon."}, *MESSAGES]
    assert sent(messages=answered, tools=TOOLS, reasoning_effort="low")["thinking"] == budget(2048)
