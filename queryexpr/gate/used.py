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
    names = columns_of(checked.expression.query)
    known = [*_known(meanings, catalogue, names, _forms_of(catalogue))]
    former = Former(checked)
    found: dict[Used, None] = {}
    for block, scope, _ in checked.blocks if known else ():
        for one in _in_block(block, scope, former, known):
            found[one] = None
    return tuple(one.used for one in known if one.used in found)


def columns_of(node: Any) -> set[str]:
    """Return the names of the columns in a node, in small letters."""
    nodes = (part for part, _ in walk(node, subqueries=True))
    return {part.column.lower() for part in nodes if isinstance(part, Column)}


_forms: dict[int, tuple[Catalogue, dict[str, _Known]]] = {}  # of the last catalogues, by `id`
MAX_CATALOGUES = 32


def _forms_of(catalogue: Catalogue) -> dict[str, _Known]:
    """Return the forms of the catalogue's definitions that were made so far, by their names."""
    kept = _forms.get(id(catalogue))
    if kept is None or kept[0] is not catalogue:
        if len(_forms) >= MAX_CATALOGUES:
            _forms.pop(next(iter(_forms)))
        kept = _forms[id(catalogue)] = catalogue, {}
    return kept[1]


def _known(
    meanings: Meanings, catalogue: Catalogue, names: set[str], forms: dict[str, _Known]
) -> Iterator[_Known]:
    """Yield the definitions whose columns are all among the query's."""
    kinds: tuple[tuple[Kind, Any], ...] = (
        ("measure", meanings.measures), ("dimension", meanings.dimensions),
    )  # fmt: skip
    for kind, definitions in kinds:
        for one in definitions.values():
            plain = isinstance(one.expr, Column)  # a column is no definition of its own
            if not plain and names.issuperset(columns_of(one.expr)):
                key = f"{kind} {one.name}"
                if key not in forms:
                    forms[key] = _formed(kind, one, meanings, catalogue)
                yield forms[key]


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
