"""
Other programs' files → a tree whose nodes know their place.

The files follow their own programs' rules, so anchors and merge keys are read here.
"""

from __future__ import annotations

from typing import Any

import yaml

from core.errors import ConfigError, Problem
from core.yaml.text import decode, plain
from core.yaml.tree import Entry, Node

MAX_NODES = 200_000  # aliases can make a small file huge
MAX_DEPTH = 40


def read_yaml(source: bytes) -> Node:
    """Return the tree of `source`. Raises ConfigError if it is not YAML."""
    text = decode(source)
    try:
        composed = yaml.compose(text, Loader=yaml.CSafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (0, 0)
        raise ConfigError([Problem(line, column, "This is not valid YAML.")]) from None
    except (yaml.YAMLError, RecursionError):
        raise ConfigError([Problem(0, 0, "This is not valid YAML.")]) from None
    return _Converter().node(composed, 0) if composed else Node(None, 1, 1)


class _Converter:
    def __init__(self) -> None:
        self.count = 0

    def node(self, node: Any, depth: int) -> Node:
        line, column = node.start_mark.line + 1, node.start_mark.column + 1
        self.count += 1
        if self.count > MAX_NODES or depth > MAX_DEPTH:
            message = "This is too large, or nested too deep."
            raise ConfigError([Problem(line, column, message)])
        if isinstance(node, yaml.MappingNode):
            return Node(self.mapping(node, depth), line, column)
        if isinstance(node, yaml.SequenceNode):
            return Node([self.node(child, depth + 1) for child in node.value], line, column)
        return Node(_scalar(node), line, column)

    def mapping(self, node: yaml.MappingNode, depth: int) -> dict[str, Entry]:
        merged: dict[str, Entry] = {}
        own: dict[str, Entry] = {}
        for key, value in node.value:
            child = self.node(value, depth + 1)
            if key.value == "<<":
                for part in child.value if isinstance(child.value, list) else [child]:
                    merged = {**(part.value if isinstance(part.value, dict) else {}), **merged}
            elif isinstance(key, yaml.ScalarNode):
                mark = key.start_mark
                own[key.value] = Entry(mark.line + 1, mark.column + 1, child)
        return {**merged, **own}


def _scalar(node: Any) -> Any:
    return node.value if node.style else plain(node.value)
