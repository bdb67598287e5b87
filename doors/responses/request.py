"""Reads a Responses request as a chat request of OpenAI's form."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec

from chat.requests.dangers import refused
from core.errors import PortalError
from core.http.body import check_types
from doors import fates
from doors.door import Asked
from doors.responses import table, tools
from doors.responses.items import Items

SAME = ("temperature", "top_p", "parallel_tool_calls", "user", "safety_identifier",
        "prompt_cache_key", "prompt_cache_retention", "service_tier", "stream")  # fmt: skip
THOUGHTS, LOGPROBS = "reasoning.encrypted_content", "message.output_text.logprobs"
INCLUDED = (THOUGHTS, LOGPROBS)
ADDED = ("reasoning_effort", "verbosity")
Input = Annotated[list[dict[str, Any]], msgspec.Meta(min_length=1)]


class ResponsesRequest(msgspec.Struct):
    """The types of the fields that are read."""

    input: str | Input
    model: str | None = None
    instructions: str | None = None
    max_output_tokens: Annotated[int, msgspec.Meta(ge=1, le=2**31 - 1)] | None = None
    stream: bool | None = None
    tools: list[dict[str, Any]] | None = None
    tool_choice: str | dict[str, Any] | None = None
    text: dict[str, Any] | None = None
    reasoning: dict[str, Any] | None = None
    include: list[str] | None = None
    metadata: dict[str, Any] | None = None
    top_logprobs: int | None = None
    truncation: str | None = None
    max_tool_calls: int | None = None
    stream_options: dict[str, Any] | None = None
    context_management: list[dict[str, Any]] | None = None


def read(request: dict[str, Any]) -> Asked:
    """Return what is asked. Raises PortalError `invalid_request`."""
    dropped = fates.lost(request, table.REQUEST)
    own = fates.without(request, dropped)
    checked = check_types(own, ResponsesRequest)
    items = _items(checked)
    functions, lost = tools.tools(checked.tools or [])
    offered, refusal = _offered(checked, functions)
    chat = {name: own[name] for name in SAME if own.get(name) is not None}
    chat |= {"messages": items.messages, **offered, **_form(checked), **_effort(checked)}
    chat |= {**_limits(checked), **_logprobs(checked)}
    excluded = [f"include.{name}" for name in checked.include or () if name not in INCLUDED]
    names = (*dropped, *fates.native(own, table.REQUEST), *lost, *items.dropped, *excluded)
    model, lost_names = checked.model or "", tuple(dict.fromkeys(names))
    own_names = table.NAMES if LOGPROBS in (checked.include or ()) else table.BY_NUMBER
    return Asked(model, chat, own, lost_names, ADDED, items.refusal or refusal, own_names)


def _offered(
    checked: ResponsesRequest, functions: list[dict[str, Any]]
) -> tuple[dict[str, Any], PortalError | None]:
    """Return the functions and the choice, and the refusal of one that only a server may have."""
    refusal = choice = None
    try:
        functions, choice = tools.choose(checked.tool_choice, functions)
    except PortalError as error:
        refusal = error
    offered: dict[str, Any] = {"tools": functions} if functions else {}
    return offered | ({"tool_choice": choice} if choice is not None else {}), refusal


def _limits(checked: ResponsesRequest) -> dict[str, Any]:
    limits = {"max_tokens": checked.max_output_tokens} if checked.max_output_tokens else {}
    return limits | ({"stream_options": {"include_usage": True}} if checked.stream else {})


def _items(checked: ResponsesRequest) -> Items:
    items = Items()
    if checked.instructions:
        items.system(checked.instructions)
    if isinstance(checked.input, str):
        items.messages.append({"role": "user", "content": checked.input})
        return items
    for number, item in enumerate(checked.input):
        items.add(item, f"input[{number}]")
    items.end()
    if not items.messages:
        raise refused("input: it has no item that a model reads.", "input")
    return items


def _form(checked: ResponsesRequest) -> dict[str, Any]:
    text = checked.text or {}
    form = text.get("format") or {"type": "text"}
    asked: dict[str, Any] = {"verbosity": text["verbosity"]} if text.get("verbosity") else {}
    if not isinstance(form, dict):
        raise refused("text.format: it is an object.", "text")
    kind = form.get("type")
    if kind == "json_object":
        asked["response_format"] = {"type": "json_object"}
    elif kind == "json_schema" and isinstance(form.get("schema"), dict):
        described = {k: v for k, v in form.items() if k != "type" and v is not None}
        asked["response_format"] = {
            "type": "json_schema",
            "json_schema": {"name": "answer", **described},
        }
    elif kind != "text":
        raise refused("text.format is text, json_object, or json_schema with a schema.", "text")
    return asked


def _effort(checked: ResponsesRequest) -> dict[str, Any]:
    effort = (checked.reasoning or {}).get("effort")
    return {"reasoning_effort": effort} if effort else {}


def _logprobs(checked: ResponsesRequest) -> dict[str, Any]:
    most = {"top_logprobs": checked.top_logprobs} if checked.top_logprobs else {}
    return {"logprobs": True, **most} if most or LOGPROBS in (checked.include or ()) else {}
