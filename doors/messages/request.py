"""Reads a Messages request as a chat request of OpenAI's form."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec

from chat.requests.dangers import refused
from core.http.body import check_types
from doors import fates
from doors.door import Asked
from doors.messages import table, turns

EFFORTS = ((2048, "low"), (8192, "medium"))  # up to this many tokens of thoughts; else high
MOST = ("xhigh", "max")  # efforts that few servers have a word for
MAX_USER = 64  # characters of an ID: OpenAI refuses longer ones
CHOICES = {"auto": "auto", "any": "required", "none": "none"}


class Turn(msgspec.Struct):
    """A message: text, or blocks."""

    role: Literal["user", "assistant", "system"]
    content: str | list[dict[str, Any]]


class CountRequest(msgspec.Struct, kw_only=True):
    """The types of the fields that are read, where tokens are counted."""

    messages: Annotated[list[Turn], msgspec.Meta(min_length=1)]
    model: str | None = None
    system: str | list[dict[str, Any]] | None = None
    tools: list[dict[str, Any]] | None = None
    tool_choice: dict[str, Any] | None = None
    thinking: dict[str, Any] | None = None
    output_config: dict[str, Any] | None = None


class MessagesRequest(CountRequest, kw_only=True):
    """The types of the fields that are read."""

    max_tokens: Annotated[int, msgspec.Meta(ge=1, le=2**31 - 1)]
    stop_sequences: list[str] | None = None
    stream: bool | None = None
    output_format: dict[str, Any] | None = None
    metadata: dict[str, Any] | None = None


def read(request: dict[str, Any]) -> Asked:
    """Return what is asked. Raises PortalError `invalid_request`."""
    dropped = fates.lost(request, table.REQUEST)
    own = fates.without(request, dropped)
    checked = check_types(own, MessagesRequest)
    tools, lost_tools = _tools(checked.tools or [])
    messages, lost = turns.messages(checked.system, own["messages"])
    same = ("max_tokens", "stream", "temperature", "top_p", "top_k")
    chat = {name: own[name] for name in same if own.get(name) is not None}
    chat |= {"messages": messages, **_stop(checked), **_thoughts(checked), **_form(checked)}
    chat |= {"tools": tools, **_choice(checked, tools)} if tools else _no_choice(checked)
    user, lost_user = _user(checked)
    chat |= user
    if checked.stream:
        chat["stream_options"] = {"include_usage": True}
    names = (*dropped, *fates.native(own, table.REQUEST), *lost_tools, *lost, *lost_user)
    model, added = checked.model or "", ("reasoning_effort",)
    lost_names = tuple(dict.fromkeys(names))
    return Asked(model, chat, own, lost_names, added, names=_own_names(checked))


def _own_names(checked: MessagesRequest) -> dict[str, str]:
    """Return the caller's names for the fields of the conversation: two wishes have two each."""
    output = checked.output_config or {}
    form = "output_format" if checked.output_format else "output_config.format"
    effort = "output_config.effort" if output.get("effort") else "thinking"
    names = {"reasoning_effort": effort, "response_format": form}
    return {**table.NAMES, **names, "response_format.json_schema": form}


def _tools(tools: list[dict[str, Any]]) -> tuple[list[dict[str, Any]], list[str]]:
    """Return OpenAI's functions, and what is dropped: tools that a server itself runs, too."""
    functions, dropped = [], []
    for number, tool in enumerate(tools):
        if tool.get("type") not in (None, "custom"):
            dropped.append(f"tools.{tool['type']}")
            continue
        dropped += fates.lost(tool, table.TOOL, "tools")
        dropped += [f"tools.{name}" for name in fates.native(tool, table.TOOL)]
        if not isinstance(tool.get("name"), str):
            raise refused(f"tools[{number}].name: it is missing, or not text.", "tools")
        function = {"name": tool["name"], "parameters": _schema(tool, number)}
        function |= {n: tool[n] for n in ("description", "strict") if tool.get(n) is not None}
        marks = {"cache_control": tool["cache_control"]} if tool.get("cache_control") else {}
        functions.append({"type": "function", "function": function, **marks})
    return functions, dropped


def _schema(tool: dict[str, Any], number: int) -> dict[str, Any]:
    """Return the schema of a tool's input. OpenAI refuses an object without properties."""
    schema = tool.get("input_schema") or {}
    if not isinstance(schema, dict):
        raise refused(f"tools[{number}].input_schema: it is an object.", "tools")
    if schema.get("type", "object") != "object":
        return schema
    return {"type": "object", **schema, "properties": schema.get("properties") or {}}


def _stop(checked: MessagesRequest) -> dict[str, Any]:
    return {"stop": checked.stop_sequences} if checked.stop_sequences else {}


def _choice(checked: MessagesRequest, tools: list[dict[str, Any]]) -> dict[str, Any]:
    if not (choice := checked.tool_choice):
        return {}
    kind = choice.get("type")
    names = {tool["function"]["name"] for tool in tools}
    if kind == "tool":
        if (name := choice.get("name")) not in names:
            raise refused("tool_choice.name: the model is not offered this tool.", "tool_choice")
        sent: Any = {"type": "function", "function": {"name": name}}
    elif kind in CHOICES:
        sent = CHOICES[str(kind)]
    else:
        raise refused("tool_choice.type is one of auto, any, tool, none.", "tool_choice")
    is_single = choice.get("disable_parallel_tool_use") and sent != "none"
    return {"tool_choice": sent, **({"parallel_tool_calls": False} if is_single else {})}


def _no_choice(checked: MessagesRequest) -> dict[str, Any]:
    """Return nothing: there is no tool to choose. Raises PortalError if one must be called."""
    if (checked.tool_choice or {}).get("type") in ("any", "tool"):
        raise refused("tool_choice: the model is offered no tool.", "tool_choice")
    return {}


def _thoughts(checked: MessagesRequest) -> dict[str, Any]:
    """Return how hard the model is to think, as OpenAI's words say it."""
    thinking, output = checked.thinking or {}, checked.output_config or {}
    if thinking.get("type") == "disabled":
        return {}  # OpenAI's models have no word for it that all of them take
    if effort := output.get("effort"):
        return {"reasoning_effort": "high" if effort in MOST else effort}
    budget = thinking.get("budget_tokens")
    if thinking.get("type") != "enabled" or not isinstance(budget, int):
        return {}
    word = next((word for most, word in EFFORTS if budget <= most), "high")
    return {"reasoning_effort": word}


def _form(checked: MessagesRequest) -> dict[str, Any]:
    form = checked.output_format or (checked.output_config or {}).get("format")
    if not form:
        return {}
    if not isinstance(form, dict) or not isinstance(form.get("schema"), dict):
        raise refused("output_config.format: it is a json_schema with a schema.", "output_config")
    described = {"name": "answer", "schema": form["schema"], "strict": True}
    return {"response_format": {"type": "json_schema", "json_schema": described}}


def _user(checked: MessagesRequest) -> tuple[dict[str, Any], list[str]]:
    """Return the ID of the end user, and what is dropped: some clients write much more into it."""
    user = (checked.metadata or {}).get("user_id")
    if not isinstance(user, str):
        return {}, []
    return ({}, ["metadata.user_id"]) if len(user) > MAX_USER else ({"user": user}, [])
