"""The place in the file of an issue that the gate has with an expression. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from core.yaml.errors import value_at
from core.yaml.tree import Node, Path, place, to_data

if TYPE_CHECKING:
    from queryexpr.issues import Issue

_QUOTED = re.compile(r"'([^']+)'")


def place_of(issue: Issue, root: Node, section: Path, text: str) -> tuple[int, int]:
    """Return the line and column of an issue in the file's `text`.

    Its pointer begins with `/meanings`, which is `section` of the file. In an expression that is
    written in lines of its own, or without escapes, the place is that of the words at fault.
    """
    data = to_data(root)
    path = _path(issue.pointer, section, data)
    for expression in (path, (*path[:-1], "filter")):
        sql = value_at(data, expression)
        if isinstance(sql, str) and (within := _within(issue, sql)):
            return _in_file(sql, *within, *place(root, expression), text.splitlines())
    return place(root, path)


def _in_file(
    sql: str, row: int, offset: int, line: int, column: int, lines: list[str]
) -> tuple[int, int]:
    """Return the place of a row and an offset of an expression that begins at a place."""
    written, start = lines[line - 1], column - 1
    if written[start : start + 1] in ("|", ">"):
        below = line + 1 + row
        written, start = ([*lines, "", ""])[below - 1], 0
        line, column = below, 1
    found = written.find(sql.split("\n")[row], start)
    return (line, found + 1 + offset) if found >= 0 else (line, column)


def _path(pointer: str, section: Path, data: Any) -> Path:
    """Return the path of a pointer, up to the expression: one that is only SQL has no `expr`."""
    _, _, *steps = (step.replace("~1", "/").replace("~0", "~") for step in pointer.split("/"))
    path: Path = section
    for step in steps:
        inner = value_at(data, path)
        key: Any = int(step) if isinstance(inner, tuple) and step.isdigit() else step
        if value_at(data, (*path, key)) is None:
            break
        path = (*path, key)
    return path


def _within(issue: Issue, sql: str) -> tuple[int, int] | None:
    """Return the row of an issue in an expression, and the column there, from 0.

    Without a place it is that of the last word that the message quotes before it suggests others.
    """
    rows = sql.split("\n")
    if issue.line and issue.column:
        return min(issue.line, len(rows)) - 1, issue.column - 1
    for word in reversed(_QUOTED.findall(issue.message.partition(" Did you mean")[0])):
        for row, text in enumerate(rows):
            if found := re.search(rf"\b{re.escape(word)}\b", text):
                return row, found.start()
    return None
