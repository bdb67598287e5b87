"""
What a caller asks for, by whichever field says so, for the formats that translate.

Fields of OpenAI, and of the servers whose clients are common: the same wish has many names.
"""

from __future__ import annotations

import json
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
            value = json.loads(value)
        except (ValueError, RecursionError):
            pass
    return value if isinstance(value, dict) else {"arguments": value} if value else {}


def refused(message: str, param: str) -> PortalError:
    return PortalError("invalid_request", message, param=param)
