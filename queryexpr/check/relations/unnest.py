"""Checks of arrays in FROM whose elements are rows: what they see, and which columns they have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from queryexpr.check.kinds import kind
from queryexpr.check.parts import type_of
from queryexpr.check.relations.series import is_time
from queryexpr.check.scope import Output, Scope, Source
from queryexpr.expression import Array, Native, Series, Unnest
from queryexpr.schema.catalogue import family
from queryexpr.schema.nested import element_type, field_types, is_open

if TYPE_CHECKING:
    from queryexpr.check.checker import Checker

_COLUMNS = {
    "flatten": ("seq", "key", "path", "index", "value", "this"),
    "json_each": ("key", "value", "type", "atom", "id", "parent", "fullkey", "path"),
}


def lateral(scope: Scope) -> Scope:
    """Return the scope of a part of FROM that sees the sources before it."""
    outer = lateral(scope.around) if scope.around else scope.outer
    return Scope(outer, dict(scope.sources), set(scope.merged), key=scope.key)


def check_elements(checker: Checker, node: Unnest, scope: Scope, pointer: str) -> None:
    """Add an issue for a value that is no array."""
    type_name = type_of(node.unnest, scope)
    known = type_name and not is_open(type_name) and element_type(type_name) is None
    if known and (checker.dialect.arrays or family(type_name) != "text"):  # JSON may be a text
        message = f"UNNEST takes an array, not {type_name[:40]}."
        checker.wrong("type_mismatch", message, f"{pointer}/unnest")


def source_of(checker: Checker, node: Unnest, scope: Scope) -> Source:
    """Return the source that an array is, with its columns as far as they are known."""
    alias = node.alias or ""
    if names := _COLUMNS.get(checker.dialect.unnest):
        fold = str.upper if checker.dialect.folds == "upper" else str  # as their names are there
        return _source(alias, [Output(fold(name)) for name in names], node)
    element = _element(node, scope)
    type_name = element.type
    position = [Output(node.position, "number")] if node.position else []
    value = [Output(node.value or alias, element.family, type=type_name)]
    if checker.dialect.unnest != "value":
        return _source(alias, [*value, *position], node)
    if element.family == "" and (is_open(type_name)):
        return Source(alias, None, node=node)
    fields = [Output(n, family(t), type=t) for n, t in (field_types(type_name) or {}).items()]
    return _source(alias, [*(fields or value), *position], node, value)


def _source(
    alias: str, outputs: list[Output], node: Unnest, hidden: list[Output] | None = None
) -> Source:
    """Return a source. What is hidden can be named, but `*` does not show it."""
    columns = {output.name.lower(): output for output in [*(hidden or []), *outputs]}
    return Source(alias, columns, node=node, outputs=tuple(outputs))


def _element(node: Unnest, scope: Scope) -> Output:
    """Return what is known of an element."""
    if isinstance(node.unnest, Array):
        return Output("", kind(node.unnest.array[0], scope) if node.unnest.array else "")
    if isinstance(node.unnest, Series):
        return Output("", "time" if is_time(node.unnest) else "number")
    if isinstance(node.unnest, Native) and node.unnest.native.endswith("_ELEMENTS"):
        return Output("", "", type="json")
    type_name = element_type(type_of(node.unnest, scope)) or ""
    return Output("", family(type_name), type=type_name)
