"""
What becomes of a caller's fields at Ollama: translated, dropped and reported, or refused.

Refused is what would change the meaning or the form of the answer, and Ollama cannot do: several
answers, grammars, biases.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from registry.providers import requested
from registry.providers.ollama import messages

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
COMPLETED = frozenset({*OPTIONS, "prompt", "suffix", "stream", "stream_options", "keep_alive"})
THOUGHTS = {"none": False, "minimal": "low", "xhigh": "high"}


def fit(body: Body) -> tuple[str, ...]:
    """Return the names of fields that are dropped. Raises PortalError for what is refused."""
    requested.refuse(body, requested.CONSTRAINING, "Ollama")
    requested.form(body)
    tools(body)
    dropped = [
        name
        for name, value in body.items()
        if name not in TRANSLATED and name not in requested.NEUTRAL and value is not None
    ]
    return (*dropped, *messages.dropped(body["messages"]))


def fit_completion(body: Body) -> tuple[str, ...]:
    """As `fit`, for raw completions: one text, without log probabilities."""
    requested.refuse(body, requested.CONSTRAINING, "Ollama")
    logprobs = body.get("logprobs")
    if logprobs is not None and logprobs is not False:  # 0 asks for those of the text itself
        raise requested.refused(
            "Ollama does not support this 'logprobs'. Leave it out.", "logprobs"
        )
    prompt = body["prompt"]
    if isinstance(prompt, list) and not (len(prompt) == 1 and isinstance(prompt[0], str)):
        raise requested.refused("Ollama completes one text: send `prompt` as text.", "prompt")
    return tuple(
        name
        for name, value in body.items()
        if name not in COMPLETED and name not in requested.NEUTRAL and value is not None
    )


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
    """Return whether, or how hard, the model thinks."""
    effort = requested.effort(body)
    return THOUGHTS.get(effort, effort) if isinstance(effort, str) else effort


def tools(body: Body) -> Any:
    """Return the tools that are offered: by `tool_choice` all, one, or none."""
    if not body.get("tools") or requested.tool_choice(body).mode == "none":
        return None
    return requested.offered(body)


def must_call(body: Any) -> bool:
    """Must the answer call a tool? Ollama has no such field: its answer is examined instead."""
    return bool(body.get("tools")) and requested.tool_choice(body).mode == "required"
