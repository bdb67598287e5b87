"""
What a caller asks for, by whichever field says so, for the formats that translate.

Fields of OpenAI, and of the servers whose clients are common: the same wish has many names.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from core.errors import PortalError

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

# Without these the answer would be another one, or of another form.
CONSTRAINING = frozenset({
    "n", "best_of", "modalities", "logit_bias", "audio", "functions", "function_call",
    "use_beam_search", "guided_regex", "guided_choice", "guided_grammar", "structural_tag",
    "structured_outputs",
    "regex", "ebnf", "grammar", "stop_token_ids", "stop_regex", "allowed_token_ids", "bad_words",
    "echo", "min_tokens", "web_search_options",
})  # fmt: skip
# With these values a field asks for nothing.
NEUTRAL: dict[str, Any] = {"n": 1, "modalities": ["text"], "logit_bias": {}, "best_of": 1}


def refuse(body: Mapping[str, Any], names: Collection[str], server: str) -> None:
    """Raise PortalError for a field of `names` that asks for something."""
    for name, value in body.items():
        if name in names and value is not None and value != NEUTRAL.get(name):
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


def called_name(body: Mapping[str, Any], server: str) -> str | None:
    """Return the tool that `tool_choice` names, if it names one."""
    choice = body.get("tool_choice")
    function = choice.get("function") if isinstance(choice, dict) else None
    name = function.get("name") if isinstance(function, dict) else None
    if isinstance(choice, dict) and not isinstance(name, str):
        raise refused(f"tool_choice: {server} can be made to call a function only.", "tool_choice")
    return name


def form(body: Mapping[str, Any]) -> Any:
    """Return the form of an answer in JSON: `json`, or a JSON Schema; else None."""
    for name in ("guided_json", "json_schema", "format"):
        if body.get(name) is not None:
            return body[name]
    response_format = body.get("response_format")
    kind = response_format.get("type") if isinstance(response_format, dict) else None
    if response_format is None or kind == "text":
        return None
    if kind == "json_object":
        return "json"
    described = response_format.get("json_schema") if isinstance(response_format, dict) else None
    schema = described.get("schema") if isinstance(described, dict) else None
    if kind == "json_schema" and isinstance(schema, dict):
        return schema
    raise refused(
        "response_format must be text, json_object, or json_schema with a schema.",
        "response_format",
    )


def refused(message: str, param: str) -> PortalError:
    return PortalError("invalid_request", message, param=param)
