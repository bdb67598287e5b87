"""
Taking a misshapen part out of models.yaml's data, so that the rest can still be checked.

The smallest part goes: a model with a bad title stays, so that the default that names it is not
reported as absent.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from registry.providers import WIRES
from registry.schema import CAPABILITIES

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails


def mend(data: Any, error: ErrorDetails) -> bool:
    """Take the part that `error` names out of `data`. False if nothing would be left."""
    path = [step for step in error["loc"] if step != "[key]"]
    if "capabilities" in path[4:]:
        return _set(data, path[:5], CAPABILITIES)  # what it can do is unknown: complain but once
    if error["type"] == "missing":
        path = path[:-1]
    if len(path) < 2:
        return False
    *above, last = path
    container = _at(data, above)
    if isinstance(container, dict):
        container.pop(last, None)
        return True
    if isinstance(container, tuple) and isinstance(last, int):
        return _set(data, above, ())
    return True  # its container went before it


def in_unknown_section(data: Any, path: tuple[str | int, ...]) -> bool:
    """Does `path` lie in a section whose wire format is unknown? That mistake hides the others."""
    if len(path) < 3 or path[1] in ("defaults", "capabilities"):
        return False
    section = _at(data, path[:2])
    return isinstance(section, dict) and section.get("api", path[1]) not in WIRES


def _at(data: Any, path: Any) -> Any:
    for step in path:
        try:
            data = data[step]
        except (KeyError, IndexError, TypeError):
            return None
    return data


def _set(data: Any, path: list[Any], value: Any) -> bool:
    container = _at(data, path[:-1])
    if isinstance(container, dict):
        container[path[-1]] = value
    return True
