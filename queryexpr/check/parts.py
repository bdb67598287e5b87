"""Checks of parts of values: what the names mean, and whether the type has such a part."""

from __future__ import annotations

from itertools import takewhile
from typing import TYPE_CHECKING, Any

from queryexpr.check.scope import Output, Scope, Source
from queryexpr.expression import Column, Part, TableName, Unnest
from queryexpr.issues import did_you_mean
from queryexpr.schema.catalogue import family
from queryexpr.schema.nested import element_type, field_types, is_open

if TYPE_CHECKING:
    from queryexpr.check.checker import Checker


def resolved(checker: Checker, node: Any, scope: Scope) -> Any:
    """Return a part of a value for names such as `a.b.c` that are no table and its column."""
    column = node.part if isinstance(node, Part) else node
    if not isinstance(column, Column) or not column.table or checker.dialect.fields != "dots":
        return node
    if scope.source(column.table):
        return node
    path = node.path if isinstance(node, Part) else ()
    names = [column.table, column.column, *takewhile(_is_name, path)]
    at = next((n for n in range(1, len(names) - 1) if _is_table(names, n, scope)), 0)
    rest = (*names[at + 2 :], *path[len(names) - 2 :])
    if at:
        return _cut(Column(column=names[at + 1], table=names[at]), rest, node)
    if not scope.find(column.table, None):
        return node
    return _cut(Column(column=column.table), (column.column, *path), node)


def _is_name(step: Any) -> bool:
    return isinstance(step, str)


def _is_table(names: list[str], at: int, scope: Scope) -> bool:
    """Is it the name of a table in FROM, after the name of its schema?"""
    source = scope.source(names[at])
    schema = source.node.schema_ if source and isinstance(source.node, TableName) else None
    return schema is not None and schema.lower() == names[at - 1].lower()


def _cut(column: Column, path: tuple[Any, ...], node: Any) -> Any:
    safe = node.safe if isinstance(node, Part) else True
    return Part(part=column, path=path, safe=safe) if path else column


def field_of(checker: Checker, node: Column, source: Source, output: Output) -> Part | None:
    """Return a field of the elements of an array, where the source of a column is one."""
    unnest = source.node
    if checker.dialect.unnest != "value" or not isinstance(unnest, Unnest):
        return None
    own = {source.alias.lower(), (unnest.position or "").lower()}
    if output.name.lower() in own:
        return None
    return Part(part=Column(column=source.alias), path=(output.name,), safe=True)


def is_element(checker: Checker, value: Any, scope: Scope) -> bool:
    """Is it the name of an element of an array, which comes before a column of that name?"""
    if checker.dialect.unnest != "value" or not isinstance(value, Column) or value.table:
        return False
    source = scope.source(value.column)
    return source is not None and isinstance(source.node, Unnest)


def check_part(checker: Checker, node: Part, scope: Scope, pointer: str) -> None:
    """Add an issue for a field or an element that the type has not."""
    if any(isinstance(step, bool | float | type(None)) for step in node.path):
        message = "'path' has names of fields, and numbers of elements from 0."
        checker.wrong("shape", message, f"{pointer}/path")
    type_name = type_of(node.part, scope)
    if node.form != "value":
        _check_json(checker, type_name, pointer)
        return
    for number, step in enumerate(node.path):
        inner = _inner(type_name, step)
        if inner is None:
            _report(checker, type_name, step, f"{pointer}/path/{number}")
            return
        type_name = inner


def _check_json(checker: Checker, type_name: str, pointer: str) -> None:
    found = family(type_name)
    strict = checker.dialect.json == "keys" and found == "text"
    if found in ("number", "time", "boolean") or strict:
        message = f"{type_name[:40]} has no paths: it is no JSON. Cast it."
        checker.wrong("type_mismatch", message, pointer)


def _inner(type_name: str, step: Any) -> str | None:
    """Return the type of a part; empty where it is not known, None where there is none."""
    if is_open(type_name):
        return ""
    if not isinstance(step, str):
        return element_type(type_name)
    fields = field_types(type_name)
    if fields is None:
        return None
    return fields.get(step.lower())


def _report(checker: Checker, type_name: str, step: Any, pointer: str) -> None:
    if not isinstance(step, str):
        message = f"{type_name[:40]} has no elements: it is no array."
        checker.wrong("type_mismatch", message, pointer)
        return
    fields = field_types(type_name)
    if fields is None:
        message = f"{type_name[:40]} has no field {step!r}: it is no record."
        if element_type(type_name) is not None:
            message += " Take an element of it, or UNNEST it in FROM."
        checker.wrong("type_mismatch", message, pointer)
        return
    near = checker.near(step, fields)
    message = f"{type_name[:40]} has no field {step!r}.{did_you_mean(near)}"
    checker.wrong("unknown_column", message, pointer, near=near)


def type_of(value: Any, scope: Scope) -> str:
    """Return the type of a value as the schema writes it; empty where that is not known."""
    if isinstance(value, Column):
        matches = scope.find(value.column, value.table)
        return matches[0][1].type if len(matches) == 1 else ""
    if not isinstance(value, Part):
        return ""
    if value.form != "value":
        return {"json": "json", "text": "text"}.get(value.form, "")
    type_name = type_of(value.part, scope)
    for step in value.path:
        type_name = _inner(type_name, step) or ""
    return type_name


def part_family(value: Part, scope: Scope) -> Any:
    """Return the kind of values that a part has; empty where it is not known."""
    return family(type_of(value, scope))
