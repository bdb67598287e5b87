"""Which lines of a text of models.yaml decided that a model answers, and what it costs. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from core.errors import ConfigError
from core.yaml.strict import parse
from registry.config.bare import with_models
from registry.config.redact import HIDDEN
from registry.config.upgrade.upgrade import upgrade

if TYPE_CHECKING:
    from collections.abc import Iterator

    from core.yaml.tree import Entry, Node, Path

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
        root, _ = parse(text.replace(HIDDEN, "hidden").encode(), "models")
    except ConfigError:
        return []
    root, *_ = upgrade(with_models(root)[0])
    numbers = {
        number
        for path, whole in _paths(choice)
        if (entry := _entry(root, path))
        for number in (_block(lines, entry.line) if whole else [entry.line])
    }
    return [Line(number, lines[number - 1]) for number in sorted(numbers)]


def _paths(choice: Choice) -> Iterator[tuple[Path, bool]]:
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


def _entry(root: Node, path: Path) -> Entry | None:
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
