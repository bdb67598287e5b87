"""What in a text of models.yaml decided that a model answers, and what it costs. Pure."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from core.errors import ConfigError
from core.yaml.strict import parse
from core.yaml.tree import to_data
from registry.config.bare import with_models
from registry.config.redact import HIDDEN
from registry.config.upgrade.upgrade import upgrade

if TYPE_CHECKING:
    from collections.abc import Iterator

    from core.yaml.tree import Entry, Node
    from registry.config.secret_values import Keys

NAMES = ("defaults", "fallbacks", "fallback", "replacement")  # keys whose values name models
OF_MODEL = ("capabilities", "fallback", "deprecated", "replacement", "price", "timeout")


class Choice(NamedTuple):
    """Which model answers: its ID, that of the one that was asked if it is another, and why."""

    capability: str
    model: str
    asked: str
    resolved_by: str


class Line(NamedTuple):
    number: int
    text: str


def deciding(text: str, choice: Choice) -> list[Line]:
    """Return the lines, in their order. None if the text cannot be read."""
    lines = text.split("\n")
    try:
        root = _root(text)
    except ConfigError:
        return []
    numbers = {
        number
        for entry, _, whole in _entries(root, choice)
        for number in (_block(lines, entry.line) if whole else [entry.line])
    }
    return [Line(number, lines[number - 1]) for number in sorted(numbers)]


def decided(text: str, choice: Choice) -> list[Line]:
    """Return what those lines say, without what others may not see.

    That is comments, groups, and other models than those of `choice`. None if the text cannot be
    read.
    """
    try:
        root = _root(text)
    except ConfigError:
        return []
    known = (choice.model, choice.asked)
    said = {
        Line(entry.line, f"{'.'.join(path)}: {json.dumps(value, ensure_ascii=False)}")
        for entry, path, whole in _entries(root, choice)
        if whole and (value := _without_others(path, to_data(entry.node), known))
    }
    keys = {
        Line(entry.line, ".".join(path))
        for entry, path, whole in _entries(root, choice)
        if not whole
    }
    return sorted(said | keys)


def _without_others(path: Keys, value: Any, known: tuple[str, ...]) -> Any:
    """Return a value; of one that names models, only those that are `known`."""
    if path[-1] not in NAMES and path[1] not in NAMES:
        return value
    names = [name for name in ([value] if isinstance(value, str) else value or ()) if name in known]
    return names[0] if isinstance(value, str) and names else names


def _root(text: str) -> Node:
    root, _ = parse(text.replace(HIDDEN, "hidden").encode(), "models")
    root, *_ = upgrade(with_models(root)[0])
    return root


def _entries(root: Node, choice: Choice) -> Iterator[tuple[Entry, Keys, bool]]:
    """Yield the keys that decided, their paths, and whether what is below them counts."""
    for path, whole in _paths(choice):
        if entry := _entry(root, path):
            yield entry, path, whole


def _paths(choice: Choice) -> Iterator[tuple[Keys, bool]]:
    """Yield the paths below the file's root, and whether all of their lines count."""
    if choice.resolved_by == "default":
        yield ("models", "defaults", choice.capability), True
    if choice.resolved_by == "fallback":
        yield ("models", "fallbacks", choice.capability), True
    for model in filter(None, (choice.asked, choice.model)):
        provider, _, name = model.partition(":")
        yield ("models", provider), False
        yield ("models", provider, "local"), True
        yield ("models", provider, "registry", name), False
        for field in OF_MODEL:
            yield ("models", provider, "registry", name, field), True


def _entry(root: Node, path: Keys) -> Entry | None:
    """Return the key at the end of a path, if it is there."""
    node, entry = root, None
    for step in path:
        entry = node.value.get(step) if isinstance(node.value, dict) else None
        if entry is None:
            return None
        node = entry.node
    return entry


def _block(lines: list[str], first: int) -> list[int]:
    """Return the numbers of a key's line and of those that are indented below it."""
    indent = _indent(lines[first - 1])
    numbers = [first]
    for number, line in enumerate(lines[first:], first + 1):
        if not line.strip() or _indent(line) <= indent:
            break
        numbers.append(number)
    return numbers


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))
