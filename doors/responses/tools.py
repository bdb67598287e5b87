"""
Translates tools and the choice of them.

A custom tool takes text, and few servers have such tools: it becomes a function of one text, whose
calls are custom again in the answer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chat.requests.dangers import refused
from core.text import quote
from doors import fates
from doors.responses import table

if TYPE_CHECKING:
    from registry.providers.wire import Body

INPUT = "input"  # the text of a custom tool, as a function's parameter
PARAMETERS = {
    "type": "object",
    "properties": {INPUT: {"type": "string"}},
    "required": [INPUT],
    "additionalProperties": False,
}
MODES = ("auto", "none", "required")


def tools(rows: list[Body]) -> tuple[list[Body], list[str]]:
    """Return functions, and what is dropped: tools that a server itself runs, too."""
    functions, dropped = [], []
    for number, tool in enumerate(rows):
        kind = tool.get("type")
        if kind == "mcp":
            raise refused(f"tools[{number}]: the provider would connect to this server.", "tools")
        if kind not in ("function", "custom"):
            dropped.append(f"tools.{kind}")
            continue
        if not isinstance(tool.get("name"), str):
            raise refused(f"tools[{number}].name: it is missing, or not text.", "tools")
        own = table.FUNCTION if kind == "function" else table.CUSTOM
        dropped += fates.lost(tool, own, "tools")
        functions.append(_function(tool) if kind == "function" else _custom(tool))
    return functions, dropped


def customs(rows: list[Body]) -> frozenset[str]:
    """Return the names of custom tools."""
    return frozenset(tool["name"] for tool in rows if tool.get("type") == "custom")


def choice(value: Any) -> Any:
    """Return the chat's `tool_choice`. Raises PortalError for a tool that a server itself runs."""
    if value is None or value in MODES:
        return value
    kind = value.get("type") if isinstance(value, dict) else None
    if kind in ("function", "custom") and isinstance(value.get("name"), str):
        return _named(value["name"])
    rows = value.get("tools") if isinstance(value, dict) else None
    if kind == "allowed_tools" and isinstance(rows, list):
        names = [row["name"] for row in rows if isinstance(row, dict) and row.get("name")]
        allowed = {"mode": value.get("mode", "auto"), "tools": [_named(name) for name in names]}
        return {"type": "allowed_tools", "allowed_tools": allowed}
    raise refused(f"tool_choice: {quote(str(kind or value))} is not a tool here.", "tool_choice")


def _named(name: str) -> Body:
    return {"type": "function", "function": {"name": name}}


def _function(tool: Body) -> Body:
    names = ("name", "description", "parameters", "strict")
    return {
        "type": "function",
        "function": {name: tool[name] for name in names if tool.get(name) is not None},
    }


def _custom(tool: Body) -> Body:
    words = [tool.get("description") or ""]
    form = tool.get("format")
    if isinstance(form, dict) and form.get("type") == "grammar":
        words.append(f"The input follows this {form.get('syntax')} grammar:")
        words.append(str(form.get("definition")))
    function = {"name": tool["name"], "parameters": PARAMETERS}
    return {"type": "function", "function": {**function, "description": "\n".join(words).strip()}}
