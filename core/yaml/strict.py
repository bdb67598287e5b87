"""
Strict YAML: bytes → a tree whose every node knows its line and column.

It accepts a small part of YAML, on purpose. Errors, each with its place, are: duplicate keys,
anchors, aliases, tags, several documents, deep nesting, control and zero-width characters, invalid
UTF-8. Plain scalars follow YAML 1.2's core schema, but without octal and hexadecimal numbers, so
`no`, `12:30`, `010` and `0x10` stay text.

It reads libyaml's events: composing nodes first would recurse, and would silently keep the last of
two equal keys.
"""

from __future__ import annotations

from typing import Any

import yaml

from core.errors import ConfigError, Problem
from core.text import quote
from core.yaml.lines import merge_marks, name_mistake, odd_lines
from core.yaml.syntax import syntax_problem
from core.yaml.text import HIDDEN, decode, hidden_message, plain
from core.yaml.tree import Entry, Node

MAX_DEPTH = 20


def parse(source: bytes, root_key: str) -> tuple[Node, list[Problem]]:
    """Return the root mapping of `source`, and what is wrong with its form.

    Raises ConfigError, with all of that, if the tree cannot be used. `root_key` is the key with
    which the file must begin; only the message for a file without a mapping needs it.
    """
    text = decode(source)
    if marks := merge_marks(text):
        raise ConfigError(marks)
    builder = _Builder()
    try:
        for event in yaml.parse(text, Loader=yaml.CSafeLoader):
            builder.handle(event)
    except yaml.MarkedYAMLError as error:
        lines = odd_lines(text) or [syntax_problem(error, text)]
        raise ConfigError(list(dict.fromkeys([*builder.problems, *lines]))) from None
    if builder.broken:
        raise ConfigError(builder.problems)
    root = builder.root or Node(None, 1, 1)
    if not isinstance(root.value, dict):
        lines = odd_lines(text) or [_no_mapping(root, root_key)]
        raise ConfigError(list(dict.fromkeys([*builder.problems, *lines])))
    return root, builder.problems


def _no_mapping(root: Node, root_key: str) -> Problem:
    fault = "The file is empty." if root.value is None else "The file is not a mapping."
    return Problem(root.line, root.column, f"{fault} It must begin with `{root_key}:`.")


class _Builder:
    """Builds the tree from events. At the end it holds the root, or the problems."""

    def __init__(self) -> None:
        self.root: Node | None = None
        self.problems: list[Problem] = []
        self.broken = False  # the tree cannot be used
        self.stack: list[Node] = []
        self.keys: list[tuple[str, int, int] | None] = []  # the key that has no value yet
        self.documents = 0

    def handle(self, event: Any) -> None:
        handler = _HANDLERS.get(type(event))
        if handler:
            if getattr(event, "anchor", None) is not None:
                message = "Anchors and aliases (& and *) are not allowed. Write the value out."
                self.report(event, message)
            elif getattr(event, "tag", None) is not None:
                self.report(event, "Tags (!…) are not allowed. Delete the tag.")
            handler(self, event)

    def report(self, event: Any, message: str, *, breaks: bool = True) -> None:
        self.broken = self.broken or breaks
        mark = event.start_mark
        self.problems.append(Problem(mark.line + 1, mark.column + 1, message))

    def document(self, event: yaml.DocumentStartEvent) -> None:
        self.documents += 1
        if self.documents == 2:
            self.report(event, "A second document (---) begins here. Keep only one.")

    def alias(self, event: yaml.AliasEvent) -> None:
        self.put(event, None)

    def scalar(self, event: yaml.ScalarEvent) -> None:
        if match := HIDDEN.search(event.value):
            self.report(event, hidden_message(match.group()), breaks=False)
        elif event.implicit[0] and (mistake := name_mistake(event.value)):
            self.report(event, mistake, breaks=False)
        if self.awaits_key():
            self.key(event)
        else:
            self.put(event, plain(event.value) if event.implicit[0] else event.value)

    def awaits_key(self) -> bool:
        return bool(self.stack) and type(self.stack[-1].value) is dict and self.keys[-1] is None

    def key(self, event: yaml.ScalarEvent) -> None:
        mark: Any = event.start_mark
        self.keys[-1] = (event.value, mark.line + 1, mark.column + 1)
        earlier = self.stack[-1].value.get(event.value)
        if earlier is not None:
            message = f"{quote(event.value)} appears twice, first on line {earlier.line}. Keep one."
            self.report(event, message, breaks=False)

    def put(self, event: Any, value: Any) -> Node:
        mark = event.start_mark
        node = Node(value, mark.line + 1, mark.column + 1)
        if not self.stack:
            self.root = self.root or node
        elif type(self.stack[-1].value) is list:
            self.stack[-1].value.append(node)
        elif (key := self.keys[-1]) is None:
            self.report(event, "A key must be plain text.")
            self.keys[-1] = ("", node.line, node.column)
        else:
            self.keys[-1] = None
            self.stack[-1].value.setdefault(key[0], Entry(key[1], key[2], node))
        return node

    def begin(self, event: Any) -> None:
        if len(self.stack) >= MAX_DEPTH:
            mark = event.start_mark
            message = f"This is nested more than {MAX_DEPTH} deep."
            raise ConfigError([*self.problems, Problem(mark.line + 1, mark.column + 1, message)])
        value: Any = {} if type(event) is yaml.MappingStartEvent else []
        self.stack.append(self.put(event, value))
        self.keys.append(None)

    def end(self, event: Any) -> None:
        self.stack.pop()
        self.keys.pop()


_HANDLERS: dict[type, Any] = {
    yaml.DocumentStartEvent: _Builder.document,
    yaml.AliasEvent: _Builder.alias,
    yaml.ScalarEvent: _Builder.scalar,
    yaml.MappingStartEvent: _Builder.begin,
    yaml.SequenceStartEvent: _Builder.begin,
    yaml.MappingEndEvent: _Builder.end,
    yaml.SequenceEndEvent: _Builder.end,
}
