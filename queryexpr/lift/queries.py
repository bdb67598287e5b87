"""sqlglot's queries and their clauses → ours: one function for each class, in QUERIES."""

from __future__ import annotations

from typing import Any

from sqlglot import exp

from queryexpr.expression import Item, Joined, Select, SetOperation, With
from queryexpr.lift.by_name import matched
from queryexpr.lift.called import with_names
from queryexpr.lift.groups import group_by_all, read_groups
from queryexpr.lift.having import as_where
from queryexpr.lift.limits import read_tail
from queryexpr.lift.pivots import read_pivot
from queryexpr.lift.reader import Reader, Reading
from queryexpr.lift.renamed import read_named
from queryexpr.lift.rows import read_rows
from queryexpr.lift.sets import check_elements, with_elements
from queryexpr.lift.sources import read_from, read_joins, read_table
from queryexpr.lift.ties import ranked, with_ties
from queryexpr.lift.unnest import UNNESTS

_CLAUSES = ("expressions", "from_", "joins", "where", "group", "having", "qualify", "order",
            "limit", "offset", "distinct", "with_", "windows")  # fmt: skip


def read_select(reader: Reader, node: exp.Select) -> Select:
    reader.only(node, *_CLAUSES)
    outer, reader.windows = reader.windows, _windows(node)
    call = with_elements(reader, node)
    args = node.args
    shown = with_names(reader, node.expressions)
    items, group = tuple(_item(reader, item) for item in shown), args.get("group")
    groups = (
        group_by_all(reader, group, items)
        if group is not None and group.args.get("all")
        else read_groups(reader, group)
    )
    parts = {
        **_with(reader, args.get("with_")),
        **read_from(reader, args.get("from_"), args.get("joins") or []),
        "where": _condition(reader, args.get("where")),
        **groups,
        "having": _condition(reader, args.get("having")),
        "qualify": _qualify(reader, args.get("qualify")),
        "select": items,
        **_distinct(reader, args.get("distinct")),
        **read_tail(reader, args),
    }
    if with_ties(args.get("limit")):
        parts |= ranked(reader, node, parts)
    reader.windows = outer
    if not parts["select"]:
        raise reader.wrong("empty_select", "SELECT names no column.", node)
    select = Select(**parts)
    check_elements(reader, select, call)
    return as_where(select) if reader.dialect.having_of_rows else select


def _distinct(reader: Reader, node: exp.Distinct | None) -> dict[str, Any]:
    if node is None:
        return {}
    reader.only(node, "on")
    if on := node.args.get("on"):
        return {"distinct_on": reader.values(on.expressions)}
    return {"distinct": True}


def _windows(node: exp.Select) -> dict[str, exp.Expr]:
    return {window.name.lower(): window for window in node.args.get("windows") or []}


def _with(reader: Reader, node: exp.With | None) -> dict[str, Any]:
    if node is None:
        return {}
    reader.only(node, "expressions", "recursive")
    return {
        "with_": tuple(_cte(reader, cte) for cte in node.expressions),
        "recursive": bool(node.args.get("recursive")) or _recurs(reader, node),
    }


def _recurs(reader: Reader, node: exp.With) -> bool:
    """Does a query of WITH name itself, in a dialect that needs no word for that?"""
    if reader.dialect.recursive == "needed":
        return False
    return any(map(recurs, node.expressions))


def recurs(cte: exp.CTE) -> bool:
    """Does a query of WITH name itself?"""
    tables = cte.this.find_all(exp.Table)
    return any(table.name.lower() == cte.alias.lower() and not table.db for table in tables)


def _cte(reader: Reader, node: exp.CTE) -> With:
    reader.only(node, "this", "alias", "materialized")  # which is about time, not about rows
    alias = node.args["alias"]
    reader.only(alias, "this", "columns")
    columns = tuple(column.name for column in alias.args.get("columns") or [])
    return With(name=alias.name, columns=columns, query=reader.query(node.this))


def read_subquery(reader: Reader, node: exp.Subquery) -> Any:
    """Read what is in parentheses: a query, or tables that are joined."""
    inner = node.this
    if isinstance(inner, exp.Table):
        reader.only(node, "this")
        return reader.query(inner)
    if isinstance(inner, exp.Subquery) and inner.args.get("joins"):
        reader.only(node, "this")
        reader.only(inner, "this", "alias", "joins")
        source = read_named(reader, reader.query(inner.this), inner)
        return Joined(joined=source, joins=read_joins(reader, inner))
    query = reader.query(inner)
    if isinstance(node.parent, exp.From | exp.Join):
        reader.only(node, "this", "alias", "pivots")
        source = read_named(reader, query, node)
        return read_pivot(reader, source, node) if node.args.get("pivots") else source
    reader.only(node, "this", "alias")  # `select` has the alias of a value
    return query


def _condition(reader: Reader, node: exp.Where | exp.Having | exp.Qualify | None) -> Any:
    return None if node is None else reader.maybe(node.this)


def _qualify(reader: Reader, node: exp.Qualify | None) -> Any:
    if node is not None and not reader.dialect.qualify:
        raise reader.wrong("not_supported", f"{reader.dialect.title} has no QUALIFY.", node)
    return _condition(reader, node)


def _item(reader: Reader, node: exp.Expr) -> Item:
    if isinstance(node, exp.Alias):
        reader.only(node, "this", "alias")
        if node.alias.upper() in reader.dialect.no_aliases and isinstance(node.this, exp.Func):
            message = f"{node.alias.upper()} is a word of {reader.dialect.title}: another alias."
            raise reader.wrong("not_supported", message, node)
        return Item(expr=reader.value(node.this), alias=node.alias)
    if isinstance(node, exp.Subquery) and node.alias:
        return Item(expr=reader.value(node), alias=node.alias)
    return Item(expr=reader.value(node))


def read_set(reader: Reader, node: exp.SetOperation) -> SetOperation:
    named = ("by_name",) if reader.dialect.sets_by_name else ()
    reader.only(node, "this", "expression", "distinct", "with_", "order", "limit", "offset", *named)
    name = type(node).__name__.lower()
    left, right = reader.query(node.left), reader.query(node.right)
    if node.args.get("by_name"):
        left, right = matched(reader, node, left, right)
    every = "" if node.args.get("distinct") else " all"
    return SetOperation(
        **_with(reader, node.args.get("with_")),
        set=f"{name}{every}",
        left=left,
        right=right,
        **read_tail(reader, node.args),
    )


QUERIES: dict[type[exp.Expr], Reading] = {
    exp.Select: read_select,
    exp.Union: read_set,
    exp.Intersect: read_set,
    exp.Except: read_set,
    exp.Subquery: read_subquery,
    exp.Table: read_table,
    exp.Values: read_rows,
    **UNNESTS,
}
