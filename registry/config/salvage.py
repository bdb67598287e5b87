"""
Taking a misshapen part out of models.yaml's data, so that the rest can still be checked.

The smallest part goes, and its path is remembered: a default that names a model which is there
but misshapen must not be reported as absent.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from core.text import nearest
from core.yaml_errors import value_at
from registry.config.schema import CAPABILITIES, SETTINGS, ProviderConfig
from registry.providers import WIRES

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

    from core.yaml_tree import Path


def take_out(data: Any, error: ErrorDetails, dropped: set[Path]) -> bool:
    """Take the part that `error` names out of `data`; add its path to `dropped`.

    Returns False if nothing is left.
    """
    path = error["loc"]
    if error["type"] == "missing":
        path = path[:-1] if path[-1:] != ("capabilities",) else path
    if len(path) < 2:
        return False
    dropped.add(path[1:])
    if "capabilities" in path[4:5]:
        return _keep_words(data, path[:5])
    if len(path) == 3 and (meant := nearest(str(path[2]), ProviderConfig.model_fields)):
        dropped.add((path[1], meant))  # misspelt, not absent
    container = value_at(data, path[:-1])
    if isinstance(container, dict):
        container.pop(path[-1], None)
    elif isinstance(container, tuple):
        _set(data, path[:-1], ())
    return True


def in_unknown_section(data: Any, path: Path) -> bool:
    """Does `path` lie in a section that is no provider's? That mistake hides those inside."""
    if len(path) < 3 or path[1] in SETTINGS:
        return False
    section = value_at(data, path[:2])
    if not isinstance(section, dict) or path[1] in WIRES:
        return False
    return not any(nearest(key, ProviderConfig.model_fields) == "api" for key in section)


def _keep_words(data: Any, path: Path) -> bool:
    """Leave of a model's capabilities what is text; if that is nothing, assume the usual."""
    found = value_at(data, path)
    words = tuple(v for v in found if isinstance(v, str)) if isinstance(found, tuple) else ()
    return _set(data, path, words or CAPABILITIES)


def _set(data: Any, path: Path, value: Any) -> bool:
    container = value_at(data, path[:-1])
    if isinstance(container, dict):
        container[path[-1]] = value
    return True
