"""
What becomes of a caller's fields at Ollama: translated, dropped and reported, or refused.

Refused is what would change the meaning or the form of the answer, and Ollama cannot do: several
answers, grammars, biases.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from core.errors import PortalError
from registry.providers import ollama_messages as messages

if TYPE_CHECKING:
    from registry.providers.wire import Body, Target

# A caller's name → the name in Ollama's `options`.
OPTIONS = {
    "temperature": "temperature", "top_p": "top_p", "top_k": "top_k", "min_p": "min_p",
    "typical_p": "typical_p", "seed": "seed", "random_seed": "seed", "stop": "stop",
    "presence_penalty": "presence_penalty", "frequency_penalty": "frequency_penalty",
    "repeat_penalty": "repeat_penalty", "repetition_penalty": "repeat_penalty",
    "repeat_last_n": "repeat_last_n", "n_keep": "num_keep", "num_predict": "num_predict",
    "n_predict": "num_predict", "max_tokens": "num_predict",
    "max_completion_tokens": "num_predict", "mirostat": "mirostat",
    "mirostat_tau": "mirostat_tau", "mirostat_eta": "mirostat_eta",
}  # fmt: skip
TOP_LEVEL = ("keep_alive", "think")  # in models.yaml's `options`, but not in Ollama's
TRANSLATED = frozenset({
    *OPTIONS, *TOP_LEVEL, "model", "messages", "stream", "stream_options", "tools", "tool_choice",
    "parallel_tool_calls", "response_format", "guided_json", "json_schema", "format", "options",
    "reasoning_effort", "reasoning", "thinking", "enable_thinking", "chat_template_kwargs",
    "include_reasoning", "logprobs", "top_logprobs",
})  # fmt: skip
NEUTRAL: dict[str, Any] = {"n": 1, "modalities": ["text"], "logit_bias": {}, "best_of": 1}
# Without these the answer would be another one, or of another form.
REFUSED = frozenset({
    "n", "best_of", "modalities", "logit_bias", "audio", "functions", "function_call",
    "use_beam_search", "guided_regex", "guided_choice", "guided_grammar", "structural_tag",
    "structured_outputs",
    "regex", "ebnf", "grammar", "stop_token_ids", "stop_regex", "allowed_token_ids", "bad_words",
    "echo", "min_tokens", "web_search_options",
})  # fmt: skip
THOUGHTS = {"none": False, "minimal": "low", "xhigh": "high"}


def fit(body: Body) -> tuple[str, ...]:
    """Return the names of fields that are dropped. Raises PortalError for what is refused."""
    for name, value in body.items():
        if name in REFUSED and value is not None and value != NEUTRAL.get(name):
            raise _refused(f"Ollama does not support this '{name}'. Leave it out.", name)
    form(body)
    tools(body)
    dropped = [
        name
        for name, value in body.items()
        if name not in TRANSLATED and name not in NEUTRAL and value is not None
    ]
    return (*dropped, *messages.dropped(body["messages"]))


def options(target: Target, body: Body) -> tuple[Body, Body]:
    """Return Ollama's `options`, and the fields beside them that set how it answers."""
    own = {k: v for k, v in target.options.items() if v is not None}
    inner = {k: v for k, v in own.items() if k not in TOP_LEVEL}
    if target.context_window is not None:
        # Ollama's own default is small, and it drops what does not fit without an error.
        inner.setdefault("num_ctx", target.context_window)
    if isinstance(given := body.get("options"), dict):
        inner |= {k: v for k, v in given.items() if v is not None}
    for name, ollama_name in OPTIONS.items():
        if body.get(name) is not None:
            value = body[name]
            inner[ollama_name] = [value] if name == "stop" and isinstance(value, str) else value
    top = {k: v for k, v in own.items() if k in TOP_LEVEL}
    if body.get("keep_alive") is not None:
        top["keep_alive"] = body["keep_alive"]
    if (think := _think(body)) is not None:
        top["think"] = think
    return inner, top


def _think(body: Body) -> Any:
    """Return whether, or how hard, the model thinks, from whichever field says so."""
    reasoning, thinking = body.get("reasoning"), body.get("thinking")
    kwargs = body.get("chat_template_kwargs")
    effort = body.get("reasoning_effort")
    if effort is None and isinstance(reasoning, dict):
        effort = reasoning.get("effort", reasoning.get("enabled"))
    if effort is not None:
        return THOUGHTS.get(effort, effort) if isinstance(effort, str) else effort
    if isinstance(thinking, dict) and thinking.get("type") in ("enabled", "disabled"):
        return thinking["type"] == "enabled"
    enabled = kwargs.get("enable_thinking") if isinstance(kwargs, dict) else None
    choices = (body.get("think"), body.get("enable_thinking"), enabled)
    return next((choice for choice in choices if choice is not None), None)


def tools(body: Body) -> Any:
    """Return the tools that are offered: by `tool_choice` all, one, or none."""
    choice, offered = body.get("tool_choice"), body.get("tools")
    if not offered or choice == "none":
        return None
    name = called_name(body)
    if name is None:
        return offered
    named = [t for t in offered if (t.get("function") or {}).get("name") == name]
    if not named:
        raise _refused(f"tool_choice: there is no tool called '{name}'.", "tool_choice")
    return named


def called_name(body: Any) -> str | None:
    """Return the tool that `tool_choice` names, if it names one."""
    choice = body.get("tool_choice")
    function = choice.get("function") if isinstance(choice, dict) else None
    name = function.get("name") if isinstance(function, dict) else None
    if isinstance(choice, dict) and not isinstance(name, str):
        raise _refused("tool_choice: Ollama can be made to call a function only.", "tool_choice")
    return name


def must_call(body: Any) -> bool:
    """Must the answer call a tool? Ollama has no such field: its answer is examined instead."""
    choice = body.get("tool_choice")
    return bool(body.get("tools")) and (choice == "required" or isinstance(choice, dict))


def form(body: Body) -> Any:
    """Return Ollama's `format` for an answer in JSON, by OpenAI's field or others'."""
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
    raise _refused(
        "response_format must be text, json_object, or json_schema with a schema.",
        "response_format",
    )


def _refused(message: str, param: str) -> PortalError:
    return PortalError("invalid_request", message, param=param)
