"""
Removes invalid parts from models.yaml's data, so that the rest can still be checked.

It removes the smallest part and keeps its path: a default whose model is listed but invalid must
not be reported as missing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from core.yaml.errors import value_at
from registry.config.schema import CAPABILITIES, SETTINGS, ProviderConfig
from registry.config.synonyms import meant
from registry.providers import WIRES

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

    from core.yaml.tree import Path


# Nothing else depends on them.
BESIDE = (("prompts",), ("notices",), ("budgets",), ("alerts",))


def remove_part(data: Any, error: ErrorDetails, dropped: set[Path]) -> bool:
    """Remove the part that `error` names from `data`; add its path to `dropped`.

    Returns False if nothing is left.
    """
    path = error["loc"]
    if path[:1] in BESIDE:
        data.pop(path[0], None)
        return True
    if path[:1] == ("limits",):
        value_at(data, path[:-1]).pop(path[-1])
        return True
    if error["type"] == "missing":
        path = path[:-1] if path[-1:] != ("capabilities",) else path
    if len(path) < 2:
        return False
    dropped.add(path[1:])
    if "capabilities" in path[4:5]:
        return _keep_words(data, path[:5])
    if len(path) == 3 and (word := meant(path, list(ProviderConfig.model_fields))):
        dropped.add((path[1], word))  # misspelt, not missing
    container = value_at(data, path[:-1])
    if isinstance(container, dict):
        container.pop(path[-1], None)
    elif isinstance(container, tuple):
        _set(data, path[:-1], ())
    return True


def in_unknown_section(data: Any, path: Path) -> bool:
    """Is `path` in a section that is not a provider's? Mistakes inside it are not reported."""
    if len(path) < 3 or path[0] != "models" or path[1] in SETTINGS:
        return False
    section = value_at(data, path[:2])
    if not isinstance(section, dict) or path[1] in WIRES:
        return False
    keys = ("api", "endpoint", "endpoints", "host", "registry", "api_key")
    known = list(ProviderConfig.model_fields)
    return not any(meant((*path[:2], key), known) in keys for key in section)


def _keep_words(data: Any, path: Path) -> bool:
    """Keep those capabilities of a model that are text; if there are none, assume the built-in."""
    values = value_at(data, path)
    words = tuple(v for v in values if isinstance(v, str)) if isinstance(values, tuple) else ()
    return _set(data, path, words or CAPABILITIES)


def _set(data: Any, path: Path, value: Any) -> bool:
    container = value_at(data, path[:-1])
    if isinstance(container, dict):
        container[path[-1]] = value
    return True
