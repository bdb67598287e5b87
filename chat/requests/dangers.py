"""
What no caller may send in the options of a server, at any depth.

The caller's own content is not examined: schemas, arguments and words of tools, metadata, text.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from chat.requests.counts import check_count
from chat.requests.fields import (
    CONSTRAINING,
    CONSTRAINING_INSIDE,
    DATA,
    FREE,
    LOADED,
    RENDERER,
    REQUEST,
    SERVER,
    TOOL,
    URL,
    WHY,
    meant,
    plain,
    snake,
)
from chat.requests.suspects import is_gateways, why_suspect
from core.errors import PortalError
from core.text import quote

if TYPE_CHECKING:
    import re
    from collections.abc import Collection

    from registry.entities import Provider

MAX_DEPTH = 50
TOOLS = frozenset({"function", "custom"})
USUAL = TOOLS | {"type"}  # of a tool
PLAIN = frozenset({"name", "description", "parameters", "strict"})  # of a function


class Options:
    """Examines the options of a server. `free`: fields whose content is the caller's own.

    `sent`: they reach the provider, so that an address of something to load is refused as well.
    `strict`: no one has listed them: neither suspicious names nor any addresses pass.
    """

    __slots__ = ("free", "sent", "strict")

    def __init__(
        self, free: Collection[str] = FREE, *, sent: bool = True, strict: bool = False
    ) -> None:
        self.free = free
        self.sent = sent
        self.strict = strict

    def check(self, value: Any, path: str, depth: int = 0) -> None:
        """Raise PortalError for a field that no caller chooses, at any depth of `value`."""
        if depth > MAX_DEPTH:
            raise refused(f"{path[:80]}…: it is nested too deep.", path)
        if isinstance(value, dict):
            for name, inner in value.items():
                if inner is not None:
                    self._field(name, inner, f"{path}.{name}" if path else name, depth)
        elif isinstance(value, list):
            for item in value:
                self.check(item, path, depth + 1)
        elif self.sent and isinstance(value, str):
            self._text(value, path, depth)

    def _text(self, value: str, path: str, depth: int) -> None:
        """Raise PortalError for an address, or for options that are written as JSON in a text."""
        if (self.strict or LOADED.search(path.lower())) and is_address(value):
            raise refused(f"{path}: the provider would fetch this address.", path)
        if value.lstrip()[:1] in ("{", "["):
            try:
                inside = json.loads(value)
            except (ValueError, RecursionError):
                return
            self.check(inside, path, depth + 1)

    def _field(self, name: str, value: Any, place: str, depth: int) -> None:
        if why := why_refused(name):
            raise refused_field(place, why)
        if self.strict and (why := why_suspect(name)):
            message = f"{place}: callers do not choose {why}. An operator may list it in `pass`."
            raise refused(message, place)
        check_count(name, value, place)
        inside = place != name
        if inside and name in REQUEST:
            raise refused_field(place, "where a request goes")
        if (inside and name in self.free) or self._is_metadata(plain(name)):
            return
        if name == "chat_template_kwargs" and isinstance(value, dict):
            check_template(value, place)
        else:
            self.check(value, place, depth + 1)

    def _is_metadata(self, name: str) -> bool:
        """Is it the caller's own notes? Gateways read options in fields as `litellm_metadata`."""
        return name == "metadata" or (name.endswith("metadata") and not self.sent)


def why_refused(name: str) -> str | None:
    """Return what callers do not choose by a field of this name, if there is such a thing."""
    known = plain(name)
    return WHY.get(known) or ("the address of a server" if SERVER.search(known) else None)


def is_address(value: str) -> bool:
    """Is it an address, or a `data:` URL that holds no content?"""
    if value[:5].lower() == "data:":
        return not DATA.match(value[:1000])
    return bool(URL.match(value[:1000]))


def check_notes(notes: Any, place: str) -> None:
    """Raise PortalError for a parameter of a gateway in the caller's own notes."""
    for name in notes if isinstance(notes, dict) else ():
        if is_gateways(name):
            raise refused_field(f"{place}.{name}", "a gateway's parameter")


def check_template(variables: dict[str, Any], path: str) -> None:
    """Raise PortalError for a variable of a chat template that its renderer acts upon."""
    for name in variables:
        if plain(name) in RENDERER:
            raise refused_field(f"{path}.{name}", "how a chat template is rendered")


def check_constraints(name: str, value: Any) -> None:
    """Raise PortalError for an unknown field that would constrain the answer, at any depth."""
    if place := _constraint(name, value, CONSTRAINING, 0):
        message = (
            f"{quote(place, 200)} is not known, and would constrain the answer. Leave it out, "
        )
        raise refused(message + "or ask an operator to `pass` it.", name)


def _constraint(name: str, value: Any, pattern: re.Pattern[str], depth: int) -> str | None:
    """Return the path of the first constraint in a field, if there is one."""
    if not value and value != {}:  # it asks for nothing
        return None
    if pattern.search(snake(name[:200])):
        return name
    if not isinstance(value, dict) or depth > MAX_DEPTH or plain(name).endswith("metadata"):
        return None
    for key, inner in value.items():
        if place := _constraint(key, inner, CONSTRAINING_INSIDE, depth + 1):
            return f"{name}.{place}"
    return None


def check_name(name: str, names: frozenset[str], path: str = "") -> None:
    """Raise PortalError for a name that some servers take for one of `names`."""
    if known := meant(name, names):
        raise refused(f"{path}{quote(name)}: it is written `{known}`.", path or name)


def check_tools(tools: list[dict[str, Any]], provider: Provider) -> None:
    """Raise PortalError for tools that the provider would run itself, unless they are listed."""
    for number, tool in enumerate(tools):
        kind = tool.get("type", "function" if "function" in tool else None)
        if not isinstance(kind, str) or not (kind in TOOLS or may_use(kind, provider)):
            raise refused(
                f"tools[{number}].type: {provider.name} lets callers use function and custom. "
                "An operator may list others in `tools`.",
                "tools",
            )
        if kind in TOOLS and not _is_plain(tool):
            _check_tool(tool, f"tools[{number}]")


def _is_plain(tool: dict[str, Any]) -> bool:
    function = tool.get("function")
    return isinstance(function, dict) and tool.keys() <= USUAL and function.keys() <= PLAIN


def _check_tool(tool: dict[str, Any], path: str) -> None:
    options = Options(FREE | TOOL)
    for name in tool:
        check_name(name, USUAL, f"{path}.")
    options.check({k: v for k, v in tool.items() if k not in TOOLS}, path)
    for kind in TOOLS & tool.keys():
        options.check(tool[kind], f"{path}.{kind}")


def may_use(tool: str, provider: Provider) -> bool:
    return tool in provider.tools


def refused_field(path: str, why: str) -> PortalError:
    """Return the error for a field that callers may not set."""
    return refused(f"{path}: callers do not choose {why}. Operators do, in models.yaml.", path)


def refused(message: str, path: str) -> PortalError:
    return PortalError("invalid_request", message, param=path.partition("[")[0].partition(".")[0])
