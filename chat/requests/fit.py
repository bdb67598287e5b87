"""
Fits a caller's request to the provider that was chosen: what passes, what is dropped, what is not.

One rule for every field. What is known passes. What is dangerous is refused, with its path and the
remedy, at any depth of a server's options, but not in what is the caller's own: schemas,
arguments of tools, metadata, text. The rest is dropped and reported, unless models.yaml lets it
pass; if it would constrain the answer, it is refused rather than dropped.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from chat.requests.fields import CONSTRAINING, FREE, KNOWN, WHY, plain
from chat.requests.messages import fit_messages, refused, refused_field
from core.text import quote
from registry.usage import count_dropped

if TYPE_CHECKING:
    from collections.abc import Collection

    from registry.entities import Provider, Resolution

TOOLS = ("function", "custom")
MAX_DEPTH = 50


def fit(body: dict[str, Any], resolution: Resolution) -> tuple[dict[str, Any], Resolution]:
    """Return a checked chat request as its provider gets it, and the resolution that reports it.

    Raises PortalError `invalid_request` for what is refused.
    """
    provider = resolution.provider
    dropped: dict[str, None] = {}
    fitted = _fields(body, provider, dropped)
    fitted["messages"] = fit_messages(
        body["messages"], dropped, fetches=provider.fetches, keep_all=provider.passes_all
    )
    if tools := body.get("tools"):
        _check_tools(tools, provider)
    if more := provider.wire.fit(fitted):
        dropped.update(dict.fromkeys(more))
    return fitted, report(resolution, dropped) if dropped else resolution


def report(resolution: Resolution, dropped: Collection[str]) -> Resolution:
    """Return the resolution with the names of fields that were dropped, and count them."""
    if not dropped:
        return resolution
    count_dropped(resolution.provider.name, len(dropped))
    return replace(resolution, dropped=(*resolution.dropped, *dropped))


def _fields(body: dict[str, Any], provider: Provider, dropped: dict[str, None]) -> dict[str, Any]:
    """Return the fields that pass, and add the names of the others to `dropped`."""
    fitted = {}
    for name, value in body.items():
        if name in KNOWN and not isinstance(value, (dict, list)):
            fitted[name] = value
            continue
        if name not in FREE:
            refuse_dangers({name: value})
        if name in KNOWN or name in provider.passes or provider.passes_all or value is None:
            fitted[name] = value
        elif CONSTRAINING.search(name.lower()):
            message = f"{quote(name)} is not known, and would constrain the answer. Leave it out, "
            raise refused(message + "or ask an operator to `pass` it.", name)
        else:
            dropped[name] = None
    if "web_search_options" in body and not _may_use("web_search", provider):
        raise refused_field("web_search_options", "what a provider searches")
    return fitted


def refuse_dangers(options: dict[str, Any], path: str = "", depth: int = 0) -> None:
    """Raise PortalError for a field that no caller chooses, at any depth of `options`."""
    for name, value in options.items():
        place = f"{path}.{name}" if path else name
        if (why := WHY.get(plain(name))) and value is not None:
            raise refused_field(place, why)
        if path and name in FREE:
            continue
        for inner in value if isinstance(value, list) else [value]:
            if isinstance(inner, dict) and depth < MAX_DEPTH:
                refuse_dangers(inner, place, depth + 1)


def _check_tools(tools: list[dict[str, Any]], provider: Provider) -> None:
    for number, tool in enumerate(tools):
        kind = tool.get("type", "function" if "function" in tool else None)
        if not isinstance(kind, str) or not (kind in TOOLS or _may_use(kind, provider)):
            raise refused(
                f"tools[{number}].type: {provider.name} lets callers use function and custom. "
                "An operator may list others in `tools`.",
                "tools",
            )
        options = {name: value for name, value in tool.items() if name not in TOOLS}
        if kind in TOOLS:
            refuse_dangers(options, f"tools[{number}]")


def _may_use(tool: str, provider: Provider) -> bool:
    return tool in provider.tools
