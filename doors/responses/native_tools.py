"""The tools that a server of this API gets: the caller's own, and those that models.yaml lists."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chat.requests.dangers import Options, may_use, refused
from chat.requests.fields import FREE, TOOL
from doors.responses.tools import MODES, TABLES, chosen, names, rows, unknown

if TYPE_CHECKING:
    from registry.entities import Provider
    from registry.providers.wire import Body

LOCAL = ("local_shell", "apply_patch", "computer", "computer_use_preview")  # the caller runs them
OPTIONS = Options(FREE | TOOL)


def tools(tools: list[Body], provider: Provider, dropped: list[str]) -> list[Body]:
    """Return the tools that pass, and add the names of the others to `dropped`.

    Raises PortalError for an option of a hosted tool that no caller chooses.
    """
    kept = []
    for tool in tools:
        kind = str(tool.get("type"))
        if kind in TABLES:
            kept.append(_own(tool, provider, dropped))
        elif kind in LOCAL or may_use(kind, provider):
            _check(tool, kind)
            kept.append(tool)
        else:
            dropped.append(f"tools.{kind}")
    return kept


def _own(tool: Body, provider: Provider, dropped: list[str]) -> Body:
    known = TABLES[tool["type"]]
    dropped += [f"tools.{name}" for name in sorted(tool.keys() - known.keys())]
    kept = {name: value for name, value in tool.items() if name in known}
    if tool["type"] == "namespace":
        kept["tools"] = tools(rows(tool), provider, dropped)
    return kept


def _check(tool: Body, kind: str) -> None:
    if isinstance(tool.get("container"), str):
        message = "the container of an ID may be another user's."
        raise refused(f"tools.{kind}.container: {message}", "tools")
    OPTIONS.check(tool, f"tools.{kind}")


def choice(value: Any, tools: list[Body]) -> Any:
    """Return the caller's choice among the tools that pass. Raises PortalError for another."""
    kind = str(value.get("type") if isinstance(value, dict) else value)
    if value == "required" and not tools:
        raise refused("tool_choice: none of the tools can be called here.", "tool_choice")
    if value is None or value in MODES:
        return value if tools else None
    if not isinstance(value, dict) or (kind != "allowed_tools" and not _is_among(value, tools)):
        raise unknown(chosen(value) if kind in TABLES else kind)
    if kind != "allowed_tools":
        return {name: value[name] for name in ("type", "name", "namespace") if name in value}
    allowed = [row for row in rows(value) if _is_among(row, tools)]
    if not allowed:
        raise refused("tool_choice: none of the tools can be called here.", "tool_choice")
    return {"type": kind, "mode": value.get("mode") or "auto", "tools": allowed}


def _is_among(row: Body, tools: list[Body]) -> bool:
    """Is what a choice names one of the tools?"""
    if row.get("type") in ("function", "custom"):
        return chosen(row) in names(tools)
    return row.get("type") in [tool["type"] for tool in tools]
