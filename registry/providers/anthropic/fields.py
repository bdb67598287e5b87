"""
What becomes of a caller's fields at Anthropic: translated, dropped and reported, or refused.

Refused is what would change the meaning or the form of the answer, and the API cannot do: several
answers, grammars, probabilities, JSON without a schema.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from registry.providers import requested
from registry.providers.anthropic import messages, thoughts
from registry.providers.anthropic.schema import narrowed
from registry.providers.openai.bodies import merged, without_nulls

if TYPE_CHECKING:
    from registry.providers.wire import Body, Target

SERVER = "Anthropic"
MAX_TOKENS = 8192  # of an answer, for callers who set no limit; thoughts come on top
SAME = ("temperature", "top_p", "top_k", "cache_control", "output_config", "stop_sequences",
        "context_management", "inference_geo")  # fmt: skip
TRANSLATED = frozenset({
    *SAME, *thoughts.LIMITS, "model", "messages", "stream", "stream_options", "tools",
    "tool_choice", "parallel_tool_calls", "parallel_tools", "response_format", "guided_json",
    "json_schema", "format", "stop", "service_tier", "user", "safety_identifier",
    "reasoning_effort", "reasoning", "thinking", "think", "enable_thinking", "thinking_budget",
    "chat_template_kwargs", "include_reasoning",
})  # fmt: skip
# Values that ask for nothing.
NEUTRAL: dict[str, Any] = {
    **requested.NEUTRAL, "logprobs": False, "top_logprobs": 0, "presence_penalty": 0,
    "frequency_penalty": 0, "store": False,
}  # fmt: skip
FUNCTION = frozenset({"name", "description", "parameters", "strict", "cache_control"})
TIERS = {"auto": "auto", "default": "standard_only", "standard_only": "standard_only"}


def fit(body: Body) -> tuple[str, ...]:
    """Return the names of fields that are dropped. Raises PortalError for what is refused."""
    for name in ("logprobs", "top_logprobs"):
        if body.get(name):
            raise requested.refused(f"{SERVER} does not support '{name}'. Leave it out.", name)
    requested.refuse(body, requested.CONSTRAINING, SERVER)
    tools(body)
    tool_choice(body)
    dropped = [
        name
        for name, value in body.items()
        if name not in TRANSLATED and value is not None and value != NEUTRAL.get(name)
    ]
    if body.get("service_tier") and body["service_tier"] not in TIERS:
        dropped.append("service_tier")
    if _has_address(body):
        dropped.append("user")
    return (*dropped, *thoughts.dropped(body), *_lost(body), *_lost_in_tools(body),
            *messages.dropped(body["messages"]))  # fmt: skip


def payload(target: Target, body: Body) -> Body:
    """Return the body of a request for an answer."""
    asked = {k: v for k, v in without_nulls(target, merged(target, body)).items() if v is not None}
    system, turns = messages.to_anthropic(asked["messages"])
    thinking, left_out = thoughts.fields(target, asked)
    sent: Body = {
        **{k: v for k, v in target.options.items() if v is not None and k not in TRANSLATED},
        **{name: asked[name] for name in SAME if name in asked and name not in left_out},
        **thinking,
        "model": target.name,
        "max_tokens": _max_tokens(asked, thinking),
        "messages": turns,
        "stream": bool(asked.get("stream")),
    }
    output = {
        **asked.get("output_config", {}),
        **thinking.get("output_config", {}),
        **_format(asked),
    }
    more = {
        "system": system,
        "output_config": output,
        "stop_sequences": _stop(asked) or sent.get("stop_sequences"),
        "tools": tools(asked),
        "tool_choice": tool_choice(asked),
        "service_tier": TIERS.get(str(asked.get("service_tier"))),
        "metadata": {**sent.get("metadata", {}), **_user(asked)},
    }
    return sent | {name: value for name, value in more.items() if value}


def _max_tokens(asked: Body, thinking: Body) -> int:
    if (most := thoughts.limit(asked)) is not None:
        return most
    budget = thinking.get("thinking", {}).get("budget_tokens", 0)
    return MAX_TOKENS + (budget if type(budget) is int else 0)


def _stop(asked: Body) -> list[str]:
    stop = asked.get("stop") or []
    return [stop] if isinstance(stop, str) else list(stop)


def _user(asked: Body) -> Body:
    """Return the ID of the end user, unless it is an address: the API wants no personal data."""
    user = asked.get("safety_identifier") or asked.get("user")
    return {} if not user or _has_address(asked) else {"user_id": user}


def _has_address(asked: Body) -> bool:
    return "@" in str(asked.get("safety_identifier") or asked.get("user") or "")


def _format(asked: Body) -> Body:
    """Return the part of `output_config` that is for an answer in JSON."""
    form = requested.form(asked)
    if not isinstance(form, dict):  # `json` comes from the SQL workflow alone, which asks in words
        return {}
    return {"format": {"type": "json_schema", "schema": narrowed(form, "response_format")[0]}}


def _lost(body: Body) -> list[str]:
    """Return the constraints of schemas that are dropped. Raises PortalError for JSON without."""
    form = requested.form(body)
    if form is None:
        return []
    if not isinstance(form, dict):
        raise requested.refused(
            f"{SERVER} has no response_format json_object. Send json_schema, with a schema.",
            "response_format",
        )
    return [f"response_format.{name}" for name in narrowed(form, "response_format")[1]]


def tools(asked: Body) -> list[Body]:
    """Return the tools that are offered, in Anthropic's form."""
    choice = asked.get("tool_choice")
    is_subset = isinstance(choice, dict) and choice.get("type") == "allowed_tools"
    rows = requested.offered(asked) if is_subset else asked.get("tools") or ()
    return [_tool(tool, number) for number, tool in enumerate(rows)]


def _tool(tool: Body, number: int) -> Body:
    kind, function = tool.get("type", "function"), tool.get("function")
    if kind not in ("function", "custom"):
        return tool  # the API's own, which an operator permits
    if not isinstance(function, dict) or not isinstance(function.get("name"), str):
        raise requested.refused(f"tools[{number}]: {SERVER} takes functions with a name.", "tools")
    parameters = function.get("parameters") or {"properties": {}, "additionalProperties": False}
    if not isinstance(parameters, dict):
        raise requested.refused(f"tools[{number}].function.parameters: it is an object.", "tools")
    sent: Body = {"name": function["name"], "input_schema": {"type": "object", **parameters}}
    if function.get("description"):
        sent["description"] = function["description"]
    if function.get("strict") is True:
        sent["input_schema"] = narrowed(sent["input_schema"], "tools")[0]
        sent["strict"] = True
    mark = tool.get("cache_control") or function.get("cache_control")
    return {**sent, "cache_control": mark} if mark else sent


def _lost_in_tools(body: Body) -> list[str]:
    """Return the fields and constraints of tools that are dropped."""
    names: list[str] = []
    for tool in body.get("tools") or ():
        if not isinstance(function := tool.get("function"), dict):
            continue
        names += [f"tools.{name}" for name in tool.keys() - {"type", "function", "cache_control"}]
        names += [f"tools.function.{name}" for name in function.keys() - FUNCTION]
        if function.get("strict") is True and function.get("parameters"):
            names += [f"tools.{name}" for name in narrowed(function["parameters"], "tools")[1]]
    return names


def tool_choice(asked: Body) -> Body | None:
    """Return which tools the model may call, must call, or must not call."""
    choice = requested.tool_choice(asked)
    if not asked.get("tools") or choice.names == ():
        return None
    sent: Body = {"type": "any" if choice.mode == "required" else choice.mode}
    if sent["type"] == "any" and choice.names and len(choice.names) == 1:
        sent = {"type": "tool", "name": choice.names[0]}
    is_single = asked.get("parallel_tool_calls", asked.get("parallel_tools")) is False
    if is_single and choice.mode != "none":
        return {**sent, "disable_parallel_tool_use": True}
    return sent if asked.get("tool_choice") is not None else None
