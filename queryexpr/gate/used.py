"""Which measures and dimensions a checked query has, by their names or written out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal, NamedTuple

from queryexpr.check.check import check
from queryexpr.check.checker import Checked
from queryexpr.check.scope import Scope
from queryexpr.compare import Form, Former
from queryexpr.dialects.all import DIALECTS
from queryexpr.expression import Aggregate, Column, Node, Select
from queryexpr.gate.definitions import query_of
from queryexpr.gate.operations import Used
from queryexpr.schema.catalogue import Catalogue
from queryexpr.schema.meanings import Definition, Meanings
from queryexpr.walk import rebuild, walk

Kind = Literal["measure", "dimension"]


class _Known(NamedTuple):
    """A definition with its form; `bare` and `rows` are it without its filter, and the filter."""

    used: Used
    node: type
    form: Form
    bare: Form | None = None
    rows: Form | None = None


def used(checked: Checked, catalogue: Catalogue | None) -> tuple[Used, ...]:
    """Return the definitions of the catalogue that the query has, each once."""
    meanings = catalogue.meanings if catalogue else None
    if catalogue is None or meanings is None:
        return ()
    known = [*_known(meanings, catalogue, _tables(checked))]
    former = Former(checked)
    found: dict[Used, None] = {}
    for block, scope, _ in checked.blocks if known else ():
        for one in _in_block(block, scope, former, known):
            found[one] = None
    return tuple(one.used for one in known if one.used in found)


def _tables(checked: Checked) -> set[str]:
    scopes = (scope for _, scope, _ in checked.blocks)
    return {s.table.name.lower() for scope in scopes for s in scope.sources.values() if s.table}


def _known(meanings: Meanings, catalogue: Catalogue, tables: set[str]) -> Iterator[_Known]:
    """Yield the definitions over tables that the query has."""
    kinds: tuple[tuple[Kind, Any], ...] = (
        ("measure", meanings.measures), ("dimension", meanings.dimensions),
    )  # fmt: skip
    for kind, definitions in kinds:
        for one in definitions.values():
            plain = isinstance(one.expr, Column)  # a column is no definition of its own
            if not plain and tables.issuperset(map(str.lower, one.tables)):
                yield _formed(kind, one, meanings, catalogue)


def _formed(kind: Kind, one: Definition, meanings: Meanings, catalogue: Catalogue) -> _Known:
    used = Used(kind, one.name, one.place)
    form = _form(one.expr, one, meanings, catalogue)
    filters = {node.filter for node, _ in walk(one.expr) if isinstance(node, Aggregate)}
    rows = next(iter(filters)) if len(filters) == 1 else None
    if rows is None:
        return _Known(used, type(one.expr), form)
    bare = rebuild(one.expr, _unfiltered)
    parts = (_form(part, one, meanings, catalogue) for part in (bare, rows))
    return _Known(used, type(one.expr), form, *parts)


def _unfiltered(node: Any) -> Any:
    return node.model_copy(update={"filter": None}) if isinstance(node, Aggregate) else node


def _form(expr: Any, one: Definition, meanings: Meanings, catalogue: Catalogue) -> Form:
    """Return the form that an expression of a definition has in a query."""
    dialect = DIALECTS[meanings.dialect]
    part = Definition(one.name, expr, one.tables)
    checked = check(query_of(part, dialect), dialect, catalogue)
    node, scope, _ = checked.blocks[0]
    return Former(checked).of_value(node.select[0].expr, scope)


def _in_block(block: Select, scope: Scope, former: Former, known: list[_Known]) -> Iterator[Used]:
    """Yield the definitions that values of a query block are."""
    kinds = {one.node for one in known}
    clauses = (block.select, block.where, block.group_by, block.having, block.order_by)
    forms = {
        former.of_value(node, scope)
        for clause in clauses
        for node, _ in walk(clause)
        if type(node) in kinds and isinstance(node, Node)
    }
    where = set(former.terms(block.where, scope))
    for one in known:
        if one.form in forms or (one.bare in forms and one.rows in where):
            yield one.used
