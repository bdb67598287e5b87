"""
What a caller asks for, by whichever field says so, for the formats that translate.

Fields of OpenAI, and of the servers whose clients are common: the same wish has many names.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from core.errors import PortalError
from core.json_values import loads

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

# Without these the answer would be another one, or of another form.
CONSTRAINING = frozenset({
    "n", "best_of", "modalities", "logit_bias", "audio", "functions", "function_call",
    "use_beam_search", "guided_regex", "guided_choice", "guided_grammar", "structural_tag",
    "structured_outputs",
    "regex", "ebnf", "grammar", "stop_token_ids", "stop_regex", "allowed_token_ids", "bad_words",
    "echo", "min_tokens", "web_search_options", "nvext",
})  # fmt: skip
# With these values a field asks for nothing. False, 0, and empty texts and lists never do.
NEUTRAL: dict[str, Any] = {"n": 1, "modalities": ["text"], "logit_bias": {}, "best_of": 1}


def refuse(body: Mapping[str, Any], names: Collection[str], server: str) -> None:
    """Raise PortalError for a field of `names` that asks for something."""
    for name, value in body.items():
        asks = bool(value) or value == {}  # to search by default, for example
        if name in names and asks and value != NEUTRAL.get(name):
            raise refused(f"{server} does not support this '{name}'. Leave it out.", name)


def effort(body: Mapping[str, Any]) -> Any:
    """Return whether the model thinks, or how hard: true or false, a word, or None."""
    reasoning, thinking = body.get("reasoning"), body.get("thinking")
    kwargs = body.get("chat_template_kwargs")
    level = body.get("reasoning_effort")
    if level is None and isinstance(reasoning, dict):
        level = reasoning.get("effort", reasoning.get("enabled"))
    if level is not None:
        return level
    if isinstance(thinking, dict) and thinking.get("type") in ("enabled", "disabled"):
        return thinking["type"] == "enabled"
    enabled = kwargs.get("enable_thinking") if isinstance(kwargs, dict) else None
    choices = (body.get("think"), body.get("enable_thinking"), enabled)
    return next((choice for choice in choices if choice is not None), None)


MODES = {"auto": "auto", "none": "none", "required": "required", "any": "required"}


@dataclass(frozen=True, slots=True)
class ToolChoice:
    """Which tools an answer may call: `names`, or None for all. `mode`: auto, none or required."""

    mode: str = "auto"
    names: tuple[str, ...] | None = None


def tool_choice(body: Mapping[str, Any]) -> ToolChoice:
    """Return the caller's choice: a word, a function, or the allowed tools. Raises PortalError.

    Besides OpenAI's forms, those of its Responses and of Anthropic are read.
    """
    choice = body.get("tool_choice")
    if choice is None or isinstance(choice, str):
        return ToolChoice(MODES.get(choice or "auto", "auto"))
    kind = choice.get("type")
    if kind == "allowed_tools":
        allowed = {**choice, **(choice.get("allowed_tools") or {})}
        names = tuple(_name(tool) for tool in allowed.get("tools") or ())
        return ToolChoice(MODES.get(str(allowed.get("mode")), "auto"), names)
    if kind in MODES:
        return ToolChoice(MODES[str(kind)])
    return ToolChoice("required", (_name(choice),))


def _name(tool: Mapping[str, Any]) -> str:
    function = tool.get("function")
    name = function.get("name") if isinstance(function, dict) else tool.get("name")
    if tool.get("type") not in (None, "function", "tool") or not isinstance(name, str):
        raise refused("tool_choice: it is a word, or names functions.", "tool_choice")
    return name


def offered(body: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the tools that `tool_choice` lets an answer call. Raises PortalError."""
    tools, names = body.get("tools") or [], tool_choice(body).names
    if names is None:
        return list(tools)
    named = [tool for tool in tools if (tool.get("function") or {}).get("name") in names]
    if missing := set(names) - {tool["function"]["name"] for tool in named}:
        raise refused(f"tool_choice: there is no tool called '{min(missing)}'.", "tool_choice")
    return named


def form(body: Mapping[str, Any]) -> Any:
    """Return the form of an answer in JSON: `json`, or a JSON Schema; else None."""
    for name in ("guided_json", "json_schema", "format"):
        if body.get(name) is not None:
            return body[name]
    response_format = body.get("response_format")
    if not response_format or response_format.get("type") == "text":
        return None
    schema = _schema(response_format)
    if response_format.get("type") == "json_object":
        return "json" if schema is None else schema
    if response_format.get("type") == "json_schema" and schema is not None:
        return schema
    raise refused(
        "response_format must be text, json_object, or json_schema with a schema.",
        "response_format",
    )


def _schema(response_format: Mapping[str, Any]) -> Any:
    """Return the schema: OpenAI's, or beside the type (llama.cpp, Together, Fireworks)."""
    described = response_format.get("json_schema")
    places = (described.get("schema") if isinstance(described, dict) else None,
              response_format.get("schema"), described)  # fmt: skip
    return next((schema for schema in places if isinstance(schema, dict)), None)


def arguments(function: Mapping[str, Any]) -> dict[str, Any]:
    """Return the arguments of a call in the history, as an object.

    Models write other JSON, and broken JSON; what they wrote stays, as text or value of one field.
    """
    value = function.get("arguments") or {}
    if isinstance(value, str):
        try:
            value = loads(value)
        except (ValueError, RecursionError):
            pass
    return value if isinstance(value, dict) else {"arguments": value} if value else {}


def refused(message: str, param: str) -> PortalError:
    return PortalError("invalid_request", message, param=param)
