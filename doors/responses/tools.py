"""
Translates tools and the choice of them.

A custom tool takes text, and few servers have such tools: it becomes a function of one text, whose
calls are custom again in the answer. The tools of a namespace become functions with both names.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from chat.requests.dangers import refused
from core.text import quote
from doors import fates
from doors.responses import table

if TYPE_CHECKING:
    from core.errors import PortalError
    from registry.providers.wire import Body

INPUT = "input"  # the text of a custom tool, as a function's parameter
PARAMETERS = {
    "type": "object",
    "properties": {INPUT: {"type": "string"}},
    "required": [INPUT],
    "additionalProperties": False,
}
MODES = ("auto", "none", "required")
TABLES = {"function": table.FUNCTION, "custom": table.CUSTOM, "namespace": table.NAMESPACE}


class Named(NamedTuple):
    """What the caller calls a tool."""

    kind: str
    name: str
    namespace: str = ""

    @property
    def function(self) -> str:
        """The name of the function that it becomes."""
        return function_name(self.name, self.namespace)


def function_name(name: str, namespace: Any) -> str:
    return f"{namespace}__{name}" if isinstance(namespace, str) and namespace else name


def tools(tools_: list[Body], namespace: str = "") -> tuple[list[Body], list[str]]:
    """Return functions, and what is dropped: tools that a server itself runs, too."""
    functions, dropped = [], []
    for number, tool in enumerate(tools_):
        kind = tool.get("type")
        if kind == "mcp":
            raise refused(
                f"tools[{number}]: the provider would connect to this server. "
                "Call it yourself, and send its tools as functions.",
                "tools",
            )
        if not isinstance(kind, str) or kind not in TABLES:
            dropped.append(f"tools.{kind}")
            continue
        name = tool.get("name")
        if not isinstance(name, str) or not name:
            raise refused(f"tools[{number}].name: it is missing, or not text.", "tools")
        dropped += fates.lost(tool, TABLES[kind], "tools")
        dropped += [f"tools.{field}" for field in fates.native(tool, TABLES[kind])]
        if kind == "namespace":
            inner, lost = tools(rows(tool), name)
            functions += inner
            dropped += lost
        else:
            write = _function if kind == "function" else _custom
            functions.append(write(tool, function_name(name, namespace)))
    return functions, dropped


def names(tools: list[Body], namespace: str = "") -> dict[str, Named]:
    """Return the caller's names by those of functions, for tools that were read."""
    by_function: dict[str, Named] = {}
    for tool in tools:
        kind = tool.get("type")
        if kind == "namespace":
            by_function |= names(rows(tool), tool["name"])
        elif kind in ("function", "custom"):
            named = Named(str(kind), tool["name"], namespace)
            by_function[named.function] = named
    return by_function


def choose(value: Any, functions: list[Body]) -> tuple[list[Body], Any]:
    """Return the functions that may be called, and the chat's `tool_choice` if there is one.

    Raises PortalError for a tool that is not there: the answer must not call another.
    """
    kind = value.get("type") if isinstance(value, dict) else value
    if kind == "allowed_tools":
        allowed = [chosen(row) for row in rows(value)]
        functions = [row for row in functions if row["function"]["name"] in allowed]
        value = value.get("mode") or "auto"
    elif kind in ("function", "custom"):
        if chosen(value) not in [row["function"]["name"] for row in functions]:
            raise unknown(chosen(value))
        return functions, {"type": "function", "function": {"name": chosen(value)}}
    if value is not None and value not in MODES:
        raise unknown(str(kind))
    if value == "required" and not functions:
        raise refused("tool_choice: none of the tools can be called here.", "tool_choice")
    return functions, value if functions else None


def chosen(row: Body) -> str:
    return function_name(str(row.get("name")), row.get("namespace"))


def unknown(name: str) -> PortalError:
    return refused(f"tool_choice: {quote(name, 80)} is not a tool here.", "tool_choice")


def rows(tool: Body) -> list[Body]:
    """Return the tools inside of a namespace, or of a choice."""
    inside = tool.get("tools")
    return [row for row in inside if isinstance(row, dict)] if isinstance(inside, list) else []


def _function(tool: Body, name: str) -> Body:
    fields = ("description", "parameters", "strict")
    known = {field: tool[field] for field in fields if tool.get(field) is not None}
    return {"type": "function", "function": {"name": name, **known}}


def _custom(tool: Body, name: str) -> Body:
    words = [tool.get("description") or ""]
    form = tool.get("format")
    if isinstance(form, dict) and form.get("type") == "grammar":
        words.append(f"The input follows this {form.get('syntax')} grammar:")
        words.append(str(form.get("definition")))
    function = {"name": name, "description": "\n".join(words).strip(), "parameters": PARAMETERS}
    return {"type": "function", "function": function}
