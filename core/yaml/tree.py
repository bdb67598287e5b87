"""The tree that strict YAML is parsed into, and how to find a path's place in it. Pure."""

from __future__ import annotations

from typing import Any, NamedTuple

from core.errors import Problem

Path = tuple[str | int, ...]


class Node(NamedTuple):
    """A value and its place, from 1. `value`: dict[str, Entry], list[Node], or a scalar."""

    value: Any
    line: int
    column: int


class Entry(NamedTuple):
    """A key's place and its value, in a mapping."""

    line: int
    column: int
    node: Node


def to_data(node: Node) -> Any:
    """Return `node` as plain dicts, tuples and scalars."""
    if isinstance(node.value, dict):
        return {key: to_data(entry.node) for key, entry in node.value.items()}
    if isinstance(node.value, list):
        return tuple(to_data(child) for child in node.value)
    return node.value


def place(root: Node, path: Path, *, at_key: bool = False) -> tuple[int, int]:
    """Return line and column of the value at `path`, or of its nearest ancestor.

    With `at_key`, and where the value is a mapping, that is the place of its key.
    """
    position, node = (root.line, root.column), root
    for step in path:
        if isinstance(node.value, dict) and step in node.value:
            entry = node.value[step]
            node, position = entry.node, (entry.line, entry.column)
        elif isinstance(node.value, list) and isinstance(step, int) and step < len(node.value):
            node = node.value[step]
            position = (node.line, node.column)
        else:
            return position
    return position if at_key or isinstance(node.value, dict) else (node.line, node.column)


def problem_at(root: Node, path: Path, message: str, at_key: bool = False) -> Problem:
    """Return `message` as a problem at the place of `path`."""
    return Problem(*place(root, path, at_key=at_key), message)
